"""A business's data: to take along, and to be deleted."""

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import Field, StrictInt

from letsbe_app.api.body import Body
from letsbe_app.api.confirmation import Confirmed
from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.sessions import farewell
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.workforce.retention.service import RetentionView

router = APIRouter(prefix="/customer/data", tags=["privacy"], route_class=IdempotentRoute)


class DeleteEverything(Confirmed):
    """The business's name besides."""

    business_name: str = Field(max_length=500)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/json": {}}, "description": "The archive."}},
)
async def export_data(hub: HubServices, actor: CurrentActor) -> StreamingResponse:
    """Everything of the business as one JSON document, to download."""
    pieces = await hub.privacy.export(actor)
    headers = {"Content-Disposition": 'attachment; filename="letsbe-export.json"'}
    return StreamingResponse(pieces, media_type="application/json", headers=headers)


class KeepFor(Body):
    """How long what is said is kept at the hub."""

    days: StrictInt | None = Field(default=None, examples=[90])
    """30, 90 or 365; null keeps it until somebody deletes it."""


@router.get("/retention")
async def get_retention(hub: HubServices, actor: CurrentActor) -> Answer[RetentionView]:
    """How long what is said is kept at the hub."""
    return answer(await hub.retention.get(actor))


@router.put("/retention")
async def set_retention(hub: HubServices, actor: ChangingActor, body: KeepFor) -> Answer[RetentionView]:
    """Keep what is said for so long; what is older is deleted within the hour."""
    return answer(await hub.retention.set(actor, body.days))


@router.post("/delete")
async def delete_data(
    hub: HubServices, actor: ChangingActor, body: DeleteEverything, response: Response
) -> Answer[None]:
    """Forget the business. This cannot be undone."""
    require(actor, Permission.DATA)
    await hub.reauthentication.confirm(actor, body.proof())
    await hub.privacy.delete(actor, body.business_name)
    farewell(hub, response)
    return answer(None)
