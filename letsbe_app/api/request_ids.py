"""A name for every request: in its answer, in every line that is logged on its way, and in its trace."""

import time
from typing import Final

import structlog
from opentelemetry.trace import SpanKind
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from letsbe_app.kit.ids import is_id, new_id
from letsbe_app.telemetry import metrics, tracing

log = structlog.get_logger()

HEADER: Final = "X-Request-Id"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LONGEST: Final = 55
"""Of a ``traceparent`` in version 00."""


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

        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            tracing.span(
                scope["method"],
                parent=_traceparent(scope),
                kind=SpanKind.SERVER,
                attributes={"http.request.method": _method(scope), "letsbe.request_id": request_id},
            ) as span,
        ):
            try:
                await self._app(scope, receive, named_send)
            finally:
                # The route's pattern, not the path: ids in paths are logged by those who act on them.
                route, seconds = getattr(scope.get("route"), "path", ""), time.monotonic() - started
                metrics.REQUESTS.labels(_method(scope), route, status).observe(seconds)
                span.update_name(f"{_method(scope)} {route}".strip())
                span.set_attributes({"http.route": route, "http.response.status_code": status})
                tenant_id = scope.get("path_params", {}).get("tenant_id")
                log.info(
                    "api.request",
                    **({"tenant_id": tenant_id} if is_id(str(tenant_id), "ten") else {}),
                    method=scope["method"],
                    route=route,
                    status=status,
                    milliseconds=round(seconds * 1000),
                )
                structlog.contextvars.unbind_contextvars("customer_id")


def _method(scope: Scope) -> str:
    # A caller may invent methods without end; metrics must not grow with them.
    return scope["method"] if scope["method"] in _METHODS else "other"


def _traceparent(scope: Scope) -> str:
    values = [value for name, value in scope["headers"] if name == tracing.HEADER.encode()]
    return values[0].decode("latin-1")[:_LONGEST] if values else ""
