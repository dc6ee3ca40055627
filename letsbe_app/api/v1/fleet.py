"""The customer's servers."""

from fastapi import APIRouter
from pydantic import Field, StrictInt

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.paging import Cursor, Limit, page_of
from letsbe_app.fleet.tenants.history import Span
from letsbe_app.fleet.tenants.schemas import History, TenantView

router = APIRouter(prefix="/customer/tenants", tags=["fleet"], route_class=IdempotentRoute)


class KillSwitch(Body):
    """Whether everything on the server is to stand still."""

    is_stopped: bool


class ApprovalTtl(Body):
    """How long a question waits for a person."""

    seconds: StrictInt = Field(examples=[86_400])
    """From 60 (a minute) to 604800 (seven days)."""


@router.get("")
async def tenants(
    hub: HubServices, actor: CurrentActor, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[TenantView]]:
    """All servers, oldest first."""
    page = page_of(await hub.tenants.list(actor), lambda one: one.id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.get("/{tenant_id}")
async def tenant(hub: HubServices, actor: CurrentActor, tenant_id: str) -> Answer[TenantView]:
    """One server with its newest figures."""
    return answer(await hub.tenants.get(actor, tenant_id))


@router.get("/{tenant_id}/history")
async def tenant_history(
    hub: HubServices, actor: CurrentActor, tenant_id: str, span: Span = Span.DAY
) -> Answer[History]:
    """How CPU, RAM and disk went: a day by the minute, or 30 days by the hour."""
    return answer(await hub.tenants.history(actor, tenant_id, span))


@router.put("/{tenant_id}/kill-switch")
async def set_stopped(
    hub: HubServices, actor: ChangingActor, tenant_id: str, body: KillSwitch
) -> Answer[TenantView]:
    """Stop everything on the server, or let it go on."""
    return answer(await hub.tenants.set_stopped(actor, tenant_id, body.is_stopped))


@router.put("/{tenant_id}/approval-ttl")
async def set_approval_ttl(
    hub: HubServices, actor: ChangingActor, tenant_id: str, body: ApprovalTtl
) -> Answer[TenantView]:
    """How long questions of the server's agents wait from now on, until they are denied."""
    return answer(await hub.tenants.set_approval_ttl(actor, tenant_id, body.seconds))


@router.post("/{tenant_id}/key/renew", status_code=202)
async def renew_server_key(hub: HubServices, actor: ChangingActor, tenant_id: str) -> Answer[None]:
    """Have the server trade its key for a new one, without an interruption."""
    await hub.tenants.renew_key(actor, tenant_id)
    return answer(None)


@router.post("/{tenant_id}/key/revoke")
async def revoke_server_key(hub: HubServices, actor: ChangingActor, tenant_id: str) -> Answer[None]:
    """The server's key counts no more; its link is cut at once, and it comes back by a new enrolment."""
    await hub.tenants.revoke_key(actor, tenant_id)
    return answer(None)
