"""The connection to the hub: opens it, keeps it, and moves what waits in the store over it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from tenant_daemon.contracts.envelope import Hello
from tenant_daemon.contracts.errors import (
    CLOSE_BAD_MESSAGE,
    CLOSE_TAKEN_OVER,
    CLOSE_UNAUTHENTICATED,
    CLOSE_VERSION_UNSUPPORTED,
    ErrorCode,
)
from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.hub_client.channel import Channel, ChannelClosed, OpenChannel
from tenant_daemon.hub_client.inbox import InboxFull, Incoming
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.protocol import (
    Arrived,
    LinkSession,
    NotUnderstood,
    OutboxConfirmed,
    ProtocolError,
    RefusedByHub,
    ResendWanted,
    RunConfirmed,
    Welcomed,
)
from tenant_daemon.kit.backoff import Backoff

_LOOK_SECONDS: Final = 5.0
"""The store is looked at this often even when nobody knocked: a knock may be lost."""
_STALL_SECONDS: Final = 45.0
"""Nothing was confirmed for so long although something is in flight: the connection is given up."""
_WELCOME_SECONDS: Final = 30.0
"""The hub has a queue at its door after a restart."""
_LONGEST_WAIT_SECONDS: Final = 30.0
_HELD_SECONDS: Final = 10.0
"""A connection that lasted so long counts as good."""
_BATCH: Final = 50
_LEAST_SECONDS: Final = {
    # A newer connection of this tenant is alive: coming back at once would only push it out in turn.
    CLOSE_TAKEN_OVER: 30.0,
    # A person has to act first.
    CLOSE_UNAUTHENTICATED: 60.0,
    CLOSE_VERSION_UNSUPPORTED: 300.0,
}

log = structlog.get_logger()


def hub_backoff() -> Backoff:
    """Waits between connections: a hub that serves again has its whole fleet back within a minute."""
    return Backoff(cap_seconds=_LONGEST_WAIT_SECONDS)


class LinkHandler(Protocol):
    """What the link does with what arrives."""

    def on_welcome(self) -> None:
        """The hub knows us."""

    def on_message(self, message: Incoming) -> None:
        """A stored message is to be applied; must not block."""


class Stalled(Exception):
    """The hub takes what we send and confirms nothing."""


@dataclass
class HubConnection:
    """
    Keeps one connection to the hub for as long as ``run`` runs.

    Everything durable is read from the store, so there is one way for a message whether it is new or was
    left over; ``wake`` says that there is something new.
    """

    store: LinkStore
    open_channel: OpenChannel
    hello: Callable[[], Hello]
    handler: LinkHandler
    backoff: Backoff = field(default_factory=hub_backoff)
    is_online: bool = False
    last_problem: str = ""
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _must_reopen: asyncio.Event = field(default_factory=asyncio.Event)
    _heartbeat: Heartbeat | None = None
    _progress_at: float = 0.0
    _is_refusing: bool = False

    def wake(self) -> None:
        """Something was put into the store."""
        self._wake.set()

    def reopen(self) -> None:
        """Connect anew at once, as after a change of the key."""
        self._must_reopen.set()

    def send_heartbeat(self, heartbeat: Heartbeat) -> None:
        """Send this one next, in place of an older one that did not go out yet."""
        self._heartbeat = heartbeat
        self._wake.set()

    async def run(self) -> None:
        """Connect, and connect again whenever the connection ends, until cancelled."""
        while True:
            began_at = time.monotonic()
            code = await self._run_once()
            self.is_online = False
            if self._must_reopen.is_set():
                self._must_reopen.clear()
                continue
            if time.monotonic() - began_at > _HELD_SECONDS:
                self.backoff.succeeded()
            seconds = self.backoff.after_failure(at_least=_LEAST_SECONDS.get(code or 0, 0.0))
            log.info("link.offline", reason=self.last_problem, retry_in_seconds=round(seconds, 1))
            await asyncio.sleep(seconds)

    async def _run_once(self) -> int | None:
        """One connection from open to end; gives the hub's close code."""
        try:
            async with self.open_channel() as channel:
                await self._serve(channel)
        except ChannelClosed as exc:
            self.last_problem = str(exc)
            return exc.code
        except Stalled:
            self.last_problem = f"the hub confirmed nothing for {_STALL_SECONDS:.0f} s"
        return None

    async def _serve(self, channel: Channel) -> None:
        session = LinkSession(self.hello())
        await channel.send(session.open())
        pump = asyncio.create_task(self._pump(channel, session))
        try:
            receive = asyncio.create_task(self._receive(channel, session))
            reopen = asyncio.create_task(self._reopened())
            try:
                done, _ = await asyncio.wait({pump, receive, reopen}, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                await _end(receive)
                await _end(reopen)
        finally:
            await _end(pump)

    async def _reopened(self) -> None:
        await self._must_reopen.wait()

    async def _receive(self, channel: Channel, session: LinkSession) -> None:
        while True:
            frame = await channel.receive()
            try:
                await self._apply(channel, session, frame)
            except ProtocolError as exc:
                await channel.close(CLOSE_BAD_MESSAGE, exc.code)
                raise ChannelClosed(str(exc)) from exc

    async def _apply(self, channel: Channel, session: LinkSession, frame: str | bytes) -> None:
        self._progress_at = time.monotonic()
        match session.receive(frame):
            case Welcomed(tenant_id):
                self.is_online, self.last_problem = True, ""
                log.info("link.online", tenant_id=tenant_id)
                self.handler.on_welcome()
            case Arrived() as arrived:
                await self._accept(channel, session, arrived)
            case OutboxConfirmed(ids):
                self.store.confirm(ids)
            case RefusedByHub(message_id, code, detail):
                log.error("link.refused_by_hub", id=message_id, code=code, detail=detail)
                self.store.confirm([message_id])
                self.store.journal.forget(message_id)
            case RunConfirmed(run_id, seq):
                if self.store.journal.confirm(run_id, seq):
                    session.forget_run(run_id)
            case ResendWanted(run_id, from_seq):
                await self._resend(channel, session, run_id, from_seq)
            case NotUnderstood(code, detail, reply):
                log.warning("link.not_understood", code=code, detail=detail)
                if reply is None:
                    raise ProtocolError(code, detail)
                await channel.send(reply)
        self._wake.set()

    async def _accept(self, channel: Channel, session: LinkSession, arrived: Arrived) -> None:
        if self._is_refusing:
            return
        try:
            message = self.store.inbox.accept(arrived.id, arrived.payload)
        except InboxFull:
            # Unconfirmed, the hub keeps it. Whatever follows it would overtake it, and so is refused as well.
            log.warning("link.inbox_full", id=arrived.id)
            self._is_refusing = True
            return
        # Before the confirmation, which may fail with the connection: the next delivery is a known one.
        if message is not None:
            self.handler.on_message(message)
        await channel.send(session.acknowledge(arrived.id))

    async def _resend(self, channel: Channel, session: LinkSession, run_id: str, from_seq: int) -> None:
        if not self.store.journal.rewind(run_id, from_seq):
            session.forget_run(run_id)
            await channel.send(session.reject(run_id, ErrorCode.NOT_FOUND, "the run is not kept here"))

    async def _pump(self, channel: Channel, session: LinkSession) -> None:
        self._progress_at = time.monotonic()
        while True:
            if session.is_open:
                await self._send_heartbeat(channel, session)
                while await self._send_messages(channel, session) or await self._send_runs(channel, session):
                    pass
            self._check_progress(session)
            self._check_inbox()
            try:
                # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes with the wake.
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                continue
            self._wake.clear()

    def _check_progress(self, session: LinkSession) -> None:
        waits_for_hub = session.in_flight() > 0 or not session.is_open
        if not waits_for_hub:
            self._progress_at = time.monotonic()
        elif time.monotonic() - self._progress_at > (_STALL_SECONDS if session.is_open else _WELCOME_SECONDS):
            raise Stalled

    def _check_inbox(self) -> None:
        if self._is_refusing and self.store.inbox.has_room:
            # On a new connection the hub begins again at the message that was refused first.
            self._is_refusing = False
            self._must_reopen.set()

    async def _send_heartbeat(self, channel: Channel, session: LinkSession) -> None:
        heartbeat, self._heartbeat = self._heartbeat, None
        if heartbeat is not None:
            await channel.send(session.send_heartbeat(heartbeat))

    async def _send_messages(self, channel: Channel, session: LinkSession) -> bool:
        room = min(session.outbox_room(), _BATCH)
        waiting = self.store.waiting(after=session.outbox_position, limit=room) if room > 0 else []
        for message in waiting:
            await channel.send(session.send_message(message.position, message.id, message.payload))
        return bool(waiting)

    async def _send_runs(self, channel: Channel, session: LinkSession) -> bool:
        has_sent = False
        for run in self.store.journal.unconfirmed():
            room = min(session.run_room(), _BATCH)
            if room <= 0:
                return False
            after = session.sent_seq(run.run_id, run.acked_seq)
            for event in self.store.journal.events(run.run_id, after_seq=after, limit=room):
                await channel.send(session.send_run_event(event))
                has_sent = True
        return has_sent


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
