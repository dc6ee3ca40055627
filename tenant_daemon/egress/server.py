"""The secrets proxy's HTTP door, on the loopback address only. What has no route here has no way out."""

import asyncio
import gc
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tenant_daemon.egress.asking import Asking
from tenant_daemon.egress.budget_status import budget_lines
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.exchange import Desk
from tenant_daemon.egress.feed import unavailable
from tenant_daemon.egress.formats import FORMATS, format_of_path

log = structlog.get_logger()


class Door:
    """The routes, for one token."""

    def __init__(self, desk: Desk, token: Callable[[], str]) -> None:
        self._desk = desk
        self._token = token

    async def refusal(self, request: Request) -> Response:
        """``GET /agents/{agent_id}/refusal``: why the agent was refused just now."""
        self.check(request)
        return JSONResponse({"message": self._desk.refusals.last(request.path_params["agent_id"])})

    async def provider(self, request: Request) -> Response:
        """
        ``GET /provider``: why models do not answer, in plain words; empty while they do.

        ``is_silent`` says that a request waits for its provider for longer than most.
        """
        self.check(request)
        health = self._desk.health
        return JSONResponse({"message": health.problem(), "is_silent": health.is_silent()})

    async def models(self, request: Request) -> Response:
        """``GET /agents/{agent_id}/v1/models``: the models there are; no provider is asked."""
        self.check(request)
        await self._desk.admission.admit(request.path_params["agent_id"])
        models = [
            {"id": name, "object": "model", "created": 0, "owned_by": "letsbe"}
            for name in self._desk.upstreams.models()
        ]
        return JSONResponse({"object": "list", "data": models})

    async def budgets(self, request: Request) -> Response:
        """``GET /budgets``: where each budget in force stands."""
        self.check(request)
        config = await self._desk.admission.config()
        lines = budget_lines(self._desk.books.budget, config) if config else []
        return JSONResponse({"budgets": [{"is_left": is_left, "text": text} for is_left, text in lines]})

    async def health(self, _request: Request) -> Response:
        """``GET /healthz``: 200 when requests can be redacted."""
        if await self.is_ready():
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "vault_unavailable"}, 503)

    async def is_ready(self) -> bool:
        """Whether there is a redactor; without one every request is refused."""
        try:
            await self._desk.admission.config()
            await asyncio.to_thread(self._desk.redactor.current)
        except Refused:
            return False
        except Exception as exc:  # noqa: BLE001 - the answer is the same whatever it is
            log.error("proxy.vault_unavailable", reason=type(exc).__name__)
            return False
        return True

    def check(self, request: Request) -> None:
        """Raise Refused for a request without the token, and for all before the daemon has told it."""
        known = self._token()
        if not known:
            raise unavailable()
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            # Anthropic's clients have a header of their own.
            token = request.headers.get("x-api-key", "")
        if not token or not hmac.compare_digest(token.strip().encode(), known.encode()):
            raise Refused(401, "invalid_api_key", "The token of this proxy is missing or wrong.")


def build_app(
    desk: Desk,
    token: Callable[[], str],
    on_start: Callable[[], Awaitable[None]],
    on_stop: Callable[[], Awaitable[None]],
) -> Starlette:
    """
    The application.

    Args:
        desk: What its exchanges need.
        token: Gives what requests must show; empty while that is not known.
        on_start: Awaited before anything is served.
        on_stop: Awaited when it shuts down.
    """
    door = Door(desk, token)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await on_start()
        # Rules and forms stay: no collection of garbage has to look at them while answers wait.
        gc.freeze()
        yield
        await on_stop()

    app = Starlette(
        routes=[
            *[
                Route(
                    f"/agents/{{agent_id}}/v1/{wire.path}", Asking(desk, wire, door.check), methods=["POST"]
                )
                for wire in FORMATS.values()
            ],
            Route("/agents/{agent_id}/v1/models", door.models, methods=["GET"]),
            Route("/agents/{agent_id}/refusal", door.refusal, methods=["GET"]),
            Route("/provider", door.provider, methods=["GET"]),
            Route("/budgets", door.budgets, methods=["GET"]),
            Route("/healthz", door.health, methods=["GET"]),
        ],
        exception_handlers={
            Refused: _refused,
            HTTPException: _no_route,
            Exception: _internal,
        },
        lifespan=lifespan,
    )
    # It would lead to whatever host the request names.
    app.router.redirect_slashes = False
    return app


async def _refused(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, Refused)
    log.info("proxy.refused", code=exc.code, status=exc.status, agent_id=request.path_params.get("agent_id"))
    return _error(request, exc)


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
