"""What daemons call: enrolment, and the link."""

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.websockets import WebSocket

from letsbe_app.api.dependencies import HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.hub.endpoint import serve_link
from tenant_daemon.contracts.enrolment import EnrolmentGranted, EnrolmentRequest

router = APIRouter(prefix="/tenant", tags=["tenant"])


@router.post("/register")
async def register(
    hub: HubServices, request: Annotated[EnrolmentRequest, Body()]
) -> Answer[EnrolmentGranted]:
    """Trade a one-time token for an API key, which is shown this once."""
    return answer(await hub.tenants.enrol(request))


@router.websocket("/link")
async def link(websocket: WebSocket, hub: HubServices) -> None:
    """The daemon's websocket (``LINK_PATH``); see ``tenant_daemon/contracts/envelope.py``."""
    await serve_link(websocket, hub)
