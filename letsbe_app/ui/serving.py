"""Headers of the pages and their files, which Reflex sends bare."""

from collections.abc import MutableMapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HASHED: Final = "/assets/"
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_EACH_TIME: Final = "no-cache"
_SAFETY: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "content-security-policy": "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'",
}


class PageHeaders:
    """Wraps the whole app: hashed files are kept for ever, pages are asked for each time, none is framed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(scope["path"], message)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def add_headers(path: str, message: MutableMapping[str, Any]) -> None:
    """Add what the answer does not say itself."""
    headers = MutableHeaders(scope=message)
    for name, value in _SAFETY.items():
        headers.setdefault(name, value)
    is_found = 200 <= message["status"] < 400
    headers.setdefault("cache-control", _FOREVER if path.startswith(_HASHED) and is_found else _ASK_EACH_TIME)
