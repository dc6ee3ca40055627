"""``python -m tenant_daemon doctor``."""

import argparse
from typing import Any

from tenant_daemon.diagnosis import State, counted
from tenant_daemon.doctor import examine
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.terminal import say


def add_parser(subparsers: Any) -> None:
    """Add ``doctor``."""
    subparsers.add_parser(
        "doctor",
        help="check this server and say what is wrong",
        description=(
            "Changes nothing. Each line is one check: ok, !! for what works with less than it could have, "
            "-- for what has to be repaired. Exit code 1 when something has to be repaired."
        ),
    )


def run(args: argparse.Namespace) -> int:
    """Print one line per check, as soon as it is done, and a sentence at the end."""
    wrong = 0
    for found in examine(TenantHome(args.home.absolute())):
        say(f"{found.state}  {found.name:<10} {found.detail}")
        wrong += found.state is State.WRONG
    if not wrong:
        say("\nNothing has to be repaired.")
        return 0
    say(f"\n{counted(wrong, 'thing')} to repair (--), best from top to bottom.")
    return 1
