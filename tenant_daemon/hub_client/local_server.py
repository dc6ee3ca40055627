"""The link's side of ``local_door``: the routes of its unix socket."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tenant_daemon.hub_client.handovers import HandoverRefused
from tenant_daemon.hub_client.sessions import ChatSession

AskColleague = Callable[[str, ChatSession, str], Awaitable[str]]
_Handler = Callable[[Request], Awaitable[Response]]

_Answer = TypeVar("_Answer")


class HandoverRequest(BaseModel):
    """``POST /handover``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_agent: str = Field(max_length=40)
    to_agent: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    conversation_id: str = Field(pattern=r"^[A-Za-z0-9_]{1,64}$")
    message: str = Field(min_length=1, max_length=32_000)
    tool_call_id: str = Field(pattern=r"^[A-Za-z0-9_.:|-]{1,120}$")


def build_local_app(
    wake: Callable[[], None],
    status: Callable[[], dict[str, object]],
    ask_colleague: AskColleague,
    token: str,
) -> Starlette:
    """The routes behind the token: commands run as our user, and Landlock keeps nobody from a socket."""
    expected = f"Bearer {token}".encode()

    def guarded(handler: _Handler) -> _Handler:
        async def handle(request: Request) -> Response:
            shown = request.headers.get("authorization", "").encode("latin-1")
            if not hmac.compare_digest(shown, expected):
                return JSONResponse({"detail": "a valid token is needed"}, 401)
            return await handler(request)

        return handle

    async def on_wake(_request: Request) -> Response:
        wake()
        return Response(status_code=204)

    async def on_status(_request: Request) -> Response:
        return JSONResponse(status())

    async def on_handover(request: Request) -> Response:
        try:
            wish = HandoverRequest.model_validate_json(await request.body())
        except ValidationError as exc:
            places = sorted({".".join(map(str, problem["loc"])) for problem in exc.errors()})
            return JSONResponse({"detail": f"cannot be used: {', '.join(places)}"}, 422)
        session = ChatSession(wish.to_agent, wish.conversation_id, wish.tool_call_id)
        try:
            text = await _unless_gone(request, ask_colleague(wish.from_agent, session, wish.message))
        except HandoverRefused as exc:
            return JSONResponse({"detail": str(exc)}, 409)
        return JSONResponse({"text": text})

    return Starlette(
        routes=[
            Route("/wake", guarded(on_wake), methods=["POST"]),
            Route("/status", guarded(on_status), methods=["GET"]),
            Route("/handover", guarded(on_handover), methods=["POST"]),
        ]
    )


async def _unless_gone(request: Request, work: Awaitable[_Answer]) -> _Answer:
    """The work's result; when the caller hangs up first the work is cancelled."""
    working = asyncio.ensure_future(work)
    watching = asyncio.create_task(_hang_up(request))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise HandoverRefused("the caller is gone")
        return working.result()
    finally:
        for task in (working, watching):
            task.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
