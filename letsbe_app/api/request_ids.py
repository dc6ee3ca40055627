"""A name for every request: in its answer, and in every line that is logged on its way."""

import time
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from letsbe_app.kit.ids import new_id

log = structlog.get_logger()

HEADER: Final = "X-Request-Id"


class RequestIds:
    """Middleware. An id is always ours: one from outside could be anything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        request_id = new_id("req")
        started = time.monotonic()
        status = 500

        async def named_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, named_send)
            finally:
                # The route's pattern, not the path: ids in paths are logged by those who act on them.
                route = getattr(scope.get("route"), "path", "")
                log.info(
                    "api.request",
                    method=scope["method"],
                    route=route,
                    status=status,
                    milliseconds=round((time.monotonic() - started) * 1000),
                )
