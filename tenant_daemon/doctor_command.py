"""``python -m tenant_daemon doctor``."""

import argparse
from typing import Any

from tenant_daemon.doctor import examine
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.terminal import say


def add_parser(subparsers: Any) -> None:
    """Add ``doctor``."""
    subparsers.add_parser(
        "doctor",
        help="check this server and say what is wrong",
        description="Changes nothing. Exit code 0 when everything is right, 1 when something is not.",
    )


def run(args: argparse.Namespace) -> int:
    """Print one line per check."""
    is_right = True
    for finding in examine(TenantHome(args.home)):
        say(f"{'ok' if finding.is_right else '--'}  {finding.name:<10} {finding.detail}")
        is_right = is_right and finding.is_right
    return 0 if is_right else 1
