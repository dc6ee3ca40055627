"""The link process put together: hub, chats, OpenClaw, health and the local door."""

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from tenant_daemon import __version__
from tenant_daemon.audit import AuditTrail
from tenant_daemon.contracts.chat import SendMessage
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.contracts.envelope import Hello
from tenant_daemon.contracts.health import ComponentHealth
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.applied_config import AppliedConfig, ConfigRefused, stopped_by_owner
from tenant_daemon.hub_client.attachments import AttachmentDesk
from tenant_daemon.hub_client.audit_heads import AuditHeads
from tenant_daemon.hub_client.channel import OpenChannel
from tenant_daemon.hub_client.chat import ChatRelay
from tenant_daemon.hub_client.cleaning import Cleaner
from tenant_daemon.hub_client.connection import HubConnection
from tenant_daemon.hub_client.dispatch import Dispatcher
from tenant_daemon.hub_client.gateway import GatewayDoor
from tenant_daemon.hub_client.handovers import Handovers
from tenant_daemon.hub_client.health import HealthMonitor, Versions
from tenant_daemon.hub_client.hub_key import HubKey
from tenant_daemon.hub_client.inbox import Incoming
from tenant_daemon.hub_client.jobs import RecentRuns
from tenant_daemon.hub_client.last_look import with_last_look
from tenant_daemon.hub_client.local_server import build_local_app
from tenant_daemon.hub_client.metrics import MetricsReader
from tenant_daemon.hub_client.openclaw_link import OpenClawLink
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.proxy_client import model_health, why_refused
from tenant_daemon.hub_client.run_in_progress import ChatParts
from tenant_daemon.hub_client.secrets import SecretDesk, SecretRequest, SecretsReporter
from tenant_daemon.hub_client.wrapper_client import WrapperClient
from tenant_daemon.kit.disk_room import QuotaLook, is_full
from tenant_daemon.kit.http_server import serve_on
from tenant_daemon.kit.notice import announce_config
from tenant_daemon.kit.pid_file import signal_holder
from tenant_daemon.kit.unix_address import bind_private
from tenant_daemon.local_tokens import local_token
from tenant_daemon.openclaw import checking as openclaw_checking
from tenant_daemon.openclaw.checking import ConfigCheck
from tenant_daemon.openclaw.client import OpenClawClient
from tenant_daemon.openclaw.environment import OPENCLAW_VERSION
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.settings import TenantSettings
from tenant_daemon.tracing import Traces
from tenant_daemon.vault import VaultLocked

_LOOK_SECONDS: Final = 5.0
"""How late something is noticed whose knock was lost: its sender was killed between storing and knocking."""

log = structlog.get_logger()


@dataclass(frozen=True)
class LinkParts:
    """What the link works with; ``command.py`` chooses the real ones."""

    home: TenantHome
    settings: TenantSettings
    store: LinkStore
    redactor: LiveRedactor
    audit: AuditTrail
    open_channel: OpenChannel
    key: HubKey
    desk: SecretDesk
    attachments: AttachmentDesk
    traces: Traces


async def run_link(parts: LinkParts) -> None:
    """
    Run the link until cancelled.

    An error in any part ends them all: the supervisor starts the process again, and what was under way is
    in the store.
    """
    wrapper = WrapperClient(parts.settings.ports.wrapper, local_token(parts.home, "wrapper"))
    async with wrapper, asyncio.TaskGroup() as tasks:
        await _Link(parts, wrapper, tasks).run()


