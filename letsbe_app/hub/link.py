"""
One daemon's connection, called by the server for every frame; at rest it has neither a task nor a timer.

``_receive`` applies frames in their order; while it is behind, the socket itself holds a daemon back that is
too fast. ``_look`` looks at the outbox and the configuration when a wake comes. ``Rounds`` sees to what is
due now and then: presence, the key, silence, and wakes that were lost.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from contextvars import copy_context
from typing import Final

import structlog

from letsbe_app.errors import NotSignedIn, RateLimited, Unavailable
from letsbe_app.fleet.tenants.schemas import TenantIdentity
from letsbe_app.hub.arrivals import Arrivals
from letsbe_app.hub.deliveries import Deliveries
from letsbe_app.hub.dispatch import LinkDispatch
from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.session import LinkClosed, LinkSession, Opened
from letsbe_app.kit.bucket import Bucket
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.on_demand import OnDemand
from letsbe_app.relay import RelayAway, Topic
from letsbe_app.relay.channels import LINK_KEY, link_channel, link_taker
from letsbe_app.relay.presence import link_id
from letsbe_app.relay.subscriber import Signal
from letsbe_app.server.frames import Wire
from letsbe_app.telemetry import metrics
from tenant_daemon.contracts.errors import CLOSE_TAKEN_OVER, CLOSE_TRY_LATER, CLOSE_UNAUTHENTICATED

log = structlog.get_logger()

CLOSE_GONE: Final = 1001
CLOSE_INTERNAL: Final = 1011
SILENCE_TIMEOUT_SECONDS: Final = 60.0
"""Four heartbeats."""
ACK_DELAY_SECONDS: Final = 0.25
"""Confirmations of run events are gathered for so long; a daemon sends a thousand events without one."""
READ_AHEAD: Final = 64
"""Frames read before they are applied; then the socket itself holds the daemon back."""
SEND_TIMEOUT_SECONDS: Final = 20.0
STALLED_SECONDS: Final = 2.0
"""Until runs are asked for again of which events could not be kept."""
FRAMES_PER_SECOND: Final = 2_000.0
FRAMES_AT_ONCE: Final = 10_000.0
"""One server's share of a worker. What comes faster waits in the socket, and nothing is lost."""
_BYTES_PER_FRAME: Final = 4_096
"""A larger frame counts as several."""


