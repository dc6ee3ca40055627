"""The wrapper's door: HTTP on loopback for the OpenClaw plugin, the link and the command line."""

import asyncio
import hmac
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, TypeVar

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tenant_daemon.audit import AuditUnavailable
from tenant_daemon.contracts.approvals import ApprovalDecided, ApprovalStatus, ApprovalWithdrawn
from tenant_daemon.contracts.changes import UndoRequested
from tenant_daemon.contracts.errors import ErrorCode
from tenant_daemon.execution.undoing import CannotUndo, ChangeNotFound
from tenant_daemon.safety.answers import Refusal, approval_view, done, refused
from tenant_daemon.safety.approval_store import ApprovalNotFound, ApprovalSettledAlready
from tenant_daemon.safety.calls import Call
from tenant_daemon.safety.parts import Parts
from tenant_daemon.safety.schemas import ExecuteRequest, ExecuteResponse
from tenant_daemon.vault import VaultLocked

MAX_BODY_BYTES: Final = 8 * 1_048_576
_PAGE_SIZE: Final = 50
_MAX_PAGE_SIZE: Final = 200
_STOPPED: Final = "The chat was stopped."

log = structlog.get_logger()

_Model = TypeVar("_Model", bound=BaseModel)
_Handler = Callable[[Parts, Request], Awaitable[Response]]


class SessionCancelled(BaseModel):
    """``POST /api/v1/sessions/cancel``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    session_id: str = Field(max_length=200)


class ConversationCancelled(BaseModel):
    """``POST /api/v1/conversations/cancel``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    conversation_id: str = Field(max_length=64)
    asked_at: AwareDatetime
    """What was begun later is another wish of the owner's."""


class ConversationReleased(BaseModel):
    """``POST /api/v1/conversations/release``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    conversation_id: str = Field(max_length=64)


def create_app(open_parts: Callable[[], AbstractAsyncContextManager[Parts]], token: str) -> Starlette:
    """
    The application.

    Args:
        open_parts: Opens databases and resumes calls when the server starts; closes them when it ends.
        token: What every caller must show as bearer token.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_parts() as parts:
            app.state.parts = parts
            yield

    def route(path: str, method: str, handler: _Handler) -> Route:
        return Route(path, _guarded(handler, token), methods=[method])

    return Starlette(
        routes=[
            route("/api/v1/tools/execute", "POST", _execute),
            route("/api/v1/approvals", "GET", _list_approvals),
            route("/api/v1/approvals/{approval_id}/decision", "POST", _decide),
            route("/api/v1/approvals/{approval_id}/withdrawal", "POST", _withdraw),
            route("/api/v1/changes", "GET", _list_changes),
            route("/api/v1/changes/{change_id}/undo", "POST", _undo),
            route("/api/v1/sessions/cancel", "POST", _cancel_session),
            route("/api/v1/conversations/cancel", "POST", _cancel_conversation),
            route("/api/v1/conversations/release", "POST", _release_conversation),
            route("/api/v1/config-changed", "POST", _apply_config),
            Route("/healthz", _health, methods=["GET"]),
        ],
        lifespan=lifespan,
    )


def _guarded(handler: _Handler, token: str) -> Callable[[Request], Awaitable[Response]]:
    """The handler behind the token, with every refusal in the product's form."""
    expected = f"Bearer {token}".encode()

    async def handle(request: Request) -> Response:
        shown = request.headers.get("authorization", "").encode("latin-1")
        if not hmac.compare_digest(shown, expected):
            return refused(Refusal(401, ErrorCode.UNAUTHENTICATED, "A valid token is needed."))
        try:
            return await handler(request.app.state.parts, request)
        except Refusal as refusal:
            return refused(refusal)
        except AuditUnavailable:
            return refused(Refusal(503, ErrorCode.UNAVAILABLE, "The audit trail cannot be written."))
        except VaultLocked:
            return refused(Refusal(503, ErrorCode.UNAVAILABLE, "The vault is locked."))
        except sqlite3.Error as exc:
            log.error("wrapper.records.unavailable", path=request.url.path, error=type(exc).__name__)
            return refused(Refusal(503, ErrorCode.UNAVAILABLE, "The server's records cannot be written."))

    return handle


async def _execute(parts: Parts, request: Request) -> Response:
    call = await _body(request, ExecuteRequest)
    answer = asyncio.ensure_future(parts.live.execute(call))
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        # Without a caller the call goes on; only this waiting for it ends.
        response = await answer if answer.done() else None
    finally:
        answer.cancel()
        gone.cancel()
    if response is None:
        return Response(status_code=499)
    return _executed(response)


def _executed(response: ExecuteResponse) -> Response:
    return JSONResponse(response.model_dump(mode="json", by_alias=True))


