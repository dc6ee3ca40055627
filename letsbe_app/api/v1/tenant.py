"""What daemons call: enrolment, and the link."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request
from starlette.websockets import WebSocket

from letsbe_app.api.dependencies import HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.principals import bearer_token
from letsbe_app.hub.admission import admitted
from letsbe_app.hub.endpoint import serve_link
from letsbe_app.hub.exchange import LinkExchange
from tenant_daemon.contracts.distress import DISTRESS_PATH, Distress
from tenant_daemon.contracts.enrolment import EnrolmentGranted, EnrolmentRequest, KeyRenewed
from tenant_daemon.contracts.exchange import (
    FramesPoll,
    FramesPolled,
    FramesPush,
    FramesPushed,
    LinkOpen,
    LinkOpened,
)

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


@router.post(DISTRESS_PATH)
async def call_for_help(hub: HubServices, distress: Annotated[Distress, Body()]) -> Answer[None]:
    """A server says that its vault is locked; it has no key to say it with, only a token for this."""
    await hub.tenants.record_distress(distress)
    return answer(None)


async def _exchange(hub: HubServices, request: Request) -> LinkExchange:
    api_key = bearer_token(request)
    return LinkExchange(await hub.tenants.authenticate(api_key), hub, api_key)


Exchange = Annotated[LinkExchange, Depends(_exchange)]


@router.post("/link/open")
async def open_link(
    hub: HubServices, request: Request, wanted: Annotated[LinkOpen, Body()]
) -> Answer[LinkOpened]:
    """Open the link without a websocket; see ``tenant_daemon/contracts/exchange.py``."""
    async with admitted(bearer_token(request), hub) as identity:
        return answer(await LinkExchange(identity, hub, bearer_token(request)).open(wanted))


@router.post("/link/push")
async def push_frames(exchange: Exchange, batch: Annotated[FramesPush, Body()]) -> Answer[FramesPushed]:
    """The daemon's frames, and their confirmations."""
    return answer(await exchange.push(batch))


@router.post("/link/poll")
async def poll_frames(exchange: Exchange, wanted: Annotated[FramesPoll, Body()]) -> Answer[FramesPolled]:
    """Wait for frames of the hub."""
    return answer(await exchange.poll(wanted))


@router.websocket("/link")
async def link(websocket: WebSocket, hub: HubServices) -> None:
    """The daemon's websocket (``LINK_PATH``); see ``tenant_daemon/contracts/envelope.py``."""
    await serve_link(websocket, hub)