class Link:
    """``greet`` the daemon, let it ``come_in``, then ``serve`` it."""

    __slots__ = (
        "_ack_timer",
        "_api_key",
        "_arrivals",
        "_congested_since",
        "_customer_id",
        "_deliveries",
        "_dispatch",
        "_frames",
        "_heard_at",
        "_is_over",
        "_looking",
        "_must_check_key",
        "_must_recheck",
        "_receiving",
        "_services",
        "_session",
        "_share",
        "_stall_timer",
        "_wire",
        "link_id",
        "tenant_id",
    )

    def __init__(self, identity: TenantIdentity, api_key: str, services: LinkServices) -> None:
        self.tenant_id = identity.tenant_id
        self.link_id = ""
        self._customer_id = identity.customer_id
        self._api_key = api_key
        self._services = services
        self._session = LinkSession(identity.tenant_id)
        self._dispatch = LinkDispatch(identity.tenant_id, self._session, services)
        self._deliveries = Deliveries(identity.tenant_id, identity.customer_id, self._session, services)
        context = copy_context()
        self._receiving = OnDemand(self._receive, self._failed, context)
        self._looking = OnDemand(self._look, self._failed, context)
        self._arrivals = Arrivals(
            identity.tenant_id,
            self._session,
            self._dispatch,
            self._deliveries,
            on_room=self._looking.call,
            on_progress=self._answer,
            on_failure=self._failed,
        )
        self._wire: Wire | None = None
        self._frames: deque[str | bytes | LinkClosed] = deque()
        self._share = Bucket(FRAMES_PER_SECOND, FRAMES_AT_ONCE)
        self._ack_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._heard_at = time.monotonic()
        self._congested_since: float | None = None
        self._must_check_key = False
        self._must_recheck = False
        self._is_over = False

    # Opening

    def greet(self, frame: str | bytes) -> None:
        """Take the daemon's first frame; raises LinkClosed."""
        event = self._session.receive(frame)
        assert isinstance(event, Opened), "a session takes nothing else first"
        self._dispatch.opened(event.hello)
        self.link_id = link_id(event.link_number, new_id("lnk"))

    async def come_in(self) -> None:
        """
        Take the tenant over from any older link.

        Raises:
            LinkClosed: A newer one is there.
        """
        await self._services.tenants.record_connected(self.tenant_id)
        await self._services.relay.subscriber.follow(self, link_channel(self.tenant_id))
        await self._keep_presence()
        await self._services.relay.publisher.take_over(self.tenant_id, self.link_id)

    def serve(self, wire: Wire, waiting: Iterable[str | bytes]) -> None:
        """
        Go on until the connection ends; returns at once.

        Args:
            wire: The connection, which somebody else listened to so far.
            waiting: What came behind the first frame.
        """
        metrics.LINKS.inc()
        self._services.rounds.add(self)
        log.info("link.opened", tenant_id=self.tenant_id, link_id=self.link_id)
        for frame in waiting:
            self.frame_received(frame)
        self._wire = wire
        wire.pass_on(self)
        self._answer()

    async def leave(self) -> None:
        """The connection ended, or never came about."""
        relay = self._services.relay
        await relay.subscriber.unfollow(self, link_channel(self.tenant_id))
        if self.link_id:
            await relay.presence.release(self.tenant_id, self.link_id)
        await relay.publisher.announce(self._customer_id, Topic.TENANT, self.tenant_id)

    # Called by the server

    def frame_received(self, frame: str | bytes) -> None:
        """A frame of the daemon."""
        self._heard_at = time.monotonic()
        self._frames.append(frame)
        if len(self._frames) >= READ_AHEAD and self._wire is not None:
            self._wire.pause_reading()
        self._receiving.call()

    def room_again(self) -> None:
        """The daemon reads again."""
        self._congested_since = None
        self._flush()

    def connection_lost(self) -> None:
        """The daemon left. What came before that is still applied: it need not be sent again."""
        self._frames.append(LinkClosed(CLOSE_GONE, "the daemon left"))
        self._receiving.call()

    # Called by the subscriber

    def put(self, signal: Signal) -> None:
        """A wake."""
        if taker := link_taker(signal.data):
            # Its own word comes back as well.
            if taker > self.link_id:
                self.taken_over()
            return
        if signal.data == LINK_KEY:
            self._must_check_key = True
        self._looking.call()

    def recheck(self) -> None:
        """Wakes may have been missed."""
        self._must_recheck = self._must_check_key = True
        self._looking.call()

    # Called by the rounds

    @property
    def api_key(self) -> str:
        return self._api_key

    def check_pace(self, now: float) -> None:
        """End the link of a daemon that says or reads nothing."""
        if now - self._heard_at > SILENCE_TIMEOUT_SECONDS:
            self.close(CLOSE_GONE, "silent for too long")
        elif self._congested_since is not None and now - self._congested_since > SEND_TIMEOUT_SECONDS:
            self.close(CLOSE_TRY_LATER, "reads too slowly")

    def taken_over(self) -> None:
        """A newer link of the tenant is there."""
        self.close(CLOSE_TAKEN_OVER, "a newer connection took over")

    def key_revoked(self) -> None:
        """The key counts no more."""
        self.close(CLOSE_UNAUTHENTICATED, "the key was revoked")

    def compare(self, config_version: int, *, has_waiting: bool) -> None:
        """Look at what is there for the daemon, if it seems that it has not got it all."""
        if has_waiting or config_version > self._dispatch.held_version:
            self._looking.call()

    def close(self, code: int, reason: str) -> None:
        """End the connection, once."""
        if self._is_over:
            return
        self._is_over = True
        # What was applied is confirmed first, so that it need not be sent again.
        self._flush()
        if self._wire is not None:
            self._wire.close(code, reason)
        metrics.LINKS.dec()
        log.info("link.closed", tenant_id=self.tenant_id, link_id=self.link_id, code=code)
        self._services.rounds.discard(self)

    # Its own work

    async def _receive(self) -> None:
        while self._frames and not self._is_over:
            frames = list(self._frames)
            self._frames.clear()
            await self._arrivals.take_all(frames)
            self._answer()
            cost = sum(1 + len(frame) // _BYTES_PER_FRAME for frame in frames if isinstance(frame, str))
            if pause := self._share.take(cost, time.monotonic()):
                await asyncio.sleep(pause)
        if self._wire is not None:
            self._wire.resume_reading()

    async def _look(self) -> None:
        if self._must_recheck:
            self._must_recheck = False
            if await self._keep_presence():
                self._dispatch.ask_for_stalled_runs()
        if self._must_check_key:
            self._must_check_key = False
            await self._check_key()
        if self._is_over:
            return
        await self._deliveries.offer()
        await self._dispatch.offer_config(time.monotonic())
        self._answer()

    def _answer(self) -> None:
        """Send what there is; confirmations of run events alone wait a little for more of them."""
        if self._dispatch.has_stalled_runs and self._stall_timer is None and not self._is_over:
            # A command may fail while the subscription stands, and then nothing else says that Redis is back.
            self._stall_timer = asyncio.get_running_loop().call_later(STALLED_SECONDS, self._retry_stalled)
        if self._session.has_urgent_frames:
            self._flush()
        elif self._session.has_frames and self._ack_timer is None:
            self._ack_timer = asyncio.get_running_loop().call_later(ACK_DELAY_SECONDS, self._flush)

    def _retry_stalled(self) -> None:
        self._stall_timer = None
        if not self._is_over:
            self.recheck()

    def _flush(self) -> None:
        if self._ack_timer is not None:
            self._ack_timer.cancel()
            self._ack_timer = None
        if self._wire is None:
            return
        if self._wire.is_congested:
            self._congested_since = self._congested_since or time.monotonic()
            return
        for frame in self._session.take_frames():
            self._wire.write(frame)

    async def _keep_presence(self) -> bool:
        """Whether Redis could tell; raises LinkClosed."""
        try:
            is_newest = await self._services.relay.presence.renew(self.tenant_id, self.link_id)
        except RelayAway:
            return False
        if not is_newest:
            raise LinkClosed(CLOSE_TAKEN_OVER, "a newer connection took over")
        return True

    async def _check_key(self) -> None:
        try:
            await self._services.tenants.authenticate(self._api_key)
        except NotSignedIn:
            raise LinkClosed(CLOSE_UNAUTHENTICATED, "the key was revoked") from None

    def _failed(self, failure: Exception) -> None:
        if isinstance(failure, LinkClosed):
            self.close(failure.code, failure.reason)
        elif isinstance(failure, RateLimited | Unavailable | TimeoutError):
            self.close(CLOSE_TRY_LATER, "try again later")
        else:
            # What was not confirmed comes again after the reconnect, so nothing is lost with this connection.
            log.error("link.failed", tenant_id=self.tenant_id, link_id=self.link_id, exc_info=failure)
            self.close(CLOSE_INTERNAL, "internal")
