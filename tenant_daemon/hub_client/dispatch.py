"""What the link does with each message of the hub: it is done in the inbox only when it has taken effect."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, assert_never

import structlog

from tenant_daemon.contracts.approvals import ApprovalDecided, ApprovalWithdrawn
from tenant_daemon.contracts.changes import UndoRequested
from tenant_daemon.contracts.chat import ConversationDeleted, SendMessage, StopRun
from tenant_daemon.contracts.commands import ApplyConfig, ConfigApplied, KeyRenewalAsked
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.contracts.secrets import RevealAsked, SecretChangeAsked, SecretProvided
from tenant_daemon.hub_client.applied_config import AppliedConfig, ConfigRefused
from tenant_daemon.hub_client.chat import ChatRelay
from tenant_daemon.hub_client.inbox import Incoming
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.secrets import SecretRequest
from tenant_daemon.hub_client.wrapper_client import WrapperAway, WrapperClient
from tenant_daemon.kit.backoff import Backoff

_RETRY_CAP_SECONDS: Final = 10.0

log = structlog.get_logger()


class Dispatcher:
    """
    Stored messages in, calls to the other parts out. Call ``restore`` after ``ChatRelay.restore``.

    ``check_config`` raises ``ConfigRefused`` for what this server cannot work with. ``answer_secret`` has
    told the hub what became of the request when it returns. ``renew_key`` makes the link connect anew.
    ``tell_cleaned`` tells the hub what a message says without its secrets.
    """

    def __init__(
        self,
        store: LinkStore,
        chat: ChatRelay,
        wrapper: WrapperClient,
        config: AppliedConfig,
        check_config: Callable[[TenantConfig], Awaitable[None]],
        on_config: Callable[[], Awaitable[None]],
        tasks: asyncio.TaskGroup,
        answer_secret: Callable[[SecretRequest], Awaitable[None]],
        renew_key: Callable[[], Awaitable[None]],
        tell_cleaned: Callable[[SendMessage], Coroutine[Any, Any, None]],
    ) -> None:
        self._store = store
        self._chat = chat
        self._wrapper = wrapper
        self._config = config
        self._check_config = check_config
        self._on_config = on_config
        self._tasks = tasks
        self._answer_secret = answer_secret
        self._renew_key = renew_key
        self._tell_cleaned = tell_cleaned
        # Whoever waits for it gets it in turn.
        self._undoing = asyncio.Lock()

    def restore(self) -> None:
        """Do what the last run of this process left undone."""
        for message in self._store.inbox.pending():
            if isinstance(message.payload, SendMessage):
                self._tasks.create_task(self._tell_cleaned(message.payload))
                self._call_off_taken_back(message, message.payload)
            else:
                self.on_message(message)

    def on_message(self, message: Incoming) -> None:
        """Set off what a message asks for."""
        match message.payload:
            case SendMessage() as said:
                self._tasks.create_task(self._tell_cleaned(said))
                self._call_off_taken_back(message, said)
                self._chat.on_message(message)
            case StopRun() as stop:
                self._tasks.create_task(self._stop(message, stop))
            case ConversationDeleted() as deleted:
                self._tasks.create_task(self._forget(message, deleted))
            case ApprovalDecided() as decision:
                self._tasks.create_task(
                    self._pass_on(message.id, lambda: self._wrapper.decide(decision), decision.kind)
                )
            case ApprovalWithdrawn() as withdrawn:
                self._tasks.create_task(
                    self._pass_on(message.id, lambda: self._wrapper.withdraw(withdrawn), withdrawn.kind)
                )
            case UndoRequested() as undo:
                self._tasks.create_task(self._undo(message, undo))
            case SecretProvided() | SecretChangeAsked() | RevealAsked() as request:
                self._tasks.create_task(self._answer(message.id, request))
            case ApplyConfig() as wish:
                self._tasks.create_task(self._apply(message.id, wish))
            case KeyRenewalAsked():
                self._tasks.create_task(self._renew(message.id))
            case _:
                assert_never(message.payload)

    async def _undo(self, message: Incoming, undo: UndoRequested) -> None:
        """Several at once come the newest first, and an older one may depend on it: they keep their order."""
        async with self._undoing:
            await self._pass_on(message.id, lambda: self._wrapper.undo(undo), undo.kind)

    async def _stop(self, message: Incoming, stop: StopRun) -> None:
        await self._chat.stop(stop.conversation_id)
        await self._call_off(message, stop.conversation_id)
        self._store.inbox.done(message.id)

    async def _forget(self, message: Incoming, deleted: ConversationDeleted) -> None:
        await self._call_off(message, deleted.conversation_id)
        await self._chat.forget(deleted.conversation_id, deleted.agent_id)
        self._store.inbox.done(message.id)

    def _call_off_taken_back(self, message: Incoming, said: SendMessage) -> None:
        """What earlier runs still ask is taken back with them; the new run's questions come after."""
        if said.takes_back:
            self._tasks.create_task(self._call_off(message, said.conversation_id))

    async def _call_off(self, message: Incoming, conversation_id: str) -> None:
        """Questions outlive the run that asked them (0005), so stopping the run is not enough."""
        await self._deliver(
            message.id,
            lambda: self._wrapper.cancel_conversation(conversation_id, message.received_at),
            message.payload.kind,
        )

    async def _pass_on(self, message_id: str, deliver: Callable[[], Awaitable[None]], kind: str) -> None:
        await self._deliver(message_id, deliver, kind)
        self._store.inbox.done(message_id)

    async def _deliver(self, message_id: str, deliver: Callable[[], Awaitable[None]], kind: str) -> None:
        """Deliver to the wrapper, again and again while it is away."""
        backoff = Backoff(base_seconds=0.5, cap_seconds=_RETRY_CAP_SECONDS)
        while True:
            try:
                await deliver()
                return
            except WrapperAway as exc:
                log.warning("dispatch.wrapper_away", kind=kind, message_id=message_id, reason=str(exc))
                await asyncio.sleep(backoff.after_failure())

    async def _apply(self, message_id: str, wish: ApplyConfig) -> None:
        version = wish.config.version
        # Checking takes seconds, and it may be refused; a kill switch waits for neither.
        if self._config.apply_switches(wish.config):
            await self._on_config()
        try:
            if self._config.is_older_than(wish.config):
                await self._check_config(wish.config)
            is_new = self._config.apply(wish.config)
        except ConfigRefused as exc:
            log.warning("config.refused", version=version, reason=str(exc))
            # A newer one may have been taken over meanwhile; then nobody waits for this one any more.
            if version > self._config.version:
                self._report(ConfigApplied(version=version, is_applied=False, detail=str(exc)))
        else:
            self._report(ConfigApplied(version=self._config.version, is_applied=True))
            if is_new:
                await self._on_config()
        self._store.inbox.done(message_id)

    async def _answer(self, message_id: str, request: SecretRequest) -> None:
        await self._answer_secret(request)
        self._store.inbox.done(message_id)

    async def _renew(self, message_id: str) -> None:
        await self._renew_key()
        self._store.inbox.done(message_id)

    def _report(self, report: ConfigApplied) -> None:
        self._store.put(report, slot="config.applied")
