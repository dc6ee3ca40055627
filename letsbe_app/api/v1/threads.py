"""Keeping conversations in order: rename, search, take away as a file."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.paging import Cursor, Limit
from letsbe_app.workforce.conversations.checks import MAX_TITLE_LENGTH
from letsbe_app.workforce.conversations.export import ExportFormat, export, file_name
from letsbe_app.workforce.conversations.schemas import ConversationView, MessageView
from letsbe_app.workforce.conversations.search import MAX_WORDS_LENGTH, Hit

router = APIRouter(prefix="/customer", tags=["workforce"], route_class=IdempotentRoute)


_FILES: dict[str, Any] = {
    "text/markdown": {"schema": {"type": "string"}},
    "application/json": {"schema": {"type": "object"}},
}


class Rename(Body):
    title: str = Field(min_length=1, max_length=MAX_TITLE_LENGTH)


@router.patch("/conversations/{conversation_id}")
async def rename_conversation(
    hub: HubServices, actor: ChangingActor, conversation_id: Id, body: Rename
) -> Answer[ConversationView]:
    """Give a thread another title."""
    return answer(await hub.conversations.rename(actor, conversation_id, body.title))


class SayInstead(Body):
    text: str = Field(max_length=100_000)
    message_id: str | None = Field(default=None, max_length=40)
    """Of the new message; the same one twice is one message."""


class AskAgain(Body):
    message_id: str | None = Field(default=None, max_length=40)
    """Of the question that is said again; the same one twice is one message."""


@router.delete("/conversations/{conversation_id}")
async def delete_conversation(hub: HubServices, actor: ChangingActor, conversation_id: Id) -> Answer[None]:
    """Delete a thread at the hub and on the server, for good."""
    await hub.turns.delete(actor, conversation_id)
    return answer(None)


@router.post("/conversations/{conversation_id}/messages/{message_id}/edit", status_code=201)
async def edit_message(
    hub: HubServices, actor: ChangingActor, conversation_id: Id, message_id: Id, body: SayInstead
) -> Answer[MessageView]:
    """Say something else instead of a message; what came after it is taken back."""
    message = await hub.turns.edit(actor, conversation_id, message_id, body.text, new_id=body.message_id)
    return answer(message)


@router.post("/conversations/{conversation_id}/messages/{answer_id}/regenerate", status_code=201)
async def regenerate_answer(
    hub: HubServices, actor: ChangingActor, conversation_id: Id, answer_id: Id, body: AskAgain
) -> Answer[MessageView]:
    """Have an answer given anew; gives the question, which is said again."""
    message = await hub.turns.regenerate(actor, conversation_id, answer_id, new_id=body.message_id)
    return answer(message)


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
