"""Keeping conversations in order: rename, search, take away as a file."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.paging import Cursor, Limit
from letsbe_app.workforce.conversations.export import ExportFormat, export, file_name
from letsbe_app.workforce.conversations.schemas import ConversationView
from letsbe_app.workforce.conversations.search import MAX_WORDS_LENGTH, Hit
from letsbe_app.workforce.conversations.service import MAX_TITLE_LENGTH

router = APIRouter(prefix="/customer", tags=["workforce"], route_class=IdempotentRoute)

Id = Annotated[str, Path(min_length=1, max_length=60)]


_FILES: dict[str, Any] = {
    "text/markdown": {"schema": {"type": "string"}},
    "application/json": {"schema": {"type": "object"}},
}


class Rename(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=MAX_TITLE_LENGTH)


@router.patch("/conversations/{conversation_id}")
async def rename_conversation(
    hub: HubServices, actor: ChangingActor, conversation_id: Id, body: Rename
) -> Answer[ConversationView]:
    """Give a thread another title."""
    return answer(await hub.conversations.rename(actor, conversation_id, body.title))


@router.get("/tenants/{tenant_id}/search")
async def search_conversations(
    hub: HubServices,
    actor: CurrentActor,
    tenant_id: Id,
    words: Annotated[str, Query(min_length=1, max_length=MAX_WORDS_LENGTH)],
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[Hit]]:
    """Conversations in which all the words were said; a short page with a cursor means that there is more."""
    page = await hub.conversations.search(actor, tenant_id, words, cursor=cursor, limit=limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.get(
    "/conversations/{conversation_id}/export",
    response_class=StreamingResponse,
    responses={200: {"content": _FILES}},
)
async def export_conversation(
    hub: HubServices,
    actor: CurrentActor,
    conversation_id: Id,
    kind: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.MARKDOWN,
) -> StreamingResponse:
    """The whole thread as a file."""
    conversation = await hub.conversations.get(actor, conversation_id)
    agents = await hub.agents.list(actor, conversation.tenant_id)
    names = {agent.agent_id: agent.name for agent in agents}
    messages = hub.conversations.all_messages(actor, conversation_id)
    return StreamingResponse(
        export(conversation, messages, kind, names.get(conversation.agent_id, conversation.agent_id)),
        media_type=kind.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file_name(conversation, kind)}"',
            "Cache-Control": "no-store",
        },
    )
