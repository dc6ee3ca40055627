"""``python -m tenant_daemon proxy``: the secrets proxy as a process."""

import argparse
import asyncio
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette

from tenant_daemon.egress.accounts import Accounts
from tenant_daemon.egress.addresses import Addresses
from tenant_daemon.egress.budget import Budget
from tenant_daemon.egress.budget_notes import BudgetNotes
from tenant_daemon.egress.exchange import Desk
from tenant_daemon.egress.refusals import Refusals
from tenant_daemon.egress.request_traces import RequestTraces
from tenant_daemon.egress.server import build_app
from tenant_daemon.egress.tab import Books
from tenant_daemon.egress.tenant_config import ConfigReader
from tenant_daemon.egress.upstream import Provider
from tenant_daemon.egress.upstream_key import UpstreamKeys
from tenant_daemon.egress.upstreams import upstreams_of
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.canary_alarm import CanaryAlarm
from tenant_daemon.hub_client.local_door import knock
from tenant_daemon.hub_client.outbox import open_store
from tenant_daemon.local_tokens import local_token
from tenant_daemon.metering import Meter, UsageReporter
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.redaction.process_logging import configure_logging
from tenant_daemon.settings import TenantSettings, load_settings
from tenant_daemon.tracing import open_traces
from tenant_daemon.vault import Vault

_SWITCH_SECONDS = 0.001
"""A thread that redacts a large body lets the streams go on after this long, instead of the usual 5 ms."""


def add_parser(subparsers: Any) -> None:
    """Add ``proxy``."""
    subparsers.add_parser(
        "proxy",
        help="the secrets proxy: redacts, forwards and meters every model request",
        description="Listens on the loopback address only and forwards to the configured models only.",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until a signal ends it."""
    home = TenantHome(args.home)
    settings = load_settings(home)
    vault = Vault.open(home)
    configure_logging(LiveRedactor(vault, CanaryAlarm(home, vault).at("log")))
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(home, settings, vault),
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


def create_app(home: TenantHome, settings: TenantSettings, vault: Vault) -> Starlette:
    """The proxy of one tenant, all collaborators chosen."""
    meter = Meter(home.metering_db)
    store = open_store(home.link_db)
    traces = open_traces(settings, "proxy")
    accounts = Accounts(meter, UsageReporter(meter, store), lambda: asyncio.run(knock(home)))
    provider = Provider(UpstreamKeys(vault), Addresses())
    # Before the first request: what a killed process left open counts against the budgets.
    budget = Budget(accounts.start(), accounts.used_before)
    desk = Desk(
        upstreams=upstreams_of(settings),
        config=ConfigReader(home.config_file),
        redactor=LiveRedactor(vault, CanaryAlarm(home, vault).at("model request")),
        provider=provider,
        refusals=Refusals(),
        books=Books(accounts, budget, BudgetNotes(accounts)),
        traces=RequestTraces(traces, store.traces.of_agent),
    )

    async def stop() -> None:
        await provider.close()
        await asyncio.to_thread(accounts.close)
        store.close()
        await asyncio.to_thread(traces.close)

    return build_app(desk, local_token(home, "proxy"), stop)
