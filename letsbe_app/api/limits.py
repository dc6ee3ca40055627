"""A bound on what one request may bring, counted while it arrives."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from letsbe_app.api.envelope import failure_of
from letsbe_app.errors import TooLarge
from tenant_daemon.contracts.chat import MAX_ATTACHMENT_BYTES
from tenant_daemon.contracts.exchange import MAX_BODY_BYTES as MAX_PUSH_BYTES
from tenant_daemon.contracts.exchange import PUSH_PATH

MAX_BODY_BYTES: Final = 1_048_576
_UPLOAD_BYTES: Final = MAX_ATTACHMENT_BYTES * 4 // 3 + 4_096
_LARGER: Final = {
    f"/api/v1/tenant{PUSH_PATH}": MAX_PUSH_BYTES,
    "/api/v1/customer/attachments": _UPLOAD_BYTES,
}
"""Addresses that may bring more."""


class BodyLimit:
    """Middleware that refuses larger bodies, also those that do not tell their length."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        max_bytes = _LARGER.get(scope["path"], self._max_bytes)
        error = TooLarge(f"This request is larger than {max_bytes // 1024} kB.")
        if self._announced_bytes(scope) > max_bytes:
            await failure_of(error)(scope, receive, send)
            return
        received_bytes = 0

        async def counting_receive() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > max_bytes:
                # Raised inside the route, it reaches the one place that renders errors.
                raise error
            return message

        await self._app(scope, counting_receive, send)

    def _announced_bytes(self, scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0
