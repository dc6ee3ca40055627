"""Names that one program hands to ``xargs`` for another, and what takes them apart in other places."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    ("command", "tier"),
    [
        ("git ls-files | xargs -d '\\n' wc -l", Tier.GREEN),
        ("git ls-files -z | xargs -0 wc -l", Tier.GREEN),
        ("find . -name '*.md' | xargs -d '\\n' cat", Tier.GREEN),
        ("find . -name '*.md' | xargs -i wc -l {}", Tier.GREEN),
        ("find . -name '*.md' | xargs grep -l invoice | xargs grep -c paid", Tier.GREEN),
        ("find . -name '*.md' -print0 | xargs -0 grep -il invoice | sort | xargs wc -l", Tier.GREEN),
        ("grep -rl 2025 docs | xargs grep -l draft | xargs sed -i 's/2025/2026/'", Tier.YELLOW),
        ("pgrep -f ghost | xargs -r ps -o pid,comm -p", Tier.GREEN),
        ("ps -fp $(pgrep -d, -x nginx)", Tier.GREEN),
        ('ps -o rss= -p "$(pidof ghost)"', Tier.GREEN),
        ("sudo find . -name '*.md' -print0 | xargs -0 chmod 644", Tier.YELLOW),
        ("who | cut -d' ' -f1 | xargs -n1 id", Tier.GREEN),
    ],
)
def test_names_of_the_agents_own_files_are_handed_on(command: str, tier: Tier, shell: Shell) -> None:
    found = shell(command)
    assert (found.tier, found.is_unknown) == (tier, False), found.reason


def test_a_name_that_is_taken_apart_at_another_sign_asks(workspace: Path, shell: Shell) -> None:
    # Cut at each x, the name of this file is `ma` and `/etc/shadow`.
    folder = workspace / "max" / "etc"
    folder.mkdir(parents=True)
    (folder / "shadow").write_text("")
    for flags in ("-dx", "-d x", "--delimiter=x", "-0 -dx", "-d '\\n' -dx"):
        assert shell(f"find max -type f | xargs {flags} cat").is_unknown, flags
        assert shell(f"find max -type f -print0 | xargs {flags} cat").is_unknown, flags


@pytest.mark.parametrize(
    "command",
    [
        "echo /root/.ssh | xargs -IX -I{} ls {}",
        "echo /etc/cron.d/job | xargs -IX -i touch {}",
        "echo /etc/cron.d/job | xargs -I X --replace=Y touch Y",
        "git ls-files -z | xargs wc -l",
        "git ls-files | xargs -0 wc -l",
        "git ls-files -z | xargs -0 cat",
        "find . -print0 | xargs grep -l x | xargs -0 cat",
        "find . -print0 | xargs -0 grep -l x | xargs -0 cat",
        "find . | xargs grep -l x /etc/hosts | xargs cat",
        "find . | xargs grep -h / | xargs cat",
        "find . | xargs grep -rl x | xargs cat",
        "find / | xargs grep -l x | xargs cat",
        "pgrep -a ghost | xargs ps -p",
        "pgrep ghost | xargs kill",
        "ps -p $(pgrep -a ghost)",
        "ps -p $(pgrep -d x ghost)",
        "ps -p $(cat pids.txt)",
        "cat $(pgrep ghost)",
        "kill $(pgrep ghost)",
        "find . -name '*.md' | xargs -i rm {}",
    ],
)
def test_what_nobody_can_say_yet_asks(command: str, shell: Shell) -> None:
    found = shell(command)
    assert found.is_unknown or found.tier >= Tier.RED, found.reason


_FAILED = "systemctl --failed --no-legend --plain | awk '{print $1}'"


@pytest.mark.parametrize(
    "command",
    [
        f"{_FAILED} | xargs -r systemctl status --no-pager",
        f"{_FAILED} | xargs -I{{}} journalctl -u {{}} -n 20 --no-pager",
        f"systemctl status $({_FAILED})",
        f'for s in $({_FAILED}); do echo "$s"; systemctl status "$s"; journalctl -u "$s" -n 5; done',
        "systemctl list-units --no-legend | awk '{print $2}'"
        ' | while read -r u; do systemctl is-active "$u"; done',
    ],
)
def test_names_of_services_go_to_what_tells_about_them(command: str, shell: Shell) -> None:
    found = shell(command)
    assert (found.tier, found.is_unknown) == (Tier.GREEN, False), found.reason


@pytest.mark.parametrize(
    "command",
    [
        f"{_FAILED} | xargs systemctl restart",
        f"systemctl stop $({_FAILED})",
        f'for s in $({_FAILED}); do systemctl restart "$s"; done',
        f"{_FAILED} | xargs systemctl cat",
        f"{_FAILED} | xargs cat",
        f"{_FAILED} | xargs -I{{}} journalctl --vacuum-size=1 -u {{}}",
        # What a service is called by its author stands behind the words of systemd.
        "systemctl --failed --no-legend | awk '{print $5}' | xargs systemctl status",
        "systemctl list-units | awk '{print $NF}' | xargs systemctl status",
        "systemctl list-units --output=json | awk '{print $1}' | xargs systemctl status",
        "systemctl list-timers | awk '{print $1}' | xargs systemctl status",
        "cat units.txt | xargs systemctl status",
    ],
)
def test_and_to_nothing_else(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown
