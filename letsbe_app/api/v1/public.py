"""What everybody may ask: plans, tools, bundles, a quote, a suggestion."""

from fastapi import APIRouter
from pydantic import Field

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import FromOurPage, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.paging import Cursor, Limit, page_of
from letsbe_app.shop.catalog.schemas import Bundle, Plan, Quote, Tool
from letsbe_app.shop.onboarding.schemas import Suggestion

router = APIRouter(prefix="/public", tags=["public"])


class QuoteRequest(Body):
    """The chosen tools."""

    tool_ids: list[str] = Field(max_length=60)


class SuggestRequest(Body):
    """A business in its owner's words."""

    description: str = Field(max_length=4_000)


@router.get("/plans")
async def plans(hub: HubServices, cursor: Cursor = None, limit: Limit = None) -> Answer[list[Plan]]:
    """All plans, from small to large."""
    page = page_of(hub.catalog.plans, _id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.get("/tools")
async def tools(hub: HubServices, cursor: Cursor = None, limit: Limit = None) -> Answer[list[Tool]]:
    """All tools."""
    page = page_of(hub.catalog.tools, _id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.get("/bundles")
async def bundles(hub: HubServices, cursor: Cursor = None, limit: Limit = None) -> Answer[list[Bundle]]:
    """All bundles."""
    page = page_of(hub.catalog.bundles, _id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/quote", dependencies=[FromOurPage])
async def quote(hub: HubServices, body: QuoteRequest) -> Answer[Quote]:
    """What tools need together, and which plans are large enough."""
    return answer(hub.catalog.quote(body.tool_ids))


@router.post("/suggest", dependencies=[FromOurPage])
async def suggest(hub: HubServices, body: SuggestRequest) -> Answer[Suggestion]:
    """The bundle that fits a business, how sure we are, and why."""
    return answer(hub.onboarding.suggest(body.description))


def _id(item: Plan | Tool | Bundle) -> str:
    return item.id
