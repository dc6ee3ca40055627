"""The websocket of daemons, ``/api/v1/tenant/link``: bearer key in the ``Authorization`` header."""

from typing import Final

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from letsbe_app.api.principals import bearer_token
from letsbe_app.errors import NotSignedIn, RateLimited, Unavailable
from letsbe_app.hub.admission import admitted
from letsbe_app.hub.link import CLOSE_GONE, Link
from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.session import LinkClosed
from letsbe_app.telemetry import metrics
from tenant_daemon.contracts.errors import CLOSE_TRY_LATER, CLOSE_UNAUTHENTICATED

log = structlog.get_logger()

CLOSE_INTERNAL: Final = 1011


class _StarletteSocket:
    """A starlette websocket as the link uses it."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    async def receive(self) -> str | bytes:
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise LinkClosed(CLOSE_GONE, "the daemon left")
        return str(text) if (text := message.get("text")) is not None else bytes(message["bytes"])

    async def send(self, frame: str) -> None:
        try:
            await self._websocket.send_text(frame)
        except (WebSocketDisconnect, RuntimeError, OSError) as exc:
            raise LinkClosed(CLOSE_GONE, "the daemon left") from exc


async def serve_link(websocket: WebSocket, services: LinkServices) -> None:
    """Serve one daemon until its connection ends."""
    api_key = bearer_token(websocket)
    await websocket.accept()
    try:
        async with admitted(api_key, services) as identity:
            link = Link(_StarletteSocket(websocket), identity, api_key, services)
    except NotSignedIn:
        # Accepted first: a refused handshake has no close code for the daemon to read.
        await _close(websocket, CLOSE_UNAUTHENTICATED, "the key is not valid")
        return
    except (RateLimited, Unavailable):
        await _close(websocket, CLOSE_TRY_LATER, "too many connections")
        return
    log.info("link.opened", tenant_id=identity.tenant_id, connection_id=link.connection_id)
    code, reason = CLOSE_INTERNAL, "internal"
    try:
        # Every line that is logged while it runs says whose it is.
        named = structlog.contextvars.bound_contextvars(
            tenant_id=identity.tenant_id, connection_id=link.connection_id
        )
        with named, metrics.LINKS.track_inprogress():
            await link.run()
    except LinkClosed as exc:
        code, reason = exc.code, exc.reason
    except (RateLimited, Unavailable, TimeoutError):
        code, reason = CLOSE_TRY_LATER, "try again later"
    except Exception:
        # What was not confirmed comes again after the reconnect, so nothing is lost with this connection.
        log.exception("link.failed", tenant_id=identity.tenant_id, connection_id=link.connection_id)
    finally:
        log.info("link.closed", tenant_id=identity.tenant_id, connection_id=link.connection_id, code=code)
        await _close(websocket, code, reason)


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    try:
        await websocket.close(code, reason)
    except (RuntimeError, OSError, WebSocketDisconnect):
        log.debug("link.already_closed")
