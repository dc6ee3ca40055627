"""
One daemon's connection: a few tasks around a session.

``read`` takes frames from the socket and ``receive`` applies them in their order; the queue between them is
short, so that the socket itself holds a daemon back that is too fast.
``follow`` hears wakes. ``pump`` looks at the outbox and the configuration when it is woken, and every few
seconds anyway, since a wake may be lost. ``keep_up`` sees to the link's right to exist. Only ``write`` sends.
"""

import asyncio
import itertools
import random
import time
from contextlib import suppress
from typing import Final, Protocol

import structlog

from letsbe_app.errors import NotSignedIn
from letsbe_app.fleet.tenants.schemas import TenantIdentity
from letsbe_app.hub.arrivals import Arrivals
from letsbe_app.hub.deliveries import Deliveries
from letsbe_app.hub.dispatch import LinkDispatch
from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.session import LinkClosed, LinkSession, Opened
from letsbe_app.kit.bucket import Bucket
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.tasks import run_until_one_fails, to_the_end
from letsbe_app.relay import RelayAway, Topic
from letsbe_app.relay.channels import LINK_KEY, link_channel, link_taker
from letsbe_app.relay.presence import link_id
from letsbe_app.relay.subscriber import Mailbox, Recheck
from tenant_daemon.contracts.errors import CLOSE_BAD_MESSAGE, CLOSE_TAKEN_OVER, CLOSE_UNAUTHENTICATED

log = structlog.get_logger()

CLOSE_GONE: Final = 1001
HELLO_TIMEOUT_SECONDS: Final = 10.0
SILENCE_TIMEOUT_SECONDS: Final = 60.0
"""Four heartbeats."""
LOOK_EVERY_SECONDS: Final = 60.0
"""While Redis tells of everything; a wake that is lost all the same is made up for by then."""
KEEP_UP_EVERY_SECONDS: Final = 15.0
"""Presence lasts three times as long."""
CHECK_KEY_EVERY: Final = 4
"""Of these rounds. A revocation is told at once; while Redis is away the key is looked at all the time."""
LOOK_WITHOUT_REDIS_SECONDS: Final = 2.0
ACK_DELAY_SECONDS: Final = 0.05
"""Confirmations of run events are gathered for so long."""
READ_AHEAD: Final = 64
"""Frames read before they are applied; then the socket itself holds the daemon back."""
SEND_TIMEOUT_SECONDS: Final = 20.0
FRAMES_PER_SECOND: Final = 2_000.0
FRAMES_AT_ONCE: Final = 10_000.0
"""One server's share of a worker. What comes faster waits in the socket, and nothing is lost."""
_BYTES_PER_FRAME: Final = 4_096
"""A larger frame counts as several."""


class Socket(Protocol):
    """The websocket after it was accepted."""

    async def receive(self) -> str | bytes:
        """The next frame; raises LinkClosed when the peer is gone."""

    async def send(self, frame: str) -> None:
        """Send a frame; raises LinkClosed when the peer is gone."""


