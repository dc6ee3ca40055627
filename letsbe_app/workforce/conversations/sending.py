"""Putting a person's words into a conversation and on their way, within the caller's unit of work."""

from dataclasses import dataclass
from typing import Final

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import ChatMessage, Conversation, MessageRole, MessageStatus
from letsbe_app.db.tenant_content import Content
from letsbe_app.errors import NotFound, RateLimited
from letsbe_app.kit.clock import Clock
from letsbe_app.people.authz.actor import Actor
from letsbe_app.relay.outbox import Outbox
from letsbe_app.telemetry.tracing import current_traceparent
from letsbe_app.workforce.conversations import repository
from letsbe_app.workforce.conversations.schemas import place
from letsbe_app.workforce.conversations.titles import title_from
from tenant_daemon.contracts.chat import AttachedFile, SendMessage

MAX_WAITING: Final = 500
"""Messages that wait for one server at most."""


@dataclass(frozen=True)
class Said:
    """What a person says, checked."""

    message_id: str
    text: str
    attachments: tuple[AttachedFile, ...] = ()
    takes_back: tuple[str, ...] = ()
    """Runs that are taken back first, oldest first."""


async def owned(
    session: AsyncSession, actor: Actor, conversation_id: str, *, lock: bool = False
) -> Conversation:
    """The conversation on one of the actor's servers; raises NotFound."""
    row = await repository.of_customer(session, actor.customer_id, conversation_id, lock=lock)
    if row is None:
        raise NotFound("There is no such conversation.")
    return row


class Sending:
    """Holds no state; the caller holds the conversation's row."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    async def check_room(self, session: AsyncSession, tenant_id: str) -> None:
        """Raises RateLimited when too much waits for the server already."""
        if await self._outbox.count(session, tenant_id) >= MAX_WAITING:
            raise RateLimited("Too many messages wait for this server. Wait until it is back.", 60)

    async def add(
        self,
        session: AsyncSession,
        actor: Actor,
        conversation: Conversation,
        content: Content,
        said: Said,
    ) -> ChatMessage:
        """Add the message and put it into the server's outbox."""
        files = orjson.dumps([file.model_dump() for file in said.attachments]).decode()
        row = ChatMessage(
            id=said.message_id,
            conversation_id=conversation.id,
            position=await repository.next_position(session, conversation.id),
            role=MessageRole.USER,
            status=MessageStatus.WAITING,
            text=content.seal(said.text, place("message.text", said.message_id)),
            attachments=content.seal(files, place("message.attachments", said.message_id))
            if said.attachments
            else "",
            author_user_id=actor.user_id,
            created_at=self._clock(),
        )
        session.add(row)
        if not conversation.title:
            title = title_from(said.text)
            conversation.title = content.seal(title, place("conversation.title", conversation.id))
        conversation.last_message_at = row.created_at
        order = SendMessage(
            message_id=row.id,
            conversation_id=conversation.id,
            agent_id=conversation.agent_id,
            text=said.text,
            takes_back=list(said.takes_back),
            attachments=list(said.attachments),
            traceparent=current_traceparent(),
        )
        await self._outbox.put(session, conversation.tenant_id, order)
        return row
