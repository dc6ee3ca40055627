"""The owner's word that support may look in, and the record of who did what in the business."""

from fastapi import APIRouter
from pydantic import Field, StrictInt

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.paging import Cursor, Limit
from letsbe_app.people.audit.activity import Activity
from letsbe_app.people.support.service import GrantView

router = APIRouter(prefix="/customer", tags=["people"], route_class=IdempotentRoute)


class AllowSupport(Body):
    """For how long: 1, 4, 24 or 72 hours."""

    hours: StrictInt = Field(ge=1, le=72, examples=[4])


@router.get("/support-access")
async def support_access(hub: HubServices, actor: CurrentActor) -> Answer[GrantView | None]:
    """Until when support may look into the account; null when it may not."""
    return answer(await hub.support.current(actor))


@router.put("/support-access")
async def allow_support(hub: HubServices, actor: ChangingActor, body: AllowSupport) -> Answer[GrantView]:
    """Let support look in: it sees states and figures, never what was said, and can do nothing."""
    return answer(await hub.support.allow(actor, body.hours))


@router.delete("/support-access")
async def end_support_access(hub: HubServices, actor: ChangingActor) -> Answer[None]:
    """Support may look in no more."""
    await hub.support.take_back(actor)
    return answer(None)


@router.get("/activity")
async def activity(
    hub: HubServices, actor: CurrentActor, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[Activity]]:
    """Who did what in the business, the newest first."""
    page = await hub.activity.list(actor, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)
