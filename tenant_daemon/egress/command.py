"""``python -m tenant_daemon proxy``: the secrets proxy as a process."""

import argparse
import asyncio
import gc
import sys
from pathlib import Path
from typing import Any, Final

import structlog
import uvicorn
from starlette.applications import Starlette

from tenant_daemon.egress.accounts import Accounts
from tenant_daemon.egress.addresses import Addresses
from tenant_daemon.egress.budget import Budget
from tenant_daemon.egress.budget_notes import BudgetNotes
from tenant_daemon.egress.courier import Courier
from tenant_daemon.egress.exchange import Desk
from tenant_daemon.egress.feed import Feed, FeedAddress
from tenant_daemon.egress.kill_switch import KillSwitch
from tenant_daemon.egress.known import Known
from tenant_daemon.egress.refusals import Refusals
from tenant_daemon.egress.request_traces import RequestTraces
from tenant_daemon.egress.server import build_app
from tenant_daemon.egress.tab import Books
from tenant_daemon.egress.tenant_config import Admission
from tenant_daemon.egress.upstream import Provider
from tenant_daemon.egress.upstreams import upstreams_of
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.terminal import complain
from tenant_daemon.kit.users import UnknownUser, user_named
from tenant_daemon.local_tokens import local_token
from tenant_daemon.metering import Meter, UsageReporter
from tenant_daemon.redaction import LiveRedactor, Redactor
from tenant_daemon.redaction.alarm import Alarm
from tenant_daemon.redaction.process_logging import configure_logging
from tenant_daemon.settings import TenantSettings, load_settings, load_settings_file
from tenant_daemon.tracing import open_traces

_SWITCH_SECONDS: Final = 0.001
"""A thread that redacts a large body lets the streams go on after this long, instead of the usual 5 ms."""

log = structlog.get_logger()


def add_parser(subparsers: Any) -> None:
    """Add ``proxy``."""
    parser = subparsers.add_parser(
        "proxy",
        help="the secrets proxy: redacts, forwards and meters every model request",
        description=(
            "Listens on the loopback address only and forwards to the configured models only. What is secret "
            "it hears from the daemon; while that is away, it refuses every request."
        ),
    )
    parser.add_argument("--settings", type=Path, help="the daemon.toml, where it is not in the home")
    parser.add_argument("--feed", type=Path, help="the daemon's socket, where it is not in the home")
    parser.add_argument(
        "--daemon-user", default="", metavar="NAME", help="as whom the daemon runs, if not as this user"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until a signal ends it."""
    home = TenantHome(args.home)
    settings = load_settings_file(args.settings) if args.settings else load_settings(home)
    try:
        address = feed_address(home, args.feed, args.daemon_user)
    except UnknownUser as exc:
        complain(str(exc))
        return 1
    known = Known()
    courier = Courier(address)
    alarm = Alarm(known.canaries, [courier.tell_canary])
    configure_logging(LiveRedactor(known, alarm.at("log")))
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(home, settings, address, known, alarm),
            host="127.0.0.1",
            port=settings.ports.proxy,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    sys.setswitchinterval(_SWITCH_SECONDS)
    server.run()
    return 0 if server.started else 1


def feed_address(home: TenantHome, path: Path | None = None, daemon_user: str = "") -> FeedAddress:
    """
    Where the daemon is that feeds this proxy.

    Raises:
        UnknownUser: There is no such user.
    """
    uid = user_named(daemon_user).uid
    # A proxy with a user of its own can read no token, and needs none.
    token = (lambda: "") if daemon_user else (lambda: local_token(home, "feed"))
    return FeedAddress(path or home.feed_socket, uid, token)


def create_app(
    home: TenantHome,
    settings: TenantSettings,
    address: FeedAddress,
    known: Known | None = None,
    alarm: Alarm | None = None,
) -> Starlette:
    """The proxy of one tenant, all collaborators chosen; ``home`` is where it keeps its books."""
    known = known or Known()
    courier = Courier(address)
    alarm = alarm or Alarm(known.canaries, [courier.tell_canary])
    redactor = LiveRedactor(known, alarm.at("model request"))
    meter = Meter(home.metering_db)
    accounts = Accounts(meter, UsageReporter(meter, courier))
    renewal = _Renewal(redactor)
    switch = KillSwitch(known)
    feed = Feed(
        address,
        known,
        on_welcome=accounts.report_again,
        on_registry=renewal.begin,
        on_ruling=switch.look,
    )
    traces = open_traces(settings, "proxy")
    provider = Provider(known, Addresses())
    # Before the first request: what a killed process left open counts against the budgets.
    budget = Budget(accounts.start(), accounts.used_before)
    desk = Desk(
        upstreams=upstreams_of(settings),
        admission=Admission(feed, known, is_tracing=bool(settings.traces.otlp_url)),
        switch=switch,
        redactor=redactor,
        provider=provider,
        refusals=Refusals(),
        books=Books(accounts, budget, BudgetNotes(accounts)),
        traces=RequestTraces(traces, lambda agent_id: known.runs.get(agent_id, ())),
    )

    async def start() -> None:
        # Compiling the rules takes a moment: better now than in the first request.
        await asyncio.to_thread(Redactor, [])
        # Rules and forms stay: no collection of garbage has to look at them while answers wait.
        gc.freeze()
        feed.start()

    async def stop() -> None:
        await provider.close()
        await asyncio.to_thread(accounts.close)
        await feed.close()
        await renewal.end()
        await asyncio.to_thread(traces.close)

    return build_app(desk, lambda: known.proxy_token, start, stop)


class _Renewal:
    """Makes the redactor for a vault that has changed before the next request asks for it."""

    def __init__(self, redactor: LiveRedactor) -> None:
        self._redactor = redactor
        self._running: set[asyncio.Future[None]] = set()

    def begin(self) -> None:
        """On a thread; a request that comes meanwhile waits for the same one."""
        making = asyncio.ensure_future(asyncio.to_thread(self._make))
        self._running.add(making)
        making.add_done_callback(self._running.discard)

    async def end(self) -> None:
        """Wait for what was begun."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def _make(self) -> None:
        try:
            self._redactor.current()
        except Exception as exc:  # noqa: BLE001 - the request that needs it says so
            log.error("proxy.redactor_failed", reason=type(exc).__name__)
