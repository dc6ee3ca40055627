"""What daemons call: enrolment, and the link."""

from typing import Annotated

from fastapi import APIRouter, Body, Request
from starlette.websockets import WebSocket

from letsbe_app.api.dependencies import HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.principals import bearer_token
from letsbe_app.hub.endpoint import serve_link
from tenant_daemon.contracts.enrolment import EnrolmentGranted, EnrolmentRequest, KeyRenewed

router = APIRouter(prefix="/tenant", tags=["tenant"])


@router.post("/register")
async def register(
    hub: HubServices, request: Annotated[EnrolmentRequest, Body()]
) -> Answer[EnrolmentGranted]:
    """Trade a one-time token for an API key, which is shown this once."""
    return answer(await hub.tenants.enrol(request))


@router.post("/key")
async def exchange_key(hub: HubServices, request: Request) -> Answer[KeyRenewed]:
    """
    Trade the API key in the ``Authorization`` header for a new one, which is shown this once.

    The old one stays good until the new one has opened a link.
    """
    return answer(await hub.tenants.exchange_key(bearer_token(request)))


@router.websocket("/link")
async def link(websocket: WebSocket, hub: HubServices) -> None:
    """The daemon's websocket (``LINK_PATH``); see ``tenant_daemon/contracts/envelope.py``."""
    await serve_link(websocket, hub)
