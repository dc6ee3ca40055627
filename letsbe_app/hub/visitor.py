"""
A daemon at the door: its websocket, from the handshake until its link listens to it.

It waits outside of the request that brought it: with all that a request holds, a fleet that comes back at
once would leave a worker twice as large as the links do.
"""

import asyncio
from collections import deque
from typing import Final

import structlog

from letsbe_app.errors import NotSignedIn, RateLimited, Unavailable
from letsbe_app.hub.admission import identify
from letsbe_app.hub.link import CLOSE_GONE, CLOSE_INTERNAL, Link
from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.session import LinkClosed
from letsbe_app.server.frames import Handover, Wire
from tenant_daemon.contracts.errors import CLOSE_BAD_MESSAGE, CLOSE_TRY_LATER, CLOSE_UNAUTHENTICATED

log = structlog.get_logger()

HELLO_TIMEOUT_SECONDS: Final = 10.0
FRAMES_AHEAD: Final = 4
"""Frames kept of somebody who is not known yet; a daemon sends one, and waits for its welcome."""


class Visitor:
    """Listens to the websocket until it is let in, refused, or gone."""

    __slots__ = ("_api_key", "_frames", "_heard", "_is_gone", "_services", "_task", "_wire")

    def __init__(self, api_key: str, services: LinkServices) -> None:
        self._api_key = api_key
        self._services = services
        self._frames: deque[str | bytes] = deque()
        self._heard = asyncio.Event()
        self._is_gone = False
        self._wire: Wire | None = None
        self._task: asyncio.Task[None] | None = None

    def come(self, socket: Handover) -> None:
        """Stand at the door from now on; returns at once."""
        self._wire = wire = socket.hand_over(self)
        self._task = asyncio.create_task(self._enter(wire), name="link-visitor")

    def frame_received(self, frame: str | bytes) -> None:
        """Kept for the link."""
        self._frames.append(frame)
        self._heard.set()
        if len(self._frames) >= FRAMES_AHEAD and self._wire is not None:
            self._wire.pause_reading()

    def room_again(self) -> None:
        """Nothing is sent here that could wait for room."""

    def connection_lost(self) -> None:
        """Whoever left gives up the place when its turn comes, which then costs nothing."""
        self._is_gone = True
        self._heard.set()

    async def _enter(self, wire: Wire) -> None:
        code, reason = CLOSE_INTERNAL, "internal"
        try:
            await self._open(wire)
        except LinkClosed as exc:
            code, reason = exc.code, exc.reason
        except NotSignedIn:
            code, reason = CLOSE_UNAUTHENTICATED, "the key is not valid"
        except (RateLimited, Unavailable, TimeoutError):
            code, reason = CLOSE_TRY_LATER, "too many connections"
        except Exception:
            log.exception("link.failed")
        else:
            return
        wire.close(code, reason)

    async def _open(self, wire: Wire) -> None:
        async with self._services.admission.turn():
            self._check_presence()
            identity = await identify(self._api_key, self._services)
            # Every line that is logged on the way and while the link runs says whose it is.
            structlog.contextvars.bind_contextvars(tenant_id=identity.tenant_id)
            link = Link(identity, self._api_key, self._services)
            # Who has said hello need not stand in the queue again.
            has_heard = self._heard.is_set()
            if has_heard:
                await self._bring_in(link)
        if not has_heard:
            await self._wait_for_hello()
            async with self._services.admission.turn():
                await self._bring_in(link)
        link.serve(wire, self._frames)

    async def _bring_in(self, link: Link) -> None:
        self._check_presence()
        link.greet(self._frames.popleft())
        try:
            await link.come_in()
        except BaseException:
            await link.leave()
            raise

    def _check_presence(self) -> None:
        if self._is_gone:
            raise LinkClosed(CLOSE_GONE, "the daemon left")

    async def _wait_for_hello(self) -> None:
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_SECONDS):
                await self._heard.wait()
        except TimeoutError:
            raise LinkClosed(CLOSE_BAD_MESSAGE, "no link.hello") from None
