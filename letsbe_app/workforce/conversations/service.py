"""What people do in conversations. Every method asks whose server it is."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

import structlog

from letsbe_app.db.models import ChatMessage, Conversation
from letsbe_app.db.session import Database
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.pagination import MAX_LIMIT, Page, clamp_limit, number_cursor, page_of_rows
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.ownership import owned_tenant
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.relay import Relay, Topic
from letsbe_app.relay.event_id import EventId
from letsbe_app.workforce.agents.service import AgentService
from letsbe_app.workforce.attachments.service import AttachmentService
from letsbe_app.workforce.conversations import repository
from letsbe_app.workforce.conversations.checks import (
    checked_id,
    checked_text,
    checked_title,
    same_message,
)
from letsbe_app.workforce.conversations.schemas import (
    ConversationView,
    MessagePage,
    MessageView,
    conversation_view,
    message_view,
    place,
)
from letsbe_app.workforce.conversations.search import Hit, find, words_in
from letsbe_app.workforce.conversations.sending import Said, Sending, owned
from letsbe_app.workforce.cursors import TimeCursor
from tenant_daemon.contracts.chat import StopRun

log = structlog.get_logger()

_PAGES_OF_CALLS: Final = 20
"""How far back an answer is looked for."""


class ConversationService:
    """Conversations as people see them; what daemons report comes in through ``RunRecorder``."""

    def __init__(
        self,
        database: Database,
        relay: Relay,
        agents: AgentService,
        content: TenantContent,
        attachments: AttachmentService,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._content = content
        self._publisher = relay.publisher
        self._outbox = relay.outbox
        self._agents = agents
        self._attachments = attachments
        self._sending = Sending(relay.outbox, clock)
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
        require(actor, Permission.CONTENT)
        size = clamp_limit(limit)
        after = TimeCursor.parse(cursor)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            rows = await repository.recent(session, tenant_id, agent_id, after, size + 1)
            content = await self._content.of(session, tenant_id)
        return page_of_rows(
            rows,
            size,
            lambda row: conversation_view(row, content),
            lambda row: str(TimeCursor(row.last_message_at, row.id)),
        )

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
        require(actor, Permission.CONTENT)
        async with self._database.read() as session:
            row = await owned(session, actor, conversation_id)
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
        require(actor, Permission.CONTENT)
        size, position = clamp_limit(limit), number_cursor(before, "before")
        async with self._database.read() as session:
            conversation = await owned(session, actor, conversation_id)
            content = await self._content.of(session, conversation.tenant_id)
            # Asked first: a run that begins in between is then seen twice rather than not at all.
            going_on, highest = await repository.run_numbers(session, conversation_id)
            rows = await repository.newest_messages(session, conversation_id, position, size + 1)
        shown = rows[:size]
        return MessagePage(
            items=[message_view(row, content) for row in reversed(shown)],
            next_cursor=str(shown[-1].position) if len(rows) > size else None,
            # Events of runs that were taken back are still in the stream.
            resume_after=str(EventId(going_on or max(highest, conversation.taken_back_run) + 1, 0)),
        )

    async def send(
        self,
        actor: Actor,
        conversation_id: str,
        text: str,
        *,
        message_id: str | None = None,
        attachments: Sequence[str] = (),
    ) -> MessageView:
        """
        Say something to the agent. It waits while the server is away.

        Args:
            actor: Who speaks.
            conversation_id: The thread.
            text: What to say.
            message_id: Chosen by the browser: the same one twice is one message.
            attachments: Ids of files that were uploaded for it.

        Raises:
            Conflict: The id was used for something else.
            InvalidInput: There is no text, or no such file.
            RateLimited: Too much waits for the server already.
        """
        require(actor, Permission.CHAT)
        said = checked_text(text)
        wanted_id = checked_id(message_id)
        async with self._database.write() as session:
            conversation = await owned(session, actor, conversation_id, lock=True)
            content = await self._content.for_writing(session, conversation.tenant_id)
            earlier = await session.get(ChatMessage, wanted_id)
            if earlier is not None:
                return same_message(earlier, content, actor, conversation_id, said)
            await self._sending.check_room(session, conversation.tenant_id)
            files = await self._attachments.claim(
                session, actor, conversation.tenant_id, attachments, wanted_id
            )
            row = await self._sending.add(
                session, actor, conversation, content, Said(wanted_id, said, tuple(files))
            )
        log.info("message.sent", conversation_id=conversation_id, message_id=row.id, length=len(said))
        await self._publisher.wake_link(conversation.tenant_id)
        await self._publisher.announce(actor.customer_id, Topic.CONVERSATION, conversation_id)
        return message_view(row, content)

    async def rename(self, actor: Actor, conversation_id: str, title: str) -> ConversationView:
        """Give the thread another title."""
        require(actor, Permission.CHAT)
        wanted = checked_title(title)
        async with self._database.write() as session:
            row = await owned(session, actor, conversation_id, lock=True)
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
        require(actor, Permission.CONTENT)
        wanted, after = words_in(words), TimeCursor.parse(cursor)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            content = await self._content.of(session, tenant_id)
            return await find(session, tenant_id, content, wanted, after, clamp_limit(limit))

    async def calls_of_answer(self, actor: Actor, conversation_id: str, tool_call_id: str) -> frozenset[str]:
        """
        Every call of the answer in which this one was made; this one alone where no answer tells of it.

        Raises:
            NotFound: No such conversation on one of the actor's servers.
        """
        before: str | None = None
        for _ in range(_PAGES_OF_CALLS):
            page = await self.messages(actor, conversation_id, before=before, limit=MAX_LIMIT)
            for message in reversed(page.items):
                calls = frozenset(call.tool_call_id for call in message.tool_calls)
                if tool_call_id in calls:
                    return calls
            before = page.next_cursor
            if before is None:
                break
        return frozenset({tool_call_id})

    async def all_messages(self, actor: Actor, conversation_id: str) -> AsyncIterator[MessageView]:
        """Every message in reading order, read page by page. Raises NotFound before the first."""
        require(actor, Permission.CONTENT)
        position = 0
        while True:
            async with self._database.read() as session:
                row = await owned(session, actor, conversation_id)
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
            conversation = await owned(session, actor, conversation_id)
            await self._sending.check_room(session, conversation.tenant_id)
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
