"""The secrets proxy's HTTP door, on the loopback address only. What has no route here has no way out."""

import asyncio
import gc
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.exchange import Desk, Exchange
from tenant_daemon.egress.formats import FORMATS, format_of_path
from tenant_daemon.egress.request_body import read_body

log = structlog.get_logger()
T = TypeVar("T")


class Door:
    """The routes, for one token."""

    def __init__(self, desk: Desk, token: str) -> None:
        self._desk = desk
        self._token = token.encode()

    async def ask(self, request: Request) -> Response:
        """``POST /agents/{agent_id}/v1/...``: a question to a model, in the format of its path."""
        self._check(request)
        body = await read_body(request)
        wire = format_of_path(request.url.path)
        agent_id = request.path_params["agent_id"]
        exchange = Exchange(self._desk, agent_id, wire)
        try:
            await _unless_gone(request, exchange.begin(body, request.headers))
            if exchange.request.is_stream:
                return _EndingStream(exchange)
            answer = await _unless_gone(request, exchange.whole())
        except BaseException as exc:
            if isinstance(exc, Refused):
                self._desk.refusals.note(agent_id, exc.message)
            await exchange.end(exc.code if isinstance(exc, Refused) else type(exc).__name__)
            raise
        await exchange.end()
        return Response(answer, media_type="application/json")

    async def refusal(self, request: Request) -> Response:
        """``GET /agents/{agent_id}/refusal``: why the agent was refused just now."""
        self._check(request)
        return JSONResponse({"message": self._desk.refusals.last(request.path_params["agent_id"])})

    async def models(self, request: Request) -> Response:
        """``GET /agents/{agent_id}/v1/models``: the models there are; no provider is asked."""
        self._check(request)
        self._desk.config.admit(request.path_params["agent_id"])
        models = [
            {"id": name, "object": "model", "created": 0, "owned_by": "letsbe"}
            for name in self._desk.upstreams.models()
        ]
        return JSONResponse({"object": "list", "data": models})

    async def health(self, _request: Request) -> Response:
        """``GET /healthz``: 200 when requests can be redacted."""
        if await self.is_ready():
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "vault_unavailable"}, 503)

    async def is_ready(self) -> bool:
        """Whether there is a redactor; without one every request is refused."""
        try:
            await asyncio.to_thread(self._desk.redactor.current)
        except Exception as exc:  # noqa: BLE001 - the answer is the same whatever it is
            log.error("proxy.vault_unavailable", reason=type(exc).__name__)
            return False
        return True

    def _check(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            # Anthropic's clients have a header of their own.
            token = request.headers.get("x-api-key", "")
        if not token or not hmac.compare_digest(token.strip().encode(), self._token):
            raise Refused(401, "invalid_api_key", "The token of this proxy is missing or wrong.")


class _EndingStream(StreamingResponse):
    """A streamed answer that ends its exchange however the client leaves."""

    def __init__(self, exchange: Exchange) -> None:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(exchange.stream(), media_type="text/event-stream", headers=headers)
        self._exchange = exchange

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._exchange.end()


class _ClientGone(Exception):
    """Nobody waits for the answer any more."""


async def _unless_gone(request: Request, work: Awaitable[T]) -> T:
    """The result of ``work``, which is cancelled at once when the client closes the connection."""
    task = asyncio.ensure_future(work)
    watcher = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise _ClientGone
        return task.result()
    finally:
        for future in (task, watcher):
            future.cancel()
        await asyncio.gather(task, watcher, return_exceptions=True)


async def _gone(request: Request) -> None:
    # The body has been read, so the next message can only be the disconnect.
    while (await request.receive())["type"] != "http.disconnect":
        pass


def build_app(desk: Desk, token: str, on_stop: Callable[[], Awaitable[None]]) -> Starlette:
    """The application; ``on_stop`` is awaited when it shuts down."""
    door = Door(desk, token)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        # Compiling the rules takes a moment: better now than in the first request.
        await door.is_ready()
        # Rules and forms stay: no collection of garbage has to look at them while answers wait.
        gc.freeze()
        yield
        await on_stop()

    return Starlette(
        routes=[
            *[
                Route(f"/agents/{{agent_id}}/v1/{wire.path}", door.ask, methods=["POST"])
                for wire in FORMATS.values()
            ],
            Route("/agents/{agent_id}/v1/models", door.models, methods=["GET"]),
            Route("/agents/{agent_id}/refusal", door.refusal, methods=["GET"]),
            Route("/healthz", door.health, methods=["GET"]),
        ],
        exception_handlers={
            Refused: _refused,
            _ClientGone: _nobody,
            HTTPException: _no_route,
            Exception: _internal,
        },
        lifespan=lifespan,
    )


async def _refused(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, Refused)
    log.info("proxy.refused", code=exc.code, status=exc.status, agent_id=request.path_params.get("agent_id"))
    return _error(request, exc)


async def _nobody(_request: Request, _exc: Exception) -> Response:
    return Response(status_code=499)


async def _no_route(request: Request, exc: Exception) -> Response:
    status = exc.status_code if isinstance(exc, HTTPException) else 404
    return _error(request, Refused(status, "unknown_url", "The proxy has no such address."))


async def _internal(request: Request, exc: Exception) -> Response:
    # Only the type: the text of an exception may quote what it choked on.
    log.error("proxy.failed", reason=type(exc).__name__)
    return _error(request, Refused(500, "internal_error", "The proxy failed; nothing was passed on."))


def _error(request: Request, refused: Refused) -> Response:
    headers = {"x-should-retry": "false"} if _is_final(refused) else {}
    body = format_of_path(request.url.path).error_body(refused)
    return JSONResponse(body, refused.status, headers | refused.headers)


def _is_final(refused: Refused) -> bool:
    """
    Whether the client's SDK must not ask again by itself; both vendors' read ``x-should-retry``.

    A refusal of ours stays one however often it is asked, and what may have been charged would be charged
    twice.
    """
    if refused.code in {"upstream_timeout", "upstream_broken_off", "upstream_invalid"}:
        return True
    return refused.status < 500 and refused.status not in {408, 409, 429}
