"""Secrets of servers. Values are sealed before they come here and opened after they have left."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from letsbe_app.api.body import Body
from letsbe_app.api.confirmation import Confirmed
from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import NOT_KEPT, IdempotentRoute
from letsbe_app.api.ids import Id
from letsbe_app.fleet.secrets.schemas import Provided, RequestView, SecretsView
from tenant_daemon.contracts.secrets import MAX_SEALED_CHARS, SecretChange

router = APIRouter(prefix="/customer", tags=["secrets"], route_class=IdempotentRoute)

Name = Annotated[str, Path(min_length=1, max_length=63)]


class Provide(Body):
    name: str = Field(max_length=63)
    sealed: str = Field(max_length=MAX_SEALED_CHARS, repr=False)
    secret_kind: str = Field(default="password", max_length=20)
    note: str = Field(default="", max_length=200)
    is_new: bool = True


class Change(Body):
    change: SecretChange


class Reveal(Confirmed):
    """The browser's one-time key, to which the value is sealed."""

    public_key: str = Field(max_length=64)


class Box(BaseModel):
    """A revealed value that only the browser that asked can open."""

    sealed: str = Field(repr=False)


@router.get("/tenants/{tenant_id}/secrets")
async def list_secrets(hub: HubServices, actor: CurrentActor, tenant_id: Id) -> Answer[SecretsView]:
    """A server's secrets by name, the key to seal to, and open alarms."""
    return answer(await hub.secrets.list(actor, tenant_id))


@router.post("/tenants/{tenant_id}/secrets", status_code=202)
async def provide_secret(
    hub: HubServices, actor: ChangingActor, tenant_id: Id, body: Provide
) -> Answer[RequestView]:
    """Have the server keep a sealed value."""
    return answer(await hub.secrets.provide(actor, tenant_id, Provided(**body.model_dump())))


@router.post("/tenants/{tenant_id}/secrets/{name}/change", status_code=202)
async def change_secret(
    hub: HubServices, actor: ChangingActor, tenant_id: Id, name: Name, body: Change
) -> Answer[RequestView]:
    """Have the server make, rotate, delete or plant a secret."""
    return answer(await hub.secrets.change(actor, tenant_id, name, body.change))


@router.post("/tenants/{tenant_id}/secrets/{name}/reveal", status_code=202)
async def reveal_secret(
    hub: HubServices, actor: ChangingActor, tenant_id: Id, name: Name, body: Reveal
) -> Answer[RequestView]:
    """Have the server seal a value to the browser's one-time key, for whoever proves themselves again."""
    view = await hub.secrets.reveal(actor, tenant_id, name, proof=body.proof(), public_key=body.public_key)
    return answer(view)


@router.get("/secret-requests/{request_id}")
async def get_secret_request(hub: HubServices, actor: CurrentActor, request_id: Id) -> Answer[RequestView]:
    """What became of a request."""
    return answer(await hub.secrets.request(actor, request_id))


@router.post("/alarms/{alarm_id}/acknowledge")
async def acknowledge_alarm(hub: HubServices, actor: ChangingActor, alarm_id: Id) -> Answer[None]:
    """The alarm was seen."""
    await hub.secrets.acknowledge(actor, alarm_id)
    return answer(None)


# Happens once by itself, and its answer must not be kept: it holds the sealed value.
taking = APIRouter(tags=["secrets"])


@taking.post("/secret-requests/{request_id}/take", openapi_extra=NOT_KEPT)
async def take_revealed(hub: HubServices, actor: ChangingActor, request_id: Id) -> Answer[Box]:
    """The sealed value of a reveal; a second time there is none."""
    return answer(Box(sealed=await hub.secrets.take(actor, request_id)))


router.include_router(taking)
