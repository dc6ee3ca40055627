"""Flags that only show something although nobody uses them daily, and their dangerous neighbours."""

from collections.abc import Callable

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    "command",
    [
        "jq -r --slurpfile b b.json '.[] | select(.id as $i | $b[0] | index($i)) | .id' a.json",
        "jq --rawfile text notes.md -n '$text | length'",
        "find . -type f -print0 | sort -z | xargs -0 sha256sum",
        "mktemp -u",
        "type -t ls",
        "git grep -c --max-count 3 TODO -- '*.md'",
        "git log -q --decorate-refs=v* -3",
        "git config --type=bool --get core.bare",
        "git for-each-ref --no-contains abc --color=never",
        "git blame --show-name -L 1,5 README.md",
        'hexdump -e \'16/1 "%02x " "\\n"\' upload.bin',
        "numfmt --to=iec --field=2 --delimiter=, --round=up sizes.csv",
        "grep -A2 --no-group-separator total a.txt",
        "sqlite3 -tabs shop.db 'select id from orders'",
        "psql -a -c 'select 1'",
        "loginctl list-sessions --no-legend",
        "last --fulltimes --limit 5",
        "exiftool -r -ext jpg -FileName photos",
        "ipcs --limits",
        "journalctl --verify",
        "ps -Ao pid,ppid,comm",
        "df -m",
        "diff --old-line-format= --new-line-format=%L --unchanged-line-format= a b",
        "awk -M '{s += $1} END {print s}' sizes.txt",
        "pr -4t names.txt",
        "unzip -c upload.zip readme.txt",
        "apropos -s 8 disk",
        "rpm -qa",
        "rpm -q --changelog bash",
        "systemctl is-active --user ghost",
        "sed '/^---$/r head.html' page.html",
        "sed -n '1F' page.html",
        "git -c core.pager=cat log -3",
        "git -c color.ui=never -c core.quotePath=off status --short",
        "cal -3 12 2120",
        "rsync -rcn --out-format=%n old/ new/",
        "sed -n '/blue/{N;s/are.*//pm}' poem.txt",
        "vgs -o vg_name,vg_free --units g",
        "docker service ls",
        "docker service ps shop_web --no-trunc",
        "top -b -n 1 -p $(pgrep -d, java)",
        "docker exec $(docker ps -q -f name=ghost) curl -f http://127.0.0.1:2368/health",
        "rg --files | rg --passthru 2026",
        "cd reports/2026",
        "cd reports && cd 2026",
        "(cd reports)",
        "cd /opt/apps/ghost",
        "cd reports || exit 1",
    ],
)
def test_flags_that_only_show_something(command: str, shell: Shell) -> None:
    found = shell(command)
    assert (found.tier, found.is_unknown) == (Tier.GREEN, False), found.reason


@pytest.mark.parametrize(
    "command",
    [
        "ps -Ao pid,environ",
        "awk -b -f rules.awk a.txt",
        "unzip -c upload.zip .env",
        "apropos -C x disk",
        "rpm -i x.rpm",
        "rpm -q -i x.rpm",
        "rpm -qa --pipe id",
        "rsync --exclude-from=/etc/shadow a b",
        "sed 'r /etc/shadow' a.txt",
        "sed '1r .env' a.txt",
        "sed -e 'r a.txt' -e 'w /etc/cron.d/x' a.txt",
        "git -c core.pager=less log",
        "git -c core.pager=cat -c alias.log=!id log",
        "git -c commit.gpgsign=true commit -m x",
        "git -c core.hooksPath=. commit -m x",
        "rsync -a --filter='merge /etc/shadow' a b",
        "rsync -a --filter=': /rules' a b",
        "docker service rm shop_web",
        "docker stack deploy -c shop.yml shop",
        "docker node update --availability drain a",
        "docker exec $(docker ps -q -f name=ghost) curl -f http://127.0.0.1:2368/$(hostname)",
        "docker exec ghost curl -f http://127.0.0.1:2368/$(docker ps -q)",
        "cd /root",
        "cd ..",
        "cd reports && cat ../../x",
        "jq --slurpfile b /etc/shadow . a.json",
        "jq --rawfile env .env -n '$env'",
        "jq --slurpfile b b.json env a.json",
        "git grep -Oid x",
        "git grep --no-index x",
        "git grep --untracked x",
        "git config --file /etc/x --get a.b",
        "git merge -s evil x",
        "git rebase --exec id main",
        "git commit -F /etc/shadow",
        "hexdump -f /etc/x a",
        "hexdump -e '1/1 \"%c\"' /etc/shadow",
        "sqlite3 -init x -tabs shop.db 'select 1'",
        "psql -a -f x.sql",
        "last --file /etc/shadow",
        "exiftool -if 'system(1)' a.jpg",
        "du -X /etc/shadow .",
        "ss -K dst 1.2.3.4",
        "zip -X -TT id a.zip b",
        "mktemp -u -p /etc && mktemp -p /etc",
        "find . -print0 | sort -z --compress-program=id | xargs -0 cat",
    ],
)
def test_their_dangerous_neighbours_still_ask(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown, shell(command).reason
