"""A bound on what one request may bring, counted while it arrives."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from letsbe_app.api.envelope import failure_of
from letsbe_app.errors import TooLarge

MAX_BODY_BYTES: Final = 1_048_576


class BodyLimit:
    """Middleware that refuses larger bodies, also those that do not tell their length."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        error = TooLarge(f"This request is larger than {self._max_bytes // 1024} kB.")
        if self._announced_bytes(scope) > self._max_bytes:
            await failure_of(error)(scope, receive, send)
            return
        received_bytes = 0

        async def counting_receive() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > self._max_bytes:
                # Raised inside the route, it reaches the one place that renders errors.
                raise error
            return message

        await self._app(scope, counting_receive, send)

    def _announced_bytes(self, scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0
