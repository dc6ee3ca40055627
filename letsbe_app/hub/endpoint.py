"""The websocket of daemons, ``/api/v1/tenant/link``: bearer key in the ``Authorization`` header."""

import asyncio
from typing import Final

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from letsbe_app.api.principals import bearer_token
from letsbe_app.errors import NotSignedIn, RateLimited, Unavailable
from letsbe_app.hub.admission import admitted
from letsbe_app.hub.link import CLOSE_GONE, CLOSE_INTERNAL, Link
from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.session import LinkClosed
from letsbe_app.server.frames import handover_of
from tenant_daemon.contracts.errors import CLOSE_BAD_MESSAGE, CLOSE_TRY_LATER, CLOSE_UNAUTHENTICATED

log = structlog.get_logger()

HELLO_TIMEOUT_SECONDS: Final = 10.0


async def serve_link(websocket: WebSocket, services: LinkServices) -> None:
    """Let a daemon in; its link then goes on without this request."""
    api_key = bearer_token(websocket)
    # Accepted first: a refused handshake has no close code for the daemon to read.
    await websocket.accept()
    code, reason = CLOSE_INTERNAL, "internal"
    try:
        await _open(websocket, api_key, services)
    except LinkClosed as exc:
        code, reason = exc.code, exc.reason
    except NotSignedIn:
        code, reason = CLOSE_UNAUTHENTICATED, "the key is not valid"
    except (RateLimited, Unavailable, TimeoutError):
        code, reason = CLOSE_TRY_LATER, "too many connections"
    except Exception:
        log.exception("link.failed")
    else:
        return
    await _close(websocket, code, reason)


async def _open(websocket: WebSocket, api_key: str, services: LinkServices) -> None:
    async with admitted(api_key, services) as identity:
        pass
    # Every line that is logged on the way and while it runs says whose it is.
    with structlog.contextvars.bound_contextvars(tenant_id=identity.tenant_id):
        link = Link(identity, api_key, services)
        link.greet(await _hello(websocket))
        try:
            async with services.admission.turn():
                await link.come_in()
        except BaseException:
            await link.leave()
            raise
        link.serve(handover_of(websocket.scope))


async def _hello(websocket: WebSocket) -> str | bytes:
    try:
        async with asyncio.timeout(HELLO_TIMEOUT_SECONDS):
            message = await websocket.receive()
    except TimeoutError:
        raise LinkClosed(CLOSE_BAD_MESSAGE, "no link.hello") from None
    if message["type"] == "websocket.disconnect":
        raise LinkClosed(CLOSE_GONE, "the daemon left")
    return str(text) if (text := message.get("text")) is not None else bytes(message["bytes"])


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    try:
        await websocket.close(code, reason)
    except (RuntimeError, OSError, WebSocketDisconnect):
        log.debug("link.already_closed")
