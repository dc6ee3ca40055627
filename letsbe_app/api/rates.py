"""
How many requests one caller may make.

Each request counts for its credential (an API key or a session) and for its address; the one that is nearer
to its end is told in the headers. Names as in the IETF draft "RateLimit header fields for HTTP".
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from letsbe_app.api.addresses import client_address, counted_address
from letsbe_app.api.envelope import failure_of
from letsbe_app.api.principals import SESSION_COOKIE, STAFF_COOKIE, bearer_token, cookie_of
from letsbe_app.composition import Services
from letsbe_app.errors import RateLimited
from letsbe_app.relay import RelayAway
from letsbe_app.settings import Settings

log = structlog.get_logger()

WINDOW_SECONDS: Final = 60


@dataclass(frozen=True)
class Rate:
    """So many requests in a minute, for one name."""

    name: str
    requests: int


@dataclass(frozen=True)
class Standing:
    """Where a caller stands within a rate."""

    limit: int
    used: int
    reset_seconds: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def is_over(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """What every answer tells."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
            "RateLimit-Policy": f"{self.limit};w={WINDOW_SECONDS}",
        }


class RateLimits:
    """
    Middleware for everything below ``/api/``.

    While Redis is away requests pass: what is worth guessing (passwords, codes) has a throttle of its own,
    which then lets nobody in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        hub: Services = scope["app"].state.services_provider()
        standing = await _standing(hub, rates_of(Request(scope), hub.settings))
        if standing is None:
            await self._app(scope, receive, send)
            return
        told = standing.headers()

        async def telling_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(told)
            await send(message)

        if standing.is_over:
            log.info("api.rate_limited", limit=standing.limit)
            error = RateLimited(
                f"Too many requests: {standing.limit} a minute are possible. "
                f"Go on in {standing.reset_seconds} seconds.",
                standing.reset_seconds,
            )
            await failure_of(error)(scope, receive, telling_send)
        else:
            await self._app(scope, receive, telling_send)


def rates_of(request: Request, settings: Settings) -> list[Rate]:
    """What this request counts for."""
    rates = []
    address = counted_address(client_address(request, settings.trusted_networks()))
    if address:
        rates.append(Rate(f"address:{_short_hash(address)}", settings.address_rate))
    if key := bearer_token(request):
        rates.append(Rate(f"key:{_short_hash(key)}", settings.key_rate))
    elif session := cookie_of(request.cookies, SESSION_COOKIE, is_https=settings.is_https):
        rates.append(Rate(f"session:{_short_hash(session)}", settings.session_rate))
    elif staff := cookie_of(request.cookies, STAFF_COOKIE, is_https=settings.is_https):
        rates.append(Rate(f"session:{_short_hash(staff)}", settings.session_rate))
    return rates


async def _standing(hub: Services, rates: list[Rate]) -> Standing | None:
    try:
        counted = await hub.relay.windows.count_each([f"api:{rate.name}" for rate in rates], WINDOW_SECONDS)
    except RelayAway:
        return None
    standings = [
        Standing(rate.requests, used, seconds) for rate, (used, seconds) in zip(rates, counted, strict=True)
    ]
    return min(standings, key=lambda standing: standing.limit - standing.used, default=None)


def _short_hash(text: str) -> str:
    # Redis holds neither addresses nor credentials.
    return hashlib.sha256(text.encode()).hexdigest()[:32]
