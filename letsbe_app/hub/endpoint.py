"""The websocket of daemons, ``/api/v1/tenant/link``: bearer key in the ``Authorization`` header."""

from starlette.websockets import WebSocket

from letsbe_app.api.principals import bearer_token
from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.visitor import Visitor
from letsbe_app.server.frames import handover_of


async def serve_link(websocket: WebSocket, services: LinkServices) -> None:
    """Take a daemon's call; it is let in, or refused, without this request."""
    visitor = Visitor(bearer_token(websocket), services)
    # Accepted first: a refused handshake has no close code for the daemon to read.
    await websocket.accept()
    visitor.come(handover_of(websocket.scope))
