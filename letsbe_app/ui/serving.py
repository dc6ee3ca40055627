"""Headers of the pages and their files, which Reflex sends bare."""

from collections.abc import Collection, MutableMapping
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


class PageServing:
    """
    Wraps the whole app: hashed files are kept for ever, pages are asked for each time, none is framed.

    Args:
        app: What it wraps.
        pages: Paths of the prerendered pages. Their files are served at once; the file server alone would
            first send the browser on to the same path with a slash.
    """

    def __init__(self, app: ASGIApp, pages: Collection[str]) -> None:
        self._app = app
        self._files = {path: f"{path}.html" for path in pages if path != "/" and "[" not in path}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(path, message)
            await send(message)

        if scope["method"] in {"GET", "HEAD"} and path in self._files:
            file = self._files[path]
            scope = {**scope, "path": file, "raw_path": file.encode()}
        await self._app(scope, receive, send_with_headers)


def add_headers(path: str, message: MutableMapping[str, Any]) -> None:
    """Add what the answer does not say itself."""
    headers = MutableHeaders(scope=message)
    for name, value in _SAFETY.items():
        headers.setdefault(name, value)
    is_found = 200 <= message["status"] < 400
    headers.setdefault("cache-control", _FOREVER if path.startswith(_HASHED) and is_found else _ASK_EACH_TIME)
