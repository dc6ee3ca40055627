"""The way from the wizard to a running server."""

from fastapi import APIRouter

from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.paging import Cursor, Limit
from letsbe_app.fleet.provisioning.schemas import Progress
from letsbe_app.shop.billing.gateway import Checkout
from letsbe_app.shop.onboarding.schemas import DraftChanges, DraftView
from letsbe_app.shop.orders.schemas import OrderView

router = APIRouter(prefix="/customer", tags=["shop"], route_class=IdempotentRoute)


@router.get("/onboarding")
async def draft(hub: HubServices, actor: CurrentActor) -> Answer[DraftView]:
    """What has been chosen so far."""
    return answer(await hub.onboarding.draft(actor))


@router.patch("/onboarding")
async def save_draft(hub: HubServices, actor: ChangingActor, body: DraftChanges) -> Answer[DraftView]:
    """Keep what was chosen on a page."""
    return answer(await hub.onboarding.save(actor, body))


@router.get("/orders")
async def orders(
    hub: HubServices, actor: CurrentActor, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[OrderView]]:
    """All orders, newest first."""
    page = await hub.orders.page(actor, cursor=cursor, limit=limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/orders", status_code=201)
async def place_order(hub: HubServices, actor: ChangingActor) -> Answer[OrderView]:
    """Order what the wizard's draft says."""
    return answer(await hub.orders.place(actor))


@router.get("/orders/{order_id}")
async def order(hub: HubServices, actor: CurrentActor, order_id: str) -> Answer[OrderView]:
    """One order."""
    return answer(await hub.orders.get(actor, order_id))


@router.post("/orders/{order_id}/checkout")
async def checkout(hub: HubServices, actor: ChangingActor, order_id: str) -> Answer[Checkout]:
    """Where to pay the order."""
    return answer(await hub.billing.checkout(actor, order_id))


@router.post("/orders/{order_id}/practice-payment")
async def pay_practice(hub: HubServices, actor: ChangingActor, order_id: str) -> Answer[OrderView]:
    """Pay for practice; no money moves. Repeating it pays once."""
    return answer(await hub.billing.pay_practice(actor, order_id))


@router.get("/orders/{order_id}/provisioning")
async def progress(hub: HubServices, actor: CurrentActor, order_id: str) -> Answer[Progress]:
    """How far the order's server is."""
    return answer(await hub.provisioning.progress(actor, order_id))


@router.post("/orders/{order_id}/provisioning/retry")
async def retry(hub: HubServices, actor: ChangingActor, order_id: str) -> Answer[Progress]:
    """Go on from the step that failed."""
    return answer(await hub.provisioning.retry(actor, order_id))
