"""How a person wants to be told, and on which devices."""

from fastapi import APIRouter
from pydantic import BaseModel

from letsbe_app.api.dependencies import ChangingActor, CurrentActor, CurrentVisitor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.paging import Cursor, Limit, page_of
from letsbe_app.notify.schemas import DeviceView, Preferences, SubscriptionForm

router = APIRouter(prefix="/customer/notices", tags=["notices"], route_class=IdempotentRoute)


class PushKey(BaseModel):
    """What a browser needs to subscribe."""

    public_key: str


@router.get("/preferences")
async def notice_preferences(hub: HubServices, actor: CurrentActor) -> Answer[Preferences]:
    """How you are told."""
    return answer(await hub.notify.preferences(actor))


@router.put("/preferences")
async def set_notice_preferences(
    hub: HubServices, actor: ChangingActor, body: Preferences
) -> Answer[Preferences]:
    """Say how you want to be told: push, e-mail, quiet hours."""
    return answer(await hub.notify.set_preferences(actor, body))


@router.get("/push-key")
async def push_key(hub: HubServices, actor: CurrentActor) -> Answer[PushKey]:
    """Our public key (VAPID), to which a browser binds its subscription."""
    await hub.notify.preferences(actor)
    return answer(PushKey(public_key=hub.notify.public_key))


@router.get("/devices")
async def notice_devices(
    hub: HubServices, actor: CurrentActor, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[DeviceView]]:
    """Devices on which you are told, the oldest first."""
    page = page_of(await hub.notify.devices(actor), lambda one: one.id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/devices", status_code=201)
async def add_notice_device(
    hub: HubServices, actor: ChangingActor, visitor: CurrentVisitor, body: SubscriptionForm
) -> Answer[DeviceView]:
    """Be told on this device: its `PushSubscription`, as the browser gives it."""
    return answer(await hub.notify.subscribe(actor, body, visitor.user_agent))


@router.delete("/devices/{device_id}")
async def remove_notice_device(hub: HubServices, actor: ChangingActor, device_id: Id) -> Answer[None]:
    """Be told on this device no more."""
    await hub.notify.unsubscribe(actor, device_id)
    return answer(None)


@router.post("/test", status_code=202)
async def try_notices(hub: HubServices, actor: ChangingActor) -> Answer[None]:
    """Send something to all of your devices."""
    await hub.notify.test(actor)
    return answer(None)