class _Link:
    """Wires the parts to each other."""

    def __init__(self, parts: LinkParts, wrapper: WrapperClient, tasks: asyncio.TaskGroup) -> None:
        self._parts = parts
        self._tasks = tasks
        self._wrapper = wrapper
        self._config = AppliedConfig(parts.home.config_file, self._announce_config)
        self._door = GatewayDoor()
        open_channel = with_last_look(parts.open_channel, parts.redactor)
        self._hub = HubConnection(parts.store, open_channel, self._hello, self)
        self._handovers = Handovers(self._door, lambda: self._config.current, wrapper.cancel)
        self._chat = ChatRelay(self._chat_parts(wrapper), self._handovers, tasks)
        self._check = ConfigCheck(parts.home, parts.settings)
        self._dispatcher = Dispatcher(
            parts.store,
            self._chat,
            wrapper,
            self._config,
            self._check_config,
            self._on_config,
            tasks,
            self._answer_secret,
            self._renew_key,
            self._tell_cleaned,
        )
        self._reporter = SecretsReporter(
            parts.desk, parts.store, lambda text: parts.redactor.current().redact(text)
        )
        self._cleaner = Cleaner(parts.store, parts.redactor)
        self._reporting = asyncio.Lock()
        self._openclaw = OpenClawLink(self._connect, self._config, self._chat, self._look)
        self._health = self._monitor()

    async def run(self) -> None:
        """Start everything; the task group keeps it running."""
        listener = bind_private(self._parts.home.link_socket)
        token = local_token(self._parts.home, "link")
        app = build_local_app(self._on_knock, self._status, self._handovers.ask, token)
        self._chat.restore()
        self._dispatcher.restore()
        work = {
            "hub": self._hub.run(),
            "openclaw": self._openclaw.run(),
            "health": self._health.run(),
            "door": serve_on(listener, app),
            "store": self._look_into_store(),
            "audit": self._audit_heads().run(),
        }
        for name, coroutine in work.items():
            self._tasks.create_task(coroutine, name=name)

    def on_welcome(self) -> None:
        """The hub knows us: tell it at once how we are."""
        self._look()

    def on_message(self, message: Incoming) -> None:
        """A stored message of the hub."""
        self._dispatcher.on_message(message)

    def _hello(self) -> Hello:
        return Hello(
            daemon_version=__version__,
            config_version=self._config.version,
            link_number=self._parts.store.next_link_number(),
        )

    def _connect(self) -> OpenClawClient:
        return OpenClawClient(self._parts.settings.ports.gateway, local_token(self._parts.home, "gateway"))

    def _look(self) -> None:
        self._health.look()

    async def _look_into_store(self) -> None:
        while True:
            await self._report_secrets()
            await asyncio.sleep(_LOOK_SECONDS)
            self._chat.on_store_changed()

    async def _answer_secret(self, request: SecretRequest) -> None:
        answer = await asyncio.to_thread(self._parts.desk.answer, request)
        self._parts.store.put(answer)
        await self._report_secrets()
        self._hub.wake()

    async def _tell_cleaned(self, said: SendMessage) -> None:
        if await asyncio.to_thread(self._cleaner.look, said):
            self._hub.wake()

    async def _tell_agents_cleaned(self) -> None:
        config = self._config.current
        if config is not None and await asyncio.to_thread(self._cleaner.look_at_agents, config.agents):
            self._hub.wake()

    async def _renew_key(self) -> None:
        if await self._parts.key.renew():
            self._hub.reopen()

    async def _report_secrets(self) -> None:
        async with self._reporting:
            if await asyncio.to_thread(self._reporter.look):
                self._hub.wake()

    def _on_knock(self) -> None:
        self._chat.on_store_changed()
        self._hub.wake()

    async def _check_config(self, config: TenantConfig) -> None:
        try:
            await self._check.check(config)
        except openclaw_checking.ConfigRefused as exc:
            # What OpenClaw complains of may be quoted from the settings, and the hub is told.
            reason = self._parts.redactor.current().redact(str(exc))
            raise ConfigRefused(f"{reason}. The earlier settings stay in force.") from exc

    def _announce_config(self) -> None:
        try:
            announce_config(self._parts.home.notice_file)
        except OSError as exc:
            # The daemon looks for a new one by itself as well.
            log.error("link.config_not_announced", reason=type(exc).__name__)

    async def _on_config(self) -> None:
        self._openclaw.on_config_changed()
        self._look()
        # The supervisor rewrites OpenClaw's files and restarts it where that is needed.
        with suppress(PermissionError):
            signal_holder(self._parts.home.pid_file, signal.SIGHUP)
        await self._wrapper.config_changed()
        await self._chat.on_config_changed()
        await self._tell_agents_cleaned()

    async def _why_refused(self, agent_id: str) -> str:
        token = local_token(self._parts.home, "proxy")
        return await why_refused(self._parts.settings.ports.proxy, token, agent_id)

    def _vault_trouble(self) -> str:
        try:
            self._parts.desk.vault.list()
        except VaultLocked as exc:
            return exc.trouble.value
        return ""

    async def _model(self) -> ComponentHealth | None:
        token = local_token(self._parts.home, "proxy")
        model = await model_health(self._parts.settings.ports.proxy, token)
        if model is None:
            return None
        return model.model_copy(update={"detail": self._parts.redactor.current().redact(model.detail)})

    def _chat_parts(self, wrapper: WrapperClient) -> ChatParts:
        parts = self._parts
        return ChatParts(
            store=parts.store,
            door=self._door,
            new_stream=lambda: parts.redactor.current().stream(),
            redact=lambda text: parts.redactor.current().redact(text),
            wake_link=self._hub.wake,
            cancel_tools=wrapper.cancel,
            release_tools=wrapper.release,
            config=lambda: self._config.current,
            is_practice=parts.settings.is_practice_model,
            recent_runs=RecentRuns(),
            why_refused=self._why_refused,
            fetch_files=parts.attachments.fetch,
            traces=parts.traces,
        )

    def _audit_heads(self) -> AuditHeads:
        parts = self._parts
        return AuditHeads(parts.home, parts.audit, parts.store, parts.settings.audit, self._hub.wake)

    def _monitor(self) -> HealthMonitor:
        ports = self._parts.settings.ports
        checked = {"proxy": ports.proxy, "wrapper": ports.wrapper}
        if self._parts.settings.is_practice_model:
            checked["practice"] = ports.practice
        root = self._parts.home.root
        quota = QuotaLook(root)
        return HealthMonitor(
            urls={name: f"http://127.0.0.1:{port}/healthz" for name, port in checked.items()},
            door=self._door,
            openclaw_problem=lambda: self._openclaw.problem,
            config_version=lambda: self._config.version,
            outbox_depth=self._parts.store.depth,
            audit=self._parts.audit,
            metrics=MetricsReader(root),
            versions=Versions(daemon=__version__, openclaw=OPENCLAW_VERSION),
            send=self._hub.send_heartbeat,
            vault_trouble=self._vault_trouble,
            model=self._model,
            is_disk_full=lambda: is_full(root, quota),
        )

    def _status(self) -> dict[str, object]:
        latest = self._health.latest
        return {
            "is_online": self._hub.is_online,
            "problem": self._hub.last_problem,
            "is_ready": self._door.is_open,
            "stopped": stopped_by_owner(self._config.current),
            "health": latest.model_dump(mode="json") if latest else None,
        }
