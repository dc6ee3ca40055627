"""What staff sees of customers and the fleet, and does to set-ups."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import NOT_KEPT, IdempotentStaffRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.paging import Cursor, Limit
from letsbe_app.api.staff import ChangingStaff, CurrentStaff, enter_account, leave_account
from letsbe_app.backoffice.schemas import (
    Act,
    CustomerDetail,
    CustomerRow,
    OrderRow,
    Overview,
    Run,
    RunDetail,
    ServerDetail,
    ServerRow,
)
from letsbe_app.db.models import OrderStatus, TenantStatus

router = APIRouter(prefix="/admin", tags=["admin"], route_class=IdempotentStaffRoute)
visits = APIRouter(tags=["admin"])
"""What comes of them is a cookie, which a kept answer does not hold: they take no idempotency key."""

Words = Annotated[str, Query(alias="q", max_length=120, description="A part of a name, or an id.")]
IdFilter = Annotated[str, Query(max_length=60)]


class WithReason(Body):
    """Why; the audit keeps it."""

    reason: str = Field(max_length=500, examples=["The provider was out of room; it has some again."])


class VisitAnswer(BaseModel):
    """A look that has begun; the cookie is set."""

    visit_id: str
    customer_id: str
    expires_at: str


@router.get("/overview")
async def admin_overview(hub: HubServices, staff: CurrentStaff) -> Answer[Overview]:
    """The fleet at a glance."""
    return answer(await hub.back_office.overview(staff))


@router.get("/customers")
async def admin_customers(
    hub: HubServices, staff: CurrentStaff, q: Words = "", cursor: Cursor = None, limit: Limit = None
) -> Answer[list[CustomerRow]]:
    """Customers, the newest first."""
    page = await hub.back_office.customers(staff, q, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.get("/customers/{customer_id}")
async def admin_customer(hub: HubServices, staff: CurrentStaff, customer_id: Id) -> Answer[CustomerDetail]:
    """One customer; noted in their record."""
    return answer(await hub.back_office.customer(staff, customer_id))


@visits.post("/customers/{customer_id}/visit", status_code=201, openapi_extra=NOT_KEPT)
async def begin_visit(
    hub: HubServices, staff: ChangingStaff, customer_id: Id, body: WithReason, response: Response
) -> Answer[VisitAnswer]:
    """Look into an account whose owner allows it: the portal then shows it, and lets nothing be done."""
    visit = await hub.support.visit(staff, customer_id, body.reason)
    enter_account(hub, response, visit.token)
    return answer(
        VisitAnswer(visit_id=visit.id, customer_id=visit.customer_id, expires_at=visit.expires_at.isoformat())
    )


@visits.post("/visits/end", openapi_extra=NOT_KEPT)
async def end_visits(hub: HubServices, staff: ChangingStaff, response: Response) -> Answer[None]:
    """End all looks of one's own."""
    await hub.support.end_visits(staff)
    leave_account(hub, response)
    return answer(None)


@router.get("/servers")
async def admin_servers(
    hub: HubServices,
    staff: CurrentStaff,
    q: Words = "",
    status: TenantStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[ServerRow]]:
    """Servers with their health, the newest first."""
    page = await hub.back_office.servers(staff, q, status, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.get("/servers/{tenant_id}")
async def admin_server(hub: HubServices, staff: CurrentStaff, tenant_id: Id) -> Answer[ServerDetail]:
    """One server with its figures of 30 days; noted in its customer's record."""
    return answer(await hub.back_office.server(staff, tenant_id))


@router.get("/orders")
async def admin_orders(
    hub: HubServices,
    staff: CurrentStaff,
    status: OrderStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[OrderRow]]:
    """Orders, the newest first."""
    page = await hub.back_office.orders(staff, status or "", cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.get("/runs")
async def admin_runs(
    hub: HubServices,
    staff: CurrentStaff,
    status: TenantStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[Run]]:
    """Set-ups of servers, the newest first."""
    page = await hub.back_office.runs(staff, status, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.get("/runs/{order_id}")
async def admin_run(hub: HubServices, staff: CurrentStaff, order_id: Id) -> Answer[RunDetail]:
    """One set-up with its steps."""
    return answer(await hub.back_office.run(staff, order_id))


@router.post("/runs/{order_id}/retry")
async def retry_run(
    hub: HubServices, staff: ChangingStaff, order_id: Id, body: WithReason
) -> Answer[RunDetail]:
    """Let a set-up go on from where it failed."""
    return answer(await hub.back_office.retry_run(staff, order_id, body.reason))


@router.post("/runs/{order_id}/cancel")
async def cancel_run(
    hub: HubServices, staff: ChangingStaff, order_id: Id, body: WithReason
) -> Answer[RunDetail]:
    """Give a failed set-up up; its order is cancelled."""
    return answer(await hub.back_office.cancel_run(staff, order_id, body.reason))


@router.get("/audit")
async def admin_audit(
    hub: HubServices,
    staff: CurrentStaff,
    customer_id: IdFilter = "",
    actor: IdFilter = "",
    action: Annotated[str, Query(max_length=80, description="The beginning of its name.")] = "",
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[Act]]:
    """Who did what, the newest first."""
    page = await hub.back_office.acts(
        staff, customer_id=customer_id, actor=actor, action=action, cursor=cursor, limit=limit
    )
    return answer(page.items, next_cursor=page.next_cursor)


router.include_router(visits)
