"""
Going back in a conversation, and ending it for good.

Going back takes messages away here and, with the next message, brings the agent's memory to the same point.
What the agent did to files stays; changes have an undo of their own.
"""

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import ChatMessage, Conversation, MessageRole
from letsbe_app.db.session import Database
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.errors import Conflict, Forbidden, InvalidInput, NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.audit.service import SYSTEM, record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, is_allowed, require
from letsbe_app.relay import Relay, RelayAway, Topic
from letsbe_app.workforce.conversations import removal, repository
from letsbe_app.workforce.conversations.checks import checked_id, checked_text, same_message
from letsbe_app.workforce.conversations.schemas import (
    MessageView,
    attached_files,
    message_view,
    place,
)
from letsbe_app.workforce.conversations.sending import Said, Sending, owned
from tenant_daemon.contracts.chat import ConversationDeleted

log = structlog.get_logger()

MAX_TAKEN_BACK_RUNS = 500
"""As ``SendMessage.takes_back``. OpenClaw knows the first of more than these, so that is enough."""


class TurnService:
    """For people; jobs delete what is too old."""

    def __init__(
        self, database: Database, relay: Relay, content: TenantContent, *, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._relay = relay
        self._content = content
        self._sending = Sending(relay.outbox, clock)

    async def edit(
        self,
        actor: Actor,
        conversation_id: str,
        message_id: str,
        text: str,
        *,
        new_id: str | None = None,
    ) -> MessageView:
        """
        Say something else instead of an earlier message of a person; all that came after it is taken back.

        Args:
            actor: Who speaks.
            conversation_id: The thread.
            message_id: What is said anew.
            text: What to say instead; the same again is a retry.
            new_id: Id of the new message, as in ``ConversationService.send``.

        Raises:
            NotFound: There is no such message of a person.
            Conflict: The agent is still at work, or a message still waits for the server.
            Forbidden: Others have written what would be taken back, and the actor is not the owner.
        """
        return await self._say_again(actor, conversation_id, message_id, checked_text(text), new_id)

    async def regenerate(
        self, actor: Actor, conversation_id: str, answer_id: str, *, new_id: str | None = None
    ) -> MessageView:
        """
        Have an answer given anew: its question is said again, and all that came after it is taken back.

        Raises:
            NotFound: There is no such answer.
            InvalidInput: Nobody asked for it: the agent began by itself.
            Conflict, Forbidden: As ``edit``.
        """
        require(actor, Permission.CHAT)
        async with self._database.read() as session:
            await owned(session, actor, conversation_id)
            answer = await repository.message_in(session, conversation_id, answer_id)
        if answer is None or answer.role != MessageRole.AGENT:
            raise NotFound("There is no such answer.")
        if answer.in_reply_to is None:
            raise InvalidInput("The agent said this by itself, so there is no question to ask again.")
        return await self._say_again(actor, conversation_id, answer.in_reply_to, None, new_id)

    async def delete(self, actor: Actor, conversation_id: str) -> None:
        """
        Delete a conversation here and on the server, for good.

        Raises:
            NotFound: No such conversation on one of the actor's servers.
            Forbidden: Others have written in it, and the actor is not the owner.
        """
        require(actor, Permission.CHAT)
        async with self._database.write() as session:
            row = await owned(session, actor, conversation_id, lock=True)
            await _check_authors(session, actor, conversation_id)
            await self._remove(session, actor, row)
        log.info("conversation.deleted", conversation_id=conversation_id)
        await self._tell(actor.customer_id, row)

    async def delete_old(self, session: AsyncSession, customer_id: str, row: Conversation) -> None:
        """Delete a conversation whose time is over, in the caller's unit of work; then call ``told_old``."""
        await self._remove(session, SYSTEM, row, customer_id)

    async def told_old(self, customer_id: str, row: Conversation) -> None:
        """Tell pages and the server of a conversation that ``delete_old`` has deleted."""
        await self._tell(customer_id, row)

    async def _say_again(
        self, actor: Actor, conversation_id: str, message_id: str, text: str | None, new_id: str | None
    ) -> MessageView:
        require(actor, Permission.CHAT)
        wanted_id = checked_id(new_id)
        async with self._database.write() as session:
            conversation = await owned(session, actor, conversation_id, lock=True)
            content = await self._content.for_writing(session, conversation.tenant_id)
            earlier = await session.get(ChatMessage, wanted_id)
            if earlier is not None:
                return same_message(earlier, content, actor, conversation_id, text)
            said = await _question(session, conversation_id, message_id)
            await _check_authors(session, actor, conversation_id, from_position=said.position)
            await self._sending.check_room(session, conversation.tenant_id)
            await removal.hand_over_files(session, said.id, wanted_id)
            run_ids = await _take_back(session, conversation, said.position)
            row = await self._sending.add(
                session,
                actor,
                conversation,
                content,
                Said(
                    wanted_id,
                    text or content.open(said.text, place("message.text", said.id)),
                    tuple(attached_files(said, content)),
                    tuple(run_ids[:MAX_TAKEN_BACK_RUNS]),
                ),
            )
        log.info("message.said_again", conversation_id=conversation_id, message_id=row.id, runs=len(run_ids))
        await self._relay.publisher.wake_link(conversation.tenant_id)
        await self._relay.publisher.announce(actor.customer_id, Topic.CONVERSATION, conversation_id)
        return message_view(row, content)

    async def _remove(
        self, session: AsyncSession, actor: Actor | str, row: Conversation, customer_id: str | None = None
    ) -> None:
        await removal.remove_conversation(session, row.id)
        order = ConversationDeleted(conversation_id=row.id, agent_id=row.agent_id)
        await self._relay.outbox.put(session, row.tenant_id, order)
        record_act(
            session,
            actor,
            "conversation.deleted",
            subject=row.id,
            customer_id=customer_id,
            tenant_id=row.tenant_id,
        )

    async def _tell(self, customer_id: str, row: Conversation) -> None:
        try:
            await self._relay.streams.delete(row.id)
        except RelayAway:
            # It expires by itself, a day after the last word.
            log.warning("conversation.stream_kept", conversation_id=row.id)
        await self._relay.publisher.wake_link(row.tenant_id)
        await self._relay.publisher.announce(customer_id, Topic.CONVERSATION, row.id)


async def _check_authors(
    session: AsyncSession, actor: Actor, conversation_id: str, *, from_position: int = 0
) -> None:
    """Raises Forbidden where others have written what the actor is about to take away."""
    authors = await repository.authors(session, conversation_id, from_position=from_position)
    if authors - {actor.user_id} and not is_allowed(actor.role, Permission.MANAGE):
        raise Forbidden("Others have written here, and it would be gone. Ask the owner to do this.")


async def _question(session: AsyncSession, conversation_id: str, message_id: str) -> ChatMessage:
    row = await repository.message_in(session, conversation_id, message_id)
    if row is None or row.role != MessageRole.USER:
        raise NotFound("There is no such message.")
    if await repository.has_unfinished(session, conversation_id, row.position):
        raise Conflict("Stop the answer first, or wait until your server has the message.")
    return row


async def _take_back(session: AsyncSession, conversation: Conversation, position: int) -> list[str]:
    """Take messages from a position on away; the runs among them, oldest first."""
    runs = await repository.runs_from(session, conversation.id, position)
    await removal.remove_messages(session, conversation.id, from_position=position)
    numbers = [number for _, number in runs]
    conversation.taken_back_run = max([conversation.taken_back_run, *numbers])
    return [run_id for run_id, _ in runs]
