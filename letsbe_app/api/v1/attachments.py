"""Files for agents: sealed in the browser, fetched by the server, thrown away here."""

from base64 import b64decode
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field, StrictInt

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import ChangingActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.principals import bearer_token
from letsbe_app.errors import InvalidInput
from letsbe_app.workforce.attachments.schemas import BOX_OVERHEAD, AttachmentView, NewAttachment
from tenant_daemon.contracts.chat import MAX_ATTACHMENT_BYTES

MAX_BOX_CHARS: Final = (MAX_ATTACHMENT_BYTES + BOX_OVERHEAD + 2) // 3 * 4

router = APIRouter()
for_people = APIRouter(prefix="/customer", tags=["workforce"], route_class=IdempotentRoute)
_BYTES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}
}


class Upload(Body):
    tenant_id: str = Field(min_length=1, max_length=60)
    id: str = Field(pattern=r"^att_[0-9a-z]{26}$", examples=["att_01k9zq5w8x7v3m2n1c4b6t8r0e"])
    """Chosen by the browser: the box is bound to it, and the same one twice is one file."""
    name: str = Field(min_length=1, max_length=400)
    size_bytes: StrictInt = Field(ge=1)
    box: str = Field(max_length=MAX_BOX_CHARS, repr=False)
    """Base64; sealed to the server's public key."""


@for_people.post("/attachments", status_code=201)
async def upload_attachment(hub: HubServices, actor: ChangingActor, body: Upload) -> Answer[AttachmentView]:
    """Send a sealed file; say its id with the message that it belongs to."""
    try:
        box = b64decode(body.box, validate=True)
    except ValueError:
        raise InvalidInput.of_field("box", "The file did not arrive whole. Send it again.") from None
    new = NewAttachment(body.id, body.name, body.size_bytes)
    return answer(await hub.attachments.upload(actor, body.tenant_id, new, box))


@for_people.delete("/tenants/{tenant_id}/attachments/{attachment_id}")
async def drop_attachment(
    hub: HubServices, actor: ChangingActor, tenant_id: Id, attachment_id: Id
) -> Answer[None]:
    """Throw away a file that was not sent with a message yet."""
    await hub.attachments.drop(actor, tenant_id, attachment_id)
    return answer(None)


@router.get("/tenant/attachments/{attachment_id}", tags=["tenant"], response_class=Response, responses=_BYTES)
async def fetch_attachment(hub: HubServices, request: Request, attachment_id: Id) -> Response:
    """The box of a file that was sent to this server."""
    identity = await hub.tenants.authenticate(bearer_token(request))
    box = await hub.attachments.box(identity.tenant_id, attachment_id)
    return Response(box, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


@router.delete("/tenant/attachments/{attachment_id}", tags=["tenant"])
async def take_attachment(hub: HubServices, request: Request, attachment_id: Id) -> Answer[None]:
    """The server has the file: the box is thrown away here."""
    identity = await hub.tenants.authenticate(bearer_token(request))
    await hub.attachments.taken(identity.tenant_id, attachment_id)
    return answer(None)


router.include_router(for_people)
