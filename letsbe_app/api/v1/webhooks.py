"""Webhooks: addresses to which events of the business are posted, and the log of what was."""

from fastapi import APIRouter
from pydantic import BaseModel

from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.paging import Cursor, Limit, page_of
from letsbe_app.webhooks.schemas import DeliveryView, EndpointChanges, EndpointView, NewSecret

router = APIRouter(prefix="/customer/webhooks", tags=["webhooks"], route_class=IdempotentRoute)


class NewSecretAnswer(BaseModel):
    """The secret, shown this once, and its address."""

    secret: str
    endpoint: EndpointView


@router.get("")
async def webhooks(
    hub: HubServices, actor: CurrentActor, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[EndpointView]]:
    """All addresses, the oldest first."""
    page = page_of(await hub.webhooks.list(actor), lambda one: one.id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("", status_code=201)
async def add_webhook(
    hub: HubServices, actor: ChangingActor, body: EndpointChanges
) -> Answer[NewSecretAnswer]:
    """Add an address. Its secret, with which events are signed, is shown this once."""
    return answer(_shown(await hub.webhooks.add(actor, body)))


@router.get("/{webhook_id}")
async def webhook(hub: HubServices, actor: CurrentActor, webhook_id: Id) -> Answer[EndpointView]:
    """One address."""
    return answer(await hub.webhooks.get(actor, webhook_id))


@router.patch("/{webhook_id}")
async def change_webhook(
    hub: HubServices, actor: ChangingActor, webhook_id: Id, body: EndpointChanges
) -> Answer[EndpointView]:
    """Change an address, pause it, or switch it on again."""
    return answer(await hub.webhooks.change(actor, webhook_id, body))


@router.delete("/{webhook_id}")
async def remove_webhook(hub: HubServices, actor: ChangingActor, webhook_id: Id) -> Answer[None]:
    """Remove an address and its log."""
    await hub.webhooks.remove(actor, webhook_id)
    return answer(None)


@router.post("/{webhook_id}/secret")
async def renew_webhook_secret(
    hub: HubServices, actor: ChangingActor, webhook_id: Id
) -> Answer[NewSecretAnswer]:
    """A new secret, shown this once. For 24 hours the old one signs as well, so that nothing is refused."""
    return answer(_shown(await hub.webhooks.rotate(actor, webhook_id)))


@router.post("/{webhook_id}/test", status_code=202)
async def check_webhook(hub: HubServices, actor: ChangingActor, webhook_id: Id) -> Answer[DeliveryView]:
    """Send the event `webhook.test` to an address."""
    return answer(await hub.webhooks.test(actor, webhook_id))


@router.get("/{webhook_id}/deliveries")
async def webhook_deliveries(
    hub: HubServices, actor: CurrentActor, webhook_id: Id, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[DeliveryView]]:
    """What was sent to an address in the last 30 days, the newest first, with every try."""
    page = await hub.webhooks.deliveries(actor, webhook_id, cursor=cursor, limit=limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/{webhook_id}/deliveries/{delivery_id}/redelivery", status_code=202)
async def redeliver(
    hub: HubServices, actor: ChangingActor, webhook_id: Id, delivery_id: Id
) -> Answer[DeliveryView]:
    """Send an event again. It keeps its id, by which receivers know what they had already."""
    return answer(await hub.webhooks.redeliver(actor, webhook_id, delivery_id))


def _shown(new: NewSecret) -> NewSecretAnswer:
    return NewSecretAnswer(secret=new.secret, endpoint=new.endpoint)
