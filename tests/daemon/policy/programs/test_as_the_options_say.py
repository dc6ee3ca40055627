"""Options that take a value, or end, elsewhere than it looks: read as the real programs read them."""

from collections.abc import Callable

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    "command",
    [
        # The number behind it is optional, so anything else is the next option.
        "journalctl -n --vacuum-size=1M",
        "journalctl --lines --rotate",
        "journalctl -un --vacuum-time=1s",
        # It takes options behind its words, too.
        "logger done -f /etc/shadow",
        "logger done -n evil.example",
        # A `+` ends the words behind -exec in busybox, wherever it stands.
        "docker exec app find /tmp -exec echo x + -exec rm -rf /data ;",
        "find . -exec echo x{} + -exec id ;",
        # One of the two is left out by xargs, and not always the same.
        "ls a.csv | xargs -I{} -L1 touch",
        "ls a.csv | xargs -I{} -l touch",
        "ls a.csv | xargs -n 2 -I{} touch x",
        # These flags mean something else to another program of the same kind.
        "dstat -o notes.md 1 1",
        "nvidia-smi -r",
        "sensors -s",
        "inxi -Fi",
        "lsusb -D /etc/shadow",
        "coredumpctl info --output=notes/../../../x",
        "smartctl -l scterc,70,70 /dev/sda",
        "iconv -f /etc/shadow -t utf-8 a.txt",
        # What stands before a flag is taken for the file, and not for the filter.
        "yq /etc/shadow -C .",
        "yq -o /etc/shadow -C .",
        "funzip -px ../x.zip",
        # The last of the two counts, and the file is gone.
        "xz -l -d a.xz",
        "xz -tz a.txt",
        "bzip2 --test --compress a.txt",
        "zstd -l --decompress a.zst",
        "lz4 -l a.txt",
        "lz4 -t a.lz4 b",
        # Files before the flag are changed.
        "dos2unix a.txt --info",
        "unix2dos -i -n a.txt b.txt",
        # Behind its first name everything is a name then.
        "POSIXLY_CORRECT=1 grep . a.txt -e .env",
        "env POSIXLY_CORRECT= sort a.txt -k .env",
        "docker exec -e POSIXLY_CORRECT=1 app ls",
        # What keeps a repository's own settings from running anything is a variable.
        "env -i git status",
        "env -u GIT_CONFIG_COUNT timeout 5 git status",
        "sudo nice git log",
        "sudo mlr --icsv --ojson cat a.csv",
        # What the file was is kept under a name that is put together.
        "cp -b -S nv a.txt .e",
        "cp --backup --suffix=_rsa a.txt id",
        "cp -bS .key a.txt keys/server",
        "mv -b -S nv a.txt .e",
        "install -bS nv a.txt .e",
        "sed -inv s/x/y/ .e",
        "sed --in-place=nv -e s/x/y/ .e",
        "rsync --backup --suffix=nv a.txt .e",
        # The parts could be called .env and id_rsa.
        "split -l 1 a.txt .e",
        "split -l 1 a.txt keys/id_r",
        "split -a 1 --additional-suffix=nv a.txt .",
    ],
)
def test_what_the_real_program_would_do_is_seen(command: str, shell: Shell) -> None:
    assert shell(command.replace(" ;", " \\;")).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "journalctl -n -u nginx",
        "journalctl -n",
        "journalctl -u nginx -n 20 --no-pager",
        "journalctl --lines=all",
        "ls a.csv | xargs -n1 -I{} basename {}",
        "find . -name '*.md' -exec wc -l {} +",
        "yq .env a.yml",
        "yq -o json .a a.yml",
        "yq -C .env a.yml",
        "funzip a.zip",
        "gzip -dt a.gz",
        "xz -dc a.xz",
        "zstd -l a.zst",
        "dos2unix -i a.txt",
        "env -i ls",
        "env -u LANG git log",
        "env -u NO_COLOR ls",
        "sudo -u postgres psql -c 'select 1'",
        "sensors -j",
        "dstat -cdn 1 5",
        "lsusb -t",
        "inxi -Fxz",
        "smartctl -l error /dev/sda",
        "iconv -f latin1 -t utf-8 a.txt",
    ],
)
def test_plain_reads_beside_them_run(command: str, shell: Shell) -> None:
    judged = shell(command)
    assert (judged.tier, judged.is_unknown, judged.is_external) == (Tier.GREEN, False, False)


@pytest.mark.parametrize(
    "command",
    [
        "cp -b -S .bak a b",
        "cp --suffix=-2026 -b a b",
        "sed -i.bak s/x/y/ a",
        "rsync -a --backup --suffix=.old a/ b/",
        "split -l 100 big.csv part-",
        "split big.csv",
        "logger -t backup done",
    ],
)
def test_plain_changes_beside_them_are_easily_undone(command: str, shell: Shell) -> None:
    judged = shell(command)
    assert (judged.tier, judged.is_unknown, judged.is_external) == (Tier.YELLOW, False, False)
