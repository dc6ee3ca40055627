"""Services that every tool needs: started again they are back at once, stopped they are missed."""

from collections.abc import Callable

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    "command",
    [
        "systemctl restart cron",
        "systemctl --user restart cron",
        "service cron start",
        "service cron restart",
        "systemctl reload rsyslog",
        "sudo systemctl start docker",
    ],
)
def test_what_no_tool_misses_is_started_again(command: str, shell: Shell) -> None:
    found = shell(command)
    assert (found.tier, found.is_unknown) == (Tier.YELLOW, False), found.reason


@pytest.mark.parametrize(
    "command",
    [
        "systemctl stop cron",
        "systemctl stop start cron",
        "systemctl -t start stop cron",
        "systemctl --user stop restart cron",
        "service cron stop",
        "systemctl restart docker",
        "systemctl restart systemd-journald",
        "systemctl restart ssh",
    ],
)
def test_what_every_tool_needs_is_not_stopped(command: str, shell: Shell) -> None:
    assert shell(command).tier >= Tier.RED