async def _list_approvals(parts: Parts, request: Request) -> Response:
    try:
        wanted = request.query_params.get("status")
        status = ApprovalStatus(wanted) if wanted else None
        cursor = request.query_params.get("cursor")
        before = int(cursor) if cursor else None
        limit = min(max(int(request.query_params.get("limit", _PAGE_SIZE)), 1), _MAX_PAGE_SIZE)
    except ValueError as exc:
        raise Refusal(422, ErrorCode.BAD_MESSAGE, f"status, cursor or limit: {exc}") from exc
    page = parts.approvals.page(status, before=before, limit=limit)
    next_cursor = str(page[-1].position) if len(page) == limit else None
    return done([approval_view(approval) for approval in page], next_cursor=next_cursor)


async def _decide(parts: Parts, request: Request) -> Response:
    approval_id = request.path_params["approval_id"]
    decided = await _body(request, ApprovalDecided, approval_id=approval_id)
    try:
        return done(approval_view(await parts.pending.decide(decided)))
    except ApprovalNotFound as exc:
        parts.pending.report_unknown(approval_id)
        raise Refusal(404, ErrorCode.NOT_FOUND, "There is no such approval.") from exc
    except ApprovalSettledAlready as exc:
        raise Refusal(
            409, ErrorCode.CONFLICT, f"This is {exc.approval.status} already.", approval_view(exc.approval)
        ) from exc
    except ValueError as exc:
        raise Refusal(422, ErrorCode.BAD_MESSAGE, parts.announcer.redact(str(exc))) from exc


async def _withdraw(parts: Parts, request: Request) -> Response:
    wish = await _body(request, ApprovalWithdrawn, approval_id=request.path_params["approval_id"])
    return done({"forgotten": parts.pending.withdraw(wish)})


async def _list_changes(parts: Parts, _request: Request) -> Response:
    changes = await asyncio.to_thread(parts.changes.list)
    return done([parts.changes.view(change) for change in changes])


async def _undo(parts: Parts, request: Request) -> Response:
    wish = await _body(request, UndoRequested, change_id=request.path_params["change_id"])
    try:
        return done(parts.changes.view(await parts.changes.undo(wish)))
    except ChangeNotFound as exc:
        raise Refusal(404, ErrorCode.NOT_FOUND, "There is no such change, or it is too long ago.") from exc
    except CannotUndo as exc:
        raise Refusal(409, ErrorCode.CONFLICT, parts.announcer.redact(str(exc))) from exc


async def _cancel_session(parts: Parts, request: Request) -> Response:
    session_id = (await _body(request, SessionCancelled)).session_id
    count = await parts.live.stop(lambda call: _STOPPED if call.request.session_id == session_id else None)
    return done({"cancelled_calls": count})


async def _cancel_conversation(parts: Parts, request: Request) -> Response:
    """Its own calls and those of colleagues that were asked in it, whatever became of their runs."""
    wish = await _body(request, ConversationCancelled)

    def applies(call: Call) -> str | None:
        is_meant = call.conversation_id == wish.conversation_id and call.started_at <= wish.asked_at
        return _STOPPED if is_meant else None

    return done({"cancelled_calls": await parts.live.stop(applies)})


async def _release_conversation(parts: Parts, request: Request) -> Response:
    """The owner has said something else: no call that waits for a decision keeps it from the agent."""
    released = await _body(request, ConversationReleased)
    return done({"released_calls": parts.live.release(released.conversation_id)})


async def _apply_config(parts: Parts, _request: Request) -> Response:
    """The configuration has changed: stop at once what a kill switch stops."""
    count = await parts.live.stop(lambda call: parts.gate.stop_reason(call.request.agent_id))
    return done({"cancelled_calls": count})


async def _health(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    problem = parts.problem()
    body = {"status": "ok" if not problem else "failing", "detail": problem}
    return JSONResponse(body, status_code=503 if problem else 200)


async def _body(request: Request, model: type[_Model], **fixed: object) -> _Model:
    """The body as this model, ``fixed`` fields coming from the path."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BODY_BYTES:
            raise Refusal(413, ErrorCode.TOO_LARGE, f"At most {MAX_BODY_BYTES} bytes.")
    try:
        values = json.loads(content)
        if not isinstance(values, dict):
            raise Refusal(422, ErrorCode.BAD_MESSAGE, "The body must be a JSON object.")
        held = model.model_validate({**values, **fixed})
        # What cannot be written down (half a character, lists a thousand deep) must not get any further.
        held.model_dump_json()
        return held
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refusal(422, ErrorCode.BAD_MESSAGE, f"{where}: {first['msg']}") from None
    except (ValueError, RecursionError) as exc:
        raise Refusal(422, ErrorCode.BAD_MESSAGE, "The body is not valid JSON.") from exc


async def _disconnected(request: Request) -> None:
    """Returns when the caller is gone. The body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
