"""The websocket of daemons, ``/api/v1/tenant/link``: bearer key in the ``Authorization`` header."""

from typing import Final

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from letsbe_app.errors import NotSignedIn, Unavailable
from letsbe_app.hub.link import CLOSE_GONE, Link
from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.session import LinkClosed
from letsbe_app.relay import RelayAway
from tenant_daemon.contracts.errors import CLOSE_UNAUTHENTICATED

log = structlog.get_logger()

CLOSE_INTERNAL: Final = 1011
CLOSE_TRY_LATER: Final = 1013
CONNECTS_PER_MINUTE: Final = 600
"""Of one server. A daemon waits between its tries; this stops one that does not."""
_BEARER: Final = "bearer "


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
    api_key = _bearer(websocket.headers.get("authorization", ""))
    await websocket.accept()
    try:
        identity = await services.tenants.authenticate(api_key)
    except NotSignedIn:
        # Accepted first: a refused handshake has no close code for the daemon to read.
        await _close(websocket, CLOSE_UNAUTHENTICATED, "the key is not valid")
        return
    if await _connects_too_often(identity.tenant_id, services):
        await _close(websocket, CLOSE_TRY_LATER, "too many connections")
        return
    link = Link(_StarletteSocket(websocket), identity, api_key, services)
    log.info("link.opened", tenant_id=identity.tenant_id, connection_id=link.connection_id)
    code, reason = CLOSE_INTERNAL, "internal"
    try:
        await link.run()
    except LinkClosed as exc:
        code, reason = exc.code, exc.reason
    except (Unavailable, TimeoutError):
        code, reason = CLOSE_TRY_LATER, "try again later"
    except Exception:
        # What was not confirmed comes again after the reconnect, so nothing is lost with this connection.
        log.exception("link.failed", tenant_id=identity.tenant_id, connection_id=link.connection_id)
    finally:
        log.info("link.closed", tenant_id=identity.tenant_id, connection_id=link.connection_id, code=code)
        await _close(websocket, code, reason)


async def _connects_too_often(tenant_id: str, services: LinkServices) -> bool:
    try:
        count, _ = await services.relay.windows.count(f"link:{tenant_id}", 60)
    except RelayAway:
        return False
    if count > CONNECTS_PER_MINUTE:
        log.warning("link.connects_too_often", tenant_id=tenant_id)
    return count > CONNECTS_PER_MINUTE


def _bearer(header: str) -> str:
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    try:
        await websocket.close(code, reason)
    except (RuntimeError, OSError, WebSocketDisconnect):
        log.debug("link.already_closed")
