"""What people do in conversations. Every method asks whose server it is."""

import re
from collections.abc import AsyncIterator
from typing import Final

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import ChatMessage, Conversation, MessageRole, MessageStatus
from letsbe_app.db.session import Database
from letsbe_app.db.tenant_content import Content, TenantContent
from letsbe_app.errors import Conflict, InvalidInput, NotFound, RateLimited, TooLarge
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.pagination import MAX_LIMIT, Page, clamp_limit
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.ownership import owned_tenant
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.relay import Relay, Topic
from letsbe_app.relay.event_id import EventId
from letsbe_app.workforce.agents.service import AgentService
from letsbe_app.workforce.conversations import repository
from letsbe_app.workforce.conversations.schemas import (
    ConversationView,
    MessagePage,
    MessageView,
    conversation_view,
    message_view,
    place,
)
from letsbe_app.workforce.conversations.search import Hit, find, words_in
from letsbe_app.workforce.conversations.titles import title_from
from letsbe_app.workforce.cursors import TimeCursor
from tenant_daemon.contracts.chat import SendMessage, StopRun

log = structlog.get_logger()

MAX_TEXT_LENGTH: Final = 32_000
"""As ``SendMessage.text``."""
MAX_TITLE_LENGTH: Final = 120
MAX_WAITING: Final = 500
"""Messages that wait for one server at most."""
_MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,40}")
_GONE: Final = "There is no such conversation."


