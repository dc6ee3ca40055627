"""What a program can do beside what it is known for: run a script, read another file, ask another server."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement
from tenant_daemon.policy.actions import RunPipelines

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    "command",
    [
        # A picture for cowsay is a program in Perl.
        "cowsay -f herd.pl moo",
        "cowthink -f ./herd.cow moo",
        # cloc gets its names from any program that it is told.
        "cloc --vcs=id .",
        "cloc --vcs=scripts/names.sh .",
        "cloc --vcs scripts/names.sh website",
        # A name that begins with a line is a program to sox, one that ends with it to older exiftools.
        "soxi '|id'",
        "soxi -D talk.mp3 '|id'",
        "exiftool 'id|'",
        "exiftool -Artist=x 'id | '",
        # A parser is a program of its own, also where nothing is written.
        "prettier --check --parser=own/parser.js page.md",
        "prettier -l --parser ./parser.js page.md",
        # A C shell works conditions out, whether it runs something or not.
        "tcsh -n deploy.csh",
    ],
)
def test_it_would_run_a_program(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "sysctl -n /../../etc/shadow",
        "sysctl kernel/../../../etc/shadow",
        "sysctl ../../etc/shadow",
        # With a dot first, dots and slashes change places.
        "sysctl kernel.//.//.//etc.shadow",
        "sysctl a//b",
        "jq -n '$ ENV'",
        "jq -n '$ # a note\nENV.PATH'",
        "yq -n 'strload(\"/etc/shadow\")'",
        "yq -n 'str_load(\"/etc/shadow\")'",
        "yq -n 'xml_load(\"/opt/apps/ghost/.env\")'",
        "yq '.a = xmlload(\"x\")' a.yml",
        # Behind an @ stands a file with arguments.
        "readelf -h @list",
        "prettier --write '{..,own}/**/*.json'",
        "prettier --check '{.,x}{.,y}/page.md'",
        "rdiff-backup list increments shop.example::repository",
        "fortune /etc/shadow",
        "fortune 20% /etc 80% jokes",
    ],
)
def test_it_would_read_another_file(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


def test_what_they_are_known_for_runs(shell: Shell) -> None:
    for command in (
        "cowsay hello",
        "cal december 2026",
        "readelf -h shop.so",
        "cloc --vcs=git .",
        "cloc website",
        "soxi -D talk.mp3",
        "exiftool photo.jpg",
        "sysctl -n net.ipv4.ip_forward",
        "sysctl net/ipv4/conf/eth0.100/forwarding",
        "sysctl /proc/sys/vm/swappiness",
        "prettier --check page.md",
        "prettier --check '**/*.{js,ts}' 'src/*.{css,scss}'",
        "drill example.com MX",
        "drill -x 93.184.216.34",
        "yq '.payload | length' a.yml",
        "fortune -s",
    ):
        found = shell(command)
        assert (found.tier, found.is_unknown, found.is_external) == (Tier.GREEN, False, False), command


def test_only_looking_takes_no_settings_of_the_folder_either(shell: Shell) -> None:
    for command in ("prettier --check page.md", "prettier -l page.md", "prettier --write page.md"):
        judgement = shell(command)
        assert isinstance(judgement.action, RunPipelines)
        assert "--no-config" in judgement.action.pipelines[0][0].argv, command


def test_counting_what_git_lists_takes_no_settings_of_a_foreign_repository(
    workspace: Path, shell: Shell
) -> None:
    (workspace / ".git").mkdir()
    (workspace / ".git" / "config").write_text('[core]\n\tfsmonitor = id\n[filter "x"]\n\tclean = id\n')
    for command in ("cloc --git .", "cloc --vcs=git .", "cloc --vcs git docs"):
        assert shell(command).tier is Tier.CRITICAL_RED, command


@pytest.mark.parametrize(
    "name", ["hunter2.evil.example", "hunter2.evil.example A", "-t hunter2.evil.example"]
)
def test_a_flag_without_a_value_hides_no_name(name: str, shell: Shell) -> None:
    assert shell(f"drill -t {name}").is_external


@contextmanager
def running(*words: str) -> Iterator[int]:
    """The number of a program that runs, with these words on its command line."""
    code = "print(flush=True); import sys; sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        program.stdout.readline()
        yield program.pid
        program.communicate()


@pytest.mark.parametrize("signal", ["kill", "kill -9", "kill -s STOP", "renice -n 19 -p", "renice 19"])
def test_a_number_that_is_a_guardrail_is_one(signal: str, shell: Shell) -> None:
    with running("-m", "tenant_daemon", "proxy") as number:
        found = shell(f"{signal} {number}")
    assert (found.tier, found.is_unknown) == (Tier.CRITICAL_RED, True)


def test_a_number_that_is_nothing_special_is_not(shell: Shell) -> None:
    with running("shop") as number:
        found = shell(f"kill {number}")
        slower = shell(f"renice 10 {number}")
    assert (found.tier, found.is_unknown) == (Tier.RED, False)
    assert (slower.tier, slower.is_unknown) == (Tier.YELLOW, False)


@pytest.mark.parametrize(
    "command",
    [
        "systemctl stop sysinit.target",
        "systemctl stop basic.target",
        "systemctl restart local-fs.target",
        "systemctl stop falcon-sensor",
        "systemctl stop osqueryd",
        "service ip6tables stop",
        "service cbdaemon stop",
        "systemctl disable --now auditbeat",
    ],
)
def test_guards_of_other_makers_and_whole_states_of_the_server(command: str, shell: Shell) -> None:
    assert shell(command).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "command",
    [
        "systemctl stop NetworkManager",
        "systemctl restart network-manager",
        "systemctl stop crond",
        "service syslog-ng stop",
        "systemctl stop restic-backup.timer",
        "systemctl stop borgmatic.timer",
        "service backup stop",
    ],
)
def test_what_every_tool_needs_and_what_makes_backups_is_red(command: str, shell: Shell) -> None:
    assert shell(command).tier is Tier.RED


def test_backups_may_be_started(shell: Shell) -> None:
    assert shell("systemctl start restic-backup.service").tier is Tier.YELLOW


@pytest.mark.parametrize(
    "subnet", ["0.0.0.0/1", "8.8.8.0/24", "10.0.0.0/7", "128.0.0.0/1", "fe80::/10", "10.0.0.0"]
)
def test_a_network_of_containers_takes_no_addresses_of_others(subnet: str, shell: Shell) -> None:
    assert shell(f"docker network create --subnet {subnet} shop").is_unknown
    assert not shell("docker network create --subnet 172.28.0.0/16 --gateway 172.28.0.1 shop").is_unknown


@pytest.mark.parametrize(
    "setup",
    [
        "import /opt/apps/ghost/.env\n",
        ":80 {\n\tlog {\n\t\toutput file /etc/cron.d/x\n\t}\n}\n",
        ":80 {\n\trespond {$DATABASE_PASSWORD}\n}\n",
        ":80 {\n\trespond {file./etc/shadow}\n}\n",
        '{"storage": {"module": "file_system", "root": "/etc"}}',
    ],
)
@pytest.mark.parametrize("verb", ["validate", "adapt"])
def test_a_setup_of_the_agents_own_brings_in_nothing_else(
    verb: str, setup: str, workspace: Path, shell: Shell
) -> None:
    (workspace / "Caddyfile").write_text(setup)
    assert shell(f"caddy {verb} --config Caddyfile").is_unknown
    (workspace / "Caddyfile").write_text("shop.example {\n\treverse_proxy localhost:8080\n}\n")
    assert not shell(f"caddy {verb} --config Caddyfile").is_unknown
    assert shell(f"printf 'import /etc/shadow' > Caddyfile && caddy {verb} --config Caddyfile").is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "getent shadow",
        "getent gshadow root",
        "ps auxe",
        "ps eww",
        "ps -eo pid,environ",
        "wp config get DB_PASSWORD",
        "wp config list",
        "wp site empty --yes",
        "wp super-admin add mallory",
        "docker exec nextcloud php occ user:resetpassword admin",
        "docker exec nextcloud php occ twofactorauth:disable anna totp",
        "docker exec nextcloud php occ encryption:disable",
        "docker exec gitea gitea admin user change-password -u anna -p x",
        "cscli decisions delete --all",
        "aa-teardown",
        "loginctl terminate-user root",
        "git credential fill",
        "docker context use elsewhere",
        "docker plugin install x",
        "mount --bind /tmp /etc",
        "sysctl -w kernel.core_pattern=x",
        "/etc/init.d/ufw stop",
    ],
)
def test_keys_guardrails_and_power_are_critical_whoever_is_asked(command: str, shell: Shell) -> None:
    found = shell(command)
    assert (found.tier, found.is_unknown) == (Tier.CRITICAL_RED, True)


@pytest.mark.parametrize(
    "command",
    [
        "ln -s .git g && cp a g/hooks/pre-commit",
        "ln -s .git/hooks g",
        "mkdir d; ln -s ../.git d/g && cp a d/g/config",
        "ln .git/config settings && cp a settings",
        "ln -s .ssh keys",
        "ln -s shop/.git g",
    ],
)
def test_a_link_is_no_second_way_to_settings_that_run_code(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "sudo tar xf tools.tar",
        "sudo tar -xpf tools.tar -C out",
        "sudo unzip tools.zip",
        "sudo 7z x tools.7z",
        "sudo cp --preserve=mode tool other",
        "sudo cp -a tools others",
        "sudo rsync -a tools/ others/",
        "sudo rsync -rp tools/ others/",
        "sudo timeout 60 tar xf tools.tar",
    ],
)
def test_what_is_unpacked_as_root_could_keep_its_rights(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown
    assert not shell(command.removeprefix("sudo ")).is_unknown


DRAWING = "push graphic-context\nimage over 0,0 0,0 'text:/opt/apps/ghost/.env'\npop graphic-context\n"


@pytest.mark.parametrize(
    "command",
    [
        "identify a.png",
        "identify -format '%wx%h' a.png",
        "convert a.png b.jpg",
        "magick a.png b.jpg",
        "mogrify -strip a.png",
        "montage a.png b.png m.png",
        "convert b.png a.png c.png",
    ],
)
def test_a_picture_is_what_it_holds_and_not_what_it_is_called(
    command: str, workspace: Path, shell: Shell
) -> None:
    for content in (
        DRAWING,
        "%!PS\n",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "<?xml version='1.0'?><image/>",
    ):
        (workspace / "a.png").write_text(content)
        assert shell(command).is_unknown, content
    (workspace / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 20)
    assert not shell(command).is_unknown
    (workspace / "a.png").unlink()
    assert not shell(command).is_unknown
    assert shell(f"printf x > a.png; {command}").is_unknown


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", b"\xff\xd8\xff\xe0"),
        ("a.gif", b"GIF89a"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBP"),
        ("a.tiff", b"II*\x00"),
        ("a.tif", b"MM\x00*"),
        ("a.bmp", b"BM1234"),
        ("a.ico", b"\x00\x00\x01\x00"),
        ("a.avif", b"\x00\x00\x00 ftypavif"),
        ("a.jpg", b""),
    ],
)
def test_pictures_of_every_kind_are_pictures(
    name: str, content: bytes, workspace: Path, shell: Shell
) -> None:
    (workspace / name).write_bytes(content)
    assert not shell(f"identify {name}").is_unknown
    assert not shell(f"convert {name} -resize 100x b.png").is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "systemctl start cloudflared",
        "systemctl enable --now tailscaled",
        "systemctl restart openvpn@office",
        "service vsftpd start",
        "systemctl start telnet.socket",
    ],
)
def test_a_service_that_opens_a_door_is_external(command: str, shell: Shell) -> None:
    found = shell(command)
    assert (found.tier, found.is_external) == (Tier.RED, True)
    assert not shell("systemctl stop cloudflared").is_external
    assert not shell("systemctl status cloudflared").is_external
