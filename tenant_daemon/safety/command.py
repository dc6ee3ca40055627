"""``python -m tenant_daemon wrapper``: the process that carries out every tool call."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import uvicorn

from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.canary_alarm import CanaryAlarm
from tenant_daemon.local_tokens import local_token
from tenant_daemon.policy import classify
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.redaction.process_logging import configure_logging
from tenant_daemon.safety.address import HOST
from tenant_daemon.safety.call_traces import CallTraces
from tenant_daemon.safety.hub_door import LinkHubDoor, colleague_asker
from tenant_daemon.safety.parts import Collaborators, Parts, open_parts
from tenant_daemon.safety.server import create_app
from tenant_daemon.settings import TenantSettings, load_settings
from tenant_daemon.tracing import Traces, open_traces
from tenant_daemon.vault import Vault

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
    vault = Vault.open(home)
    alarm = CanaryAlarm(home, vault)
    configure_logging(LiveRedactor(vault, alarm.at("log")))
    watch = alarm.at("tool call")
    redactor = LiveRedactor(vault, watch)
    vault.on_canary_asked = lambda name: watch.seen(frozenset({name}))
    traces = open_traces(settings, "wrapper")
    app = create_app(
        lambda: _opened(home, settings, collaborators_of(home, vault, redactor, traces), traces),
        local_token(home, "wrapper"),
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=HOST,
            port=args.port or settings.ports.wrapper,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
    )
    server.run()
    return 0 if server.started else 1


@asynccontextmanager
async def _opened(
    home: TenantHome, settings: TenantSettings, collaborators: Collaborators, traces: Traces
) -> AsyncIterator[Parts]:
    """The parts until the server stops; uvicorn lets the signal end the process right behind that."""
    try:
        async with open_parts(home, settings, collaborators) as parts:
            yield parts
    finally:
        await asyncio.to_thread(traces.close)


def collaborators_of(home: TenantHome, vault: Vault, redactor: LiveRedactor, traces: Traces) -> Collaborators:
    """The real ones."""
    hub = LinkHubDoor(home)
    return Collaborators(
        vault=vault,
        classify=classify,
        redactor=redactor.current,
        hub=hub,
        ask_colleague=colleague_asker(home),
        traces=CallTraces(traces, hub.traces_of),
    )