class ConversationService:
    """Conversations as people see them; what daemons report comes in through ``RunRecorder``."""

    def __init__(
        self,
        database: Database,
        relay: Relay,
        agents: AgentService,
        content: TenantContent,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._content = content
        self._publisher = relay.publisher
        self._outbox = relay.outbox
        self._agents = agents
        self._clock = clock

    async def list(
        self,
        actor: Actor,
        tenant_id: str,
        *,
        agent_id: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[ConversationView]:
        """A server's conversations, newest first."""
        require(actor, Permission.READ)
        size = clamp_limit(limit)
        after = TimeCursor.parse(cursor)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            rows = await repository.recent(session, tenant_id, agent_id, after, size + 1)
            content = await self._content.of(session, tenant_id)
        shown = rows[:size]
        more = str(TimeCursor(shown[-1].last_message_at, shown[-1].id)) if len(rows) > size else None
        return Page([conversation_view(row, content) for row in shown], more)

    async def start(self, actor: Actor, tenant_id: str, agent_id: str) -> ConversationView:
        """Begin a thread with one of the server's agents."""
        require(actor, Permission.CHAT)
        now = self._clock()
        async with self._database.write() as session:
            await owned_tenant(session, actor, tenant_id)
            await self._agents.existing(session, tenant_id, agent_id)
            row = Conversation(
                id=new_id("cnv"), tenant_id=tenant_id, agent_id=agent_id, created_at=now, last_message_at=now
            )
            session.add(row)
            content = await self._content.for_writing(session, tenant_id)
        return conversation_view(row, content)

    async def get(self, actor: Actor, conversation_id: str) -> ConversationView:
        """One conversation; raises NotFound."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            row = await self._owned(session, actor, conversation_id)
            return conversation_view(row, await self._content.of(session, row.tenant_id))

    async def messages(
        self, actor: Actor, conversation_id: str, *, before: str | None = None, limit: int | None = None
    ) -> MessagePage:
        """
        The newest messages in reading order, or those before a cursor.

        Args:
            actor: Who reads.
            conversation_id: The thread.
            before: ``next_cursor`` of the page after.
            limit: Messages at most.
        """
        require(actor, Permission.READ)
        size = clamp_limit(limit)
        if before is not None and not before.isdecimal():
            raise InvalidInput.of_field("before", "This page link is no longer valid.")
        async with self._database.read() as session:
            conversation = await self._owned(session, actor, conversation_id)
            content = await self._content.of(session, conversation.tenant_id)
            # Asked first: a run that begins in between is then seen twice rather than not at all.
            going_on, highest = await repository.run_numbers(session, conversation_id)
            position = int(before) if before else None
            rows = await repository.newest_messages(session, conversation_id, position, size + 1)
        shown = rows[:size]
        return MessagePage(
            items=[message_view(row, content) for row in reversed(shown)],
            next_cursor=str(shown[-1].position) if len(rows) > size else None,
            resume_after=str(EventId(going_on or highest + 1, 0)),
        )

    async def send(
        self, actor: Actor, conversation_id: str, text: str, *, message_id: str | None = None
    ) -> MessageView:
        """
        Say something to the agent. It waits while the server is away.

        Args:
            actor: Who speaks.
            conversation_id: The thread.
            text: What to say.
            message_id: Chosen by the browser: the same one twice is one message.

        Raises:
            Conflict: The id was used for something else.
            RateLimited: Too much waits for the server already.
        """
        require(actor, Permission.CHAT)
        said = _checked_text(text)
        wanted_id = _checked_id(message_id)
        async with self._database.write() as session:
            conversation = await self._owned(session, actor, conversation_id, lock=True)
            content = await self._content.for_writing(session, conversation.tenant_id)
            earlier = await session.get(ChatMessage, wanted_id)
            if earlier is not None:
                return _same_message(message_view(earlier, content), earlier, actor, conversation_id, said)
            await self._check_room(session, conversation.tenant_id)
            row = await self._add(session, actor, conversation, content, wanted_id, said)
        log.info("message.sent", conversation_id=conversation_id, message_id=row.id, length=len(said))
        await self._publisher.wake_link(conversation.tenant_id)
        await self._publisher.announce(actor.customer_id, Topic.CONVERSATION, conversation_id)
        return message_view(row, content)

    async def rename(self, actor: Actor, conversation_id: str, title: str) -> ConversationView:
        """Give the thread another title."""
        require(actor, Permission.CHAT)
        wanted = _checked_title(title)
        async with self._database.write() as session:
            row = await self._owned(session, actor, conversation_id, lock=True)
            content = await self._content.for_writing(session, row.tenant_id)
            row.title = content.seal(wanted, place("conversation.title", row.id))
        await self._publisher.announce(actor.customer_id, Topic.CONVERSATION, conversation_id)
        return conversation_view(row, content)

    async def search(
        self,
        actor: Actor,
        tenant_id: str,
        words: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[Hit]:
        """
        Conversations in which all the words were said, newest first.

        Raises:
            InvalidInput: There are no words, or too many.
        """
        require(actor, Permission.READ)
        wanted, after = words_in(words), TimeCursor.parse(cursor)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            content = await self._content.of(session, tenant_id)
            return await find(session, tenant_id, content, wanted, after, clamp_limit(limit))

    async def all_messages(self, actor: Actor, conversation_id: str) -> AsyncIterator[MessageView]:
        """Every message in reading order, read page by page. Raises NotFound before the first."""
        require(actor, Permission.READ)
        position = 0
        while True:
            async with self._database.read() as session:
                row = await self._owned(session, actor, conversation_id)
                content = await self._content.of(session, row.tenant_id)
                rows = await repository.messages_after(session, conversation_id, position, MAX_LIMIT)
            for message in rows:
                yield message_view(message, content)
            if len(rows) < MAX_LIMIT:
                return
            position = rows[-1].position

    async def stop(self, actor: Actor, conversation_id: str) -> None:
        """Stop what the agent does in this conversation, and what waits behind it."""
        require(actor, Permission.CHAT)
        async with self._database.write() as session:
            conversation = await self._owned(session, actor, conversation_id)
            await self._check_room(session, conversation.tenant_id)
            await self._outbox.put(session, conversation.tenant_id, StopRun(conversation_id=conversation_id))
        log.info("conversation.stopped", conversation_id=conversation_id)
        await self._publisher.wake_link(conversation.tenant_id)

    async def run_id_of(self, conversation_id: str, run_number: int) -> str | None:
        """The id of a run's message. For streams that have checked the conversation already."""
        async with self._database.read() as session:
            return await repository.run_id_of(session, conversation_id, run_number)

    async def finished_run_id(self, conversation_id: str, run_number: int) -> str | None:
        """The id of a run's message if the run has ended. For streams, as ``run_id_of``."""
        async with self._database.read() as session:
            return await repository.finished_run_id(session, conversation_id, run_number)

    async def _owned(
        self, session: AsyncSession, actor: Actor, conversation_id: str, *, lock: bool = False
    ) -> Conversation:
        row = await repository.of_customer(session, actor.customer_id, conversation_id, lock=lock)
        if row is None:
            raise NotFound(_GONE)
        return row

    async def _check_room(self, session: AsyncSession, tenant_id: str) -> None:
        if await self._outbox.count(session, tenant_id) >= MAX_WAITING:
            raise RateLimited("Too many messages wait for this server. Wait until it is back.", 60)

    async def _add(
        self,
        session: AsyncSession,
        actor: Actor,
        conversation: Conversation,
        content: Content,
        message_id: str,
        text: str,
    ) -> ChatMessage:
        row = ChatMessage(
            id=message_id,
            conversation_id=conversation.id,
            position=await repository.next_position(session, conversation.id),
            role=MessageRole.USER,
            status=MessageStatus.WAITING,
            text=content.seal(text, place("message.text", message_id)),
            author_user_id=actor.user_id,
            created_at=self._clock(),
        )
        session.add(row)
        if not conversation.title:
            conversation.title = content.seal(title_from(text), place("conversation.title", conversation.id))
        conversation.last_message_at = row.created_at
        order = SendMessage(
            message_id=row.id, conversation_id=conversation.id, agent_id=conversation.agent_id, text=text
        )
        await self._outbox.put(session, conversation.tenant_id, order)
        return row


def _checked_text(text: str) -> str:
    said = text.strip()
    if not said:
        raise InvalidInput.of_field("text", "Write something first.")
    if len(said) > MAX_TEXT_LENGTH:
        raise TooLarge(f"A message has at most {MAX_TEXT_LENGTH:,} characters.")
    return said


def _checked_title(title: str) -> str:
    wanted = " ".join(title.split())
    if not wanted:
        raise InvalidInput.of_field("title", "Write a title.")
    if len(wanted) > MAX_TITLE_LENGTH:
        raise InvalidInput.of_field("title", f"Use at most {MAX_TITLE_LENGTH} characters.")
    return wanted


def _checked_id(message_id: str | None) -> str:
    if message_id is None:
        return new_id("msg")
    if _MESSAGE_ID.fullmatch(message_id) is None:
        raise InvalidInput.of_field("message_id", "8 to 40 letters, digits, underscores or hyphens.")
    return message_id


def _same_message(
    view: MessageView, earlier: ChatMessage, actor: Actor, conversation_id: str, text: str
) -> MessageView:
    is_same = (
        view.conversation_id == conversation_id
        and earlier.author_user_id == actor.user_id
        and view.text == text
    )
    if not is_same:
        raise Conflict("This message id is in use. Send the message again.")
    return view
