"""``python -m tenant_daemon wrapper``: the process that carries out every tool call."""

import argparse
from typing import Any, Final

import uvicorn

from tenant_daemon.home import TenantHome
from tenant_daemon.local_tokens import local_token
from tenant_daemon.safety.parts import Collaborators, open_parts
from tenant_daemon.safety.server import create_app
from tenant_daemon.settings import TenantSettings, load_settings

_HOST: Final = "127.0.0.1"
_DRAIN_SECONDS: Final = 2
"""Calls that wait for a person would hold the connection for hours; they go on after the restart."""


def add_parser(subparsers: Any) -> None:
    """Add ``wrapper``."""
    parser = subparsers.add_parser(
        "wrapper",
        help="the safety wrapper around every tool call",
        description="Judges every tool call of the agents, asks the owner where it must, runs, redacts and "
        "records it. Listens on loopback only (ports.wrapper in daemon.toml).",
    )
    parser.add_argument("--port", type=int, default=None, help="instead of ports.wrapper")


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM."""
    home = TenantHome(args.home)
    settings = load_settings(home)
    home.create()
    app = create_app(lambda: open_parts(home, settings, _collaborators(home)), local_token(home, "wrapper"))
    uvicorn.run(
        app,
        host=_HOST,
        port=args.port or settings.ports.wrapper,
        access_log=False,
        log_level="warning",
        loop="asyncio",
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    return 0


def _collaborators(home: TenantHome) -> Collaborators:
    # Imported here: `--help` and the tests of other parts need none of it.
    from tenant_daemon.policy import classify
    from tenant_daemon.redaction import LiveRedactor
    from tenant_daemon.safety.hub_door import LinkHubDoor, colleague_asker

    return Collaborators(
        classify=classify,
        hub=LinkHubDoor(home),
        ask_colleague=colleague_asker(home),
        redactor_for=lambda vault: LiveRedactor(vault).current,
    )


def wrapper_address(settings: TenantSettings) -> str:
    """Where the wrapper of this server listens."""
    return f"http://{_HOST}:{settings.ports.wrapper}"
