"""
The link over HTTP: each request is a connection of its own length, with the same session and handlers.

Nothing is kept between requests but what Redis and the database hold and the daemon gives back, so that any
worker answers any of them. What a lost answer had confirmed is sent again and recognised, as after a lost
websocket.
"""

import asyncio
import time
from contextlib import suppress
from typing import Final

import structlog

from letsbe_app.errors import Conflict, InvalidInput, LetsBeError, NotSignedIn
from letsbe_app.fleet.tenants.schemas import TenantIdentity
from letsbe_app.hub.arrivals import Arrivals
from letsbe_app.hub.deliveries import Deliveries
from letsbe_app.hub.dispatch import LinkDispatch
from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.session import LinkClosed, LinkSession, Opened
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.tasks import to_the_end
from letsbe_app.relay import RelayAway, Topic
from letsbe_app.relay.channels import LINK_KEY, link_channel, link_taker
from letsbe_app.relay.presence import link_id
from letsbe_app.relay.subscriber import Mailbox, Recheck
from tenant_daemon.contracts.errors import (
    CLOSE_TAKEN_OVER,
    CLOSE_UNAUTHENTICATED,
    CLOSE_VERSION_UNSUPPORTED,
)
from tenant_daemon.contracts.exchange import (
    FramesPoll,
    FramesPolled,
    FramesPush,
    FramesPushed,
    LinkOpen,
    LinkOpened,
    PollState,
)

log = structlog.get_logger()

LOOK_EVERY_SECONDS: Final = 5.0
"""A wake may be lost."""


class VersionUnsupported(LetsBeError):
    """The daemon speaks a version that the hub does not know any more."""

    code = "version_unsupported"
    status = 426


class LinkExchange:
    """One per request of a daemon that was authenticated; every method may raise what the API renders."""

    def __init__(self, identity: TenantIdentity, services: LinkServices, api_key: str) -> None:
        self._tenant_id = identity.tenant_id
        self._customer_id = identity.customer_id
        self._api_key = api_key
        self._services = services
        self._relay = services.relay
        self._session = LinkSession(identity.tenant_id)
        self._dispatch = LinkDispatch(identity.tenant_id, self._session, services)
        self._deliveries = Deliveries(identity.tenant_id, identity.customer_id, self._session, services)

    async def open(self, request: LinkOpen) -> LinkOpened:
        """Take the link over from any older connection of the server."""
        opened = self._greet(request.hello)
        await self._services.tenants.record_connected(self._tenant_id)
        name = link_id(opened.link_number, new_id("lnk"))
        await self._keep_presence(name)
        await self._relay.publisher.take_over(self._tenant_id, name)
        await self._relay.publisher.announce(self._customer_id, Topic.TENANT, self._tenant_id)
        log.info("link.opened", tenant_id=self._tenant_id, connection_id=name[20:], road="http")
        [welcome] = self._session.take_frames()
        return LinkOpened(welcome=welcome, link_id=name)

    async def push(self, request: FramesPush) -> FramesPushed:
        """Apply the daemon's frames."""
        self._dispatch.opened(self._greet(request.hello).hello)
        self._session.take_frames()
        arrivals = Arrivals(self._tenant_id, self._session, self._dispatch, self._deliveries)

        async def take() -> None:
            await arrivals.take_all(request.frames)
            await arrivals.settle()

        try:
            await to_the_end(take())
        except LinkClosed as exc:
            raise _as_error(exc) from exc
        if self._dispatch.has_stalled_runs:
            # Not confirmed, so the daemon sends it all again; the websocket would ask once Redis is back.
            raise RelayAway
        return FramesPushed(frames=self._session.take_frames())

    async def poll(self, request: FramesPoll) -> FramesPolled:
        """Wait until there is something for the daemon, or until the time is up."""
        config_at_open = self._greet(request.hello).hello.config_version
        self._session.take_frames()
        await self._deliveries.resume(request.state.under_way, request.state.last_seq)
        self._dispatch.resume_offer(request.state.config_version, request.state.config_offered_at)
        ends_at = time.monotonic() + request.wait_seconds
        async with self._relay.subscriber.mailbox() as mailbox:
            await self._relay.subscriber.follow(mailbox, link_channel(self._tenant_id))
            # What was said before the wakes were followed is looked up once.
            await self._still_counts(request.link_id)
            while not (frames := await self._look(config_at_open)) and time.monotonic() < ends_at:
                await self._hear(mailbox, request.link_id, ends_at)
        return FramesPolled(frames=frames, state=self._state())

    async def _look(self, config_at_open: int) -> list[str]:
        reported = await self._services.tenants.applied_config_version(self._tenant_id)
        self._dispatch.holds_config(max(reported, config_at_open))
        await self._deliveries.offer()
        await self._dispatch.offer_config(time.time())
        return self._session.take_frames()

    async def _hear(self, mailbox: Mailbox, name: str, ends_at: float) -> None:
        """Wait for a wake, or until it is time to look without one."""
        seconds = min(LOOK_EVERY_SECONDS, ends_at - time.monotonic())
        signal = None
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                signal = await mailbox.get()
        if isinstance(signal, Recheck) or not self._relay.subscriber.is_connected:
            await self._still_counts(name)
        elif signal is not None and (taker := link_taker(signal.data)) and taker > name:
            raise _taken_over()
        elif signal is not None and signal.data == LINK_KEY:
            await self._services.tenants.authenticate(self._api_key)

    async def _still_counts(self, name: str) -> None:
        await self._keep_presence(name)
        await self._services.tenants.authenticate(self._api_key)

    def _state(self) -> PollState:
        version, offered_at = self._dispatch.offered
        return PollState(
            under_way=self._session.under_way,
            last_seq=self._session.sent_seq,
            config_version=version,
            config_offered_at=offered_at,
        )

    async def _keep_presence(self, name: str) -> None:
        try:
            is_newest = await self._relay.presence.renew(self._tenant_id, name)
        except RelayAway:
            return
        if not is_newest:
            raise _taken_over()

    def _greet(self, hello: str) -> Opened:
        try:
            event = self._session.receive(hello)
        except LinkClosed as exc:
            raise _as_error(exc) from exc
        if not isinstance(event, Opened):
            raise InvalidInput.of_field("hello", "This must be the frame of link.hello.")
        return event


def _taken_over() -> Conflict:
    return Conflict("A newer connection of this server took over.")


def _as_error(closed: LinkClosed) -> LetsBeError:
    """The API's answer that stands for a close code."""
    match closed.code:
        case code if code == CLOSE_VERSION_UNSUPPORTED:
            return VersionUnsupported(closed.reason)
        case code if code == CLOSE_TAKEN_OVER:
            return _taken_over()
        case code if code == CLOSE_UNAUTHENTICATED:
            return NotSignedIn(closed.reason)
        case _:
            return InvalidInput(f"These frames cannot be used: {closed.reason}")