class Link:
    """Runs one connection until it ends; ``run`` raises LinkClosed with the reason."""

    def __init__(
        self, socket: Socket, identity: TenantIdentity, api_key: str, services: LinkServices
    ) -> None:
        self.connection_id = new_id("lnk")
        self._socket = socket
        self._link_id = ""
        self._tenant_id = identity.tenant_id
        self._customer_id = identity.customer_id
        self._api_key = api_key
        self._relay = services.relay
        self._admission = services.admission
        self._tenants = services.tenants
        self._session = LinkSession(identity.tenant_id)
        self._dispatch = LinkDispatch(identity.tenant_id, self._session, services)
        self._deliveries = Deliveries(identity.tenant_id, identity.customer_id, self._session, services)
        self._must_look = asyncio.Event()
        self._must_write = asyncio.Event()
        self._arrivals = Arrivals(
            identity.tenant_id, self._session, self._dispatch, self._deliveries, self._must_look.set
        )
        self._frames: asyncio.Queue[str | bytes | LinkClosed] = asyncio.Queue(READ_AHEAD)
        self._share = Bucket(FRAMES_PER_SECOND, FRAMES_AT_ONCE)
        self._heard_at = time.monotonic()

    async def run(self) -> None:
        """Serve the connection; always ends with an exception."""
        await self._shake_hands()
        reader = asyncio.create_task(self._read())
        try:
            async with self._relay.subscriber.mailbox() as mailbox:
                async with self._admission.turn():
                    await self._come_in(mailbox)
                await run_until_one_fails(
                    self._receive(),
                    self._follow(mailbox),
                    self._pump(),
                    self._keep_up(),
                    self._write(),
                )
        finally:
            reader.cancel()
            if self._link_id:
                await self._relay.presence.release(self._tenant_id, self._link_id)
            await self._relay.publisher.announce(self._customer_id, Topic.TENANT, self._tenant_id)

    async def _shake_hands(self) -> None:
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_SECONDS):
                event = self._session.receive(await self._socket.receive())
        except TimeoutError:
            raise LinkClosed(CLOSE_BAD_MESSAGE, "no link.hello") from None
        if not isinstance(event, Opened):
            raise LinkClosed(CLOSE_BAD_MESSAGE, "link.hello comes first")
        self._dispatch.opened(event.hello)
        self._link_id = link_id(event.link_number, self.connection_id)
        self._must_look.set()
        self._must_write.set()

    async def _come_in(self, mailbox: Mailbox) -> None:
        await to_the_end(self._tenants.record_connected(self._tenant_id))
        await self._relay.subscriber.follow(mailbox, link_channel(self._tenant_id))
        await self._keep_presence()
        await self._relay.publisher.take_over(self._tenant_id, self._link_id)

    async def _read(self) -> None:
        while True:
            try:
                frame = await self._socket.receive()
            except LinkClosed as exc:
                # What came before the end is still applied: it need not be sent again.
                await self._frames.put(exc)
                return
            self._heard_at = time.monotonic()
            await self._frames.put(frame)
            if pause := self._share.take(1 + len(frame) // _BYTES_PER_FRAME, self._heard_at):
                await asyncio.sleep(pause)

    async def _receive(self) -> None:
        while True:
            await to_the_end(self._arrivals.take_all(await self._next_frames()))
            if self._session.has_frames:
                self._must_write.set()

    async def _next_frames(self) -> list[str | bytes | LinkClosed]:
        """The frames that are there, at least one. More than one when they come faster than Redis answers."""
        frames = [await self._frames.get()]
        while not self._frames.empty():
            frames.append(self._frames.get_nowait())
        return frames

    async def _follow(self, mailbox: Mailbox) -> None:
        while True:
            signal = await mailbox.get()
            if isinstance(signal, Recheck):
                self._dispatch.ask_for_stalled_runs()
                self._must_write.set()
                await self._keep_presence()
            elif (taker := link_taker(signal.data)) and taker > self._link_id:
                raise LinkClosed(CLOSE_TAKEN_OVER, "a newer connection took over")
            elif signal.data == LINK_KEY:
                await to_the_end(self._check_key())
            self._must_look.set()

    async def _pump(self) -> None:
        while True:
            self._must_look.clear()
            await to_the_end(self._deliveries.offer())
            await to_the_end(self._dispatch.offer_config(time.monotonic()))
            self._must_write.set()
            is_live = self._relay.subscriber.is_connected
            if not is_live:
                # Whoever revokes the key now cannot say so by Redis.
                await to_the_end(self._check_key())
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_SECONDS if is_live else LOOK_WITHOUT_REDIS_SECONDS):
                    await self._must_look.wait()

    async def _keep_up(self) -> None:
        # Not all links of a worker in the same moment, though they came together after its start.
        await asyncio.sleep(random.uniform(0, KEEP_UP_EVERY_SECONDS))  # noqa: S311
        for number in itertools.count():
            self._check_silence()
            await self._keep_presence()
            if number % CHECK_KEY_EVERY == 0:
                await to_the_end(self._check_key())
            await asyncio.sleep(KEEP_UP_EVERY_SECONDS)

    async def _write(self) -> None:
        while True:
            await self._must_write.wait()
            if not self._session.has_urgent_frames:
                # Nothing but confirmations of run events: a few more may come along.
                await asyncio.sleep(ACK_DELAY_SECONDS)
            self._must_write.clear()
            for frame in self._session.take_frames():
                async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                    await self._socket.send(frame)

    def _check_silence(self) -> None:
        # Looked at now and then: a timer for every frame would cost more than the frame.
        if time.monotonic() - self._heard_at > SILENCE_TIMEOUT_SECONDS:
            raise LinkClosed(CLOSE_GONE, "silent for too long")

    async def _keep_presence(self) -> None:
        try:
            is_newest = await self._relay.presence.renew(self._tenant_id, self._link_id)
        except RelayAway:
            return
        if not is_newest:
            raise LinkClosed(CLOSE_TAKEN_OVER, "a newer connection took over")

    async def _check_key(self) -> None:
        try:
            await self._tenants.authenticate(self._api_key)
        except NotSignedIn:
            raise LinkClosed(CLOSE_UNAUTHENTICATED, "the key was revoked") from None
