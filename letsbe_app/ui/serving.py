"""Headers of the pages and their files, which Reflex sends bare."""

from collections.abc import Collection, MutableMapping
from pathlib import Path
from typing import Any, Final

from reflex_base.constants import Dirs
from reflex_base.environment import environment
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from letsbe_app.api.envelope import failure
from letsbe_app.api.safety_headers import HEADERS
from letsbe_app.ui.content_policy import policy_of

_HASHED: Final = "/assets/"
_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_EACH_TIME: Final = "no-cache"
_SAFETY: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HTTPS_ONLY: Final = "max-age=31536000; includeSubDomains"
_FALLBACK: Final = "__spa-fallback.html"


class PageServing:
    """
    Wraps the whole app: hashed files are kept for ever, pages are asked for each time, none is framed.

    Args:
        app: What it wraps.
        pages: Paths of the prerendered pages. Their files are served at once; the file server alone would
            first send the browser on to the same path with a slash.
        folder: Where the prerendered pages lie.
        is_https: Whether browsers shall never come by plain http again.
    """

    def __init__(
        self, app: ASGIApp, pages: Collection[str], folder: Path | None = None, *, is_https: bool = False
    ) -> None:
        self._app = app
        self._folder = folder
        self._is_https = is_https
        self._files = {path: f"{path}.html" for path in pages if path != "/" and "[" not in path}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(path, message)
                self._add_policies(path, message)
            await send(message)

        if scope["method"] in {"GET", "HEAD"} and path in self._files:
            file = self._files[path]
            scope = {**scope, "path": file, "raw_path": file.encode()}
        await self._app(scope, receive, send_with_headers)

    def _add_policies(self, path: str, message: MutableMapping[str, Any]) -> None:
        headers = MutableHeaders(scope=message)
        if self._is_https:
            headers.setdefault("strict-transport-security", _HTTPS_ONLY)
        if message["status"] == 304:
            # Headers of a 304 replace the kept page's own (RFC 9111 section 3.2), and it does not say what it is.
            return
        document = None
        if self._folder is not None and headers.get("content-type", "").startswith("text/html"):
            document = (
                self._folder / (self._files.get(path, "/index.html" if path == "/" else "") or path)[1:]
            )
            if document.suffix != ".html" or not document.is_file():
                document = self._folder / _FALLBACK
        headers.setdefault("content-security-policy", policy_of(document))


class LineBreaks:
    """
    Stands before everything else and answers for the API's addresses with a line break in them.

    Reflex mounts all of us in an application of its own, whose mount does not match such an address: it would
    answer in plain text before any of our code is asked.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api") and "\n" in scope["path"]:
            answer = failure(404, "not_found", "There is nothing at this address.", headers=HEADERS)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def add_headers(path: str, message: MutableMapping[str, Any]) -> None:
    """Add what the answer does not say itself."""
    headers = MutableHeaders(scope=message)
    for name, value in _SAFETY.items():
        headers.setdefault(name, value)
    is_found = 200 <= message["status"] < 400
    headers.setdefault("cache-control", _FOREVER if path.startswith(_HASHED) and is_found else _ASK_EACH_TIME)


def prerendered_folder() -> Path:
    """Where Reflex writes the pages."""
    return environment.REFLEX_WEB_WORKDIR.get() / Dirs.STATIC
