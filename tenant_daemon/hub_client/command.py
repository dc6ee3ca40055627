"""``python -m tenant_daemon link``: the connection to the hub as a process."""

import argparse
import asyncio
from typing import Any

from tenant_daemon.audit import AuditTrail
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.attachments import AttachmentDesk
from tenant_daemon.hub_client.canary_alarm import CanaryAlarm
from tenant_daemon.hub_client.channel import open_websocket
from tenant_daemon.hub_client.distress import keep_token, tell_plight
from tenant_daemon.hub_client.enrolment import Enrolled, EnrolmentFailed, read_enrolment
from tenant_daemon.hub_client.http_channel import open_http
from tenant_daemon.hub_client.hub_key import HubKey
from tenant_daemon.hub_client.link import LinkParts, run_link
from tenant_daemon.hub_client.outbox import open_store
from tenant_daemon.hub_client.roads import Roads
from tenant_daemon.hub_client.secrets import SecretDesk
from tenant_daemon.kit.signals import until_signal
from tenant_daemon.kit.terminal import complain
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.redaction.process_logging import configure_logging
from tenant_daemon.settings import TenantSettings, load_settings
from tenant_daemon.tracing import open_traces
from tenant_daemon.vault import Vault
from tenant_daemon.vault.steps.chosen import steps_by_name, told_tools


def add_parser(subparsers: Any) -> None:
    """Add ``link``."""
    subparsers.add_parser(
        "link",
        help="the connection to the hub",
        description=(
            "Keeps one connection to the hub, relays chats between it and OpenClaw, and is the only process "
            "that sends anything to the hub. Other processes of this server reach it by a unix socket."
        ),
    )


def run(args: argparse.Namespace) -> int:
    """Run until a signal ends it."""
    home = TenantHome(args.home)
    settings = load_settings(home)
    try:
        enrolled = read_enrolment(home)
    except EnrolmentFailed as exc:
        complain(str(exc))
        return 1
    try:
        _run(home, settings, enrolled)
    except Exception as exc:
        # It is started again, and then tells again.
        if not tell_plight(home, exc):
            raise
        return 1
    return 0


def _run(home: TenantHome, settings: TenantSettings, enrolled: Enrolled) -> None:
    vault = Vault.open(home)
    alarm = CanaryAlarm(home, vault)
    configure_logging(LiveRedactor(vault, alarm.at("log")))
    redactor = LiveRedactor(vault, alarm.at("hub message"))
    key = HubKey(vault, enrolled.link_url, lambda api_key: keep_token(home, api_key))
    roads = Roads(
        lambda: open_websocket(enrolled.link_url, key.current()),
        lambda: open_http(enrolled.link_url, key.current()),
    )
    parts = LinkParts(
        home=home,
        settings=settings,
        store=open_store(home.link_db),
        redactor=redactor,
        audit=AuditTrail.open(home),
        open_channel=roads.open,
        key=key,
        desk=SecretDesk(
            home,
            vault,
            enrolled.tenant_id,
            steps_by_name(settings.rotations, vault),
            told_tools(settings.rotations),
        ),
        attachments=AttachmentDesk(home, enrolled.tenant_id, enrolled.link_url, key.current),
        traces=open_traces(settings, "link"),
    )
    try:
        asyncio.run(until_signal(run_link(parts)))
    finally:
        parts.traces.close()
