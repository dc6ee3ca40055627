"""Answers as the database keeps them: a row when a run begins, its text when the run has finished."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import orjson
import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import ChatMessage, Conversation, MessageRole, MessageStatus, Tenant
from letsbe_app.db.session import Database
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.errors import Conflict, InvalidInput, NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.relay import Relay, Topic
from letsbe_app.workforce.cleaned import is_cleaned
from letsbe_app.workforce.conversations import repository
from letsbe_app.workforce.conversations.schemas import ToolCall, place
from letsbe_app.workforce.conversations.titles import title_from
from tenant_daemon.contracts.chat import MessageCleaned, RunEvent, RunFinished, RunOutcome, RunStarted

log = structlog.get_logger()

STATUS_OF: Final = {
    RunOutcome.COMPLETED: MessageStatus.COMPLETED,
    RunOutcome.STOPPED: MessageStatus.STOPPED,
    RunOutcome.FAILED: MessageStatus.FAILED,
    RunOutcome.INTERRUPTED: MessageStatus.INTERRUPTED,
}
_NOTE_LENGTH: Final = 500
_CUT_OFF: Final = "Your server lost track of this answer, so the rest of it is missing. Ask again."
_CLEANED: Final = (
    "A password or key was taken out of this message. Keep it under Secrets: agents use it from there "
    "without seeing it."
)
_REFUSED: Final = "Your server could not take this message."


class RunRecorder:
    """Writes what a daemon reports. Each method may be called again with the same report."""

    def __init__(
        self, database: Database, relay: Relay, content: TenantContent, *, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._content = content
        self._publisher = relay.publisher
        self._clock = clock

    async def check(self, tenant_id: str, conversation_id: str) -> None:
        """Raises NotFound unless the conversation is on this server."""
        async with self._database.read() as session:
            if await repository.of_tenant(session, tenant_id, conversation_id) is None:
                raise _not_found()

    async def begin(self, tenant_id: str, event: RunEvent, started: RunStarted) -> str | None:
        """
        Give the run its place in the conversation.

        Returns:
            The id of an earlier run of the conversation that has no end yet: its events were lost on the way
            and must come first. Then nothing was changed.

        Raises:
            NotFound: The conversation is not on this server.
            Conflict: The run's id names something else already.
        """
        earlier, customer_id = await self._database.write_together(
            lambda session: self._begin(session, tenant_id, event, started)
        )
        if customer_id:
            await self._publisher.announce(customer_id, Topic.CONVERSATION, event.conversation_id)
        return earlier

    async def _begin(
        self, session: AsyncSession, tenant_id: str, event: RunEvent, started: RunStarted
    ) -> tuple[str | None, str]:
        """The earlier run that has no end, and the customer to tell when something has changed."""
        conversation, customer_id = await _held(session, tenant_id, event.conversation_id)
        earlier, position, is_known = await repository.run_place(
            session, conversation.id, event.run_number, event.run_id
        )
        if earlier is not None:
            return earlier, ""
        if is_known:
            row = await self._row(session, conversation, event)
        else:
            row = self._new_row(session, conversation, event, position)
        if row is None:
            return None, ""
        row.in_reply_to = started.in_reply_to
        if started.in_reply_to:
            await repository.mark_delivered(session, tenant_id, [started.in_reply_to])
        return None, customer_id

    async def finish(
        self, tenant_id: str, event: RunEvent, finished: RunFinished, tool_calls: Sequence[ToolCall]
    ) -> None:
        """Commit the answer; what is committed already stays as it is. Raises as ``begin``."""
        customer_id = await self._database.write_together(
            lambda session: self._finish(session, tenant_id, event, finished, tool_calls)
        )
        if not customer_id:
            return
        log.info(
            "run.committed",
            run_id=event.run_id,
            conversation_id=event.conversation_id,
            outcome=finished.outcome,
            events=event.seq,
        )
        await self._publisher.announce(customer_id, Topic.CONVERSATION, event.conversation_id)

    async def _finish(
        self,
        session: AsyncSession,
        tenant_id: str,
        event: RunEvent,
        finished: RunFinished,
        tool_calls: Sequence[ToolCall],
    ) -> str:
        """The customer to tell; empty when nothing has changed."""
        conversation, customer_id = await _held(session, tenant_id, event.conversation_id)
        row = await self._row(session, conversation, event)
        if row is None or row.finished_at is not None:
            return ""
        row.status = STATUS_OF[finished.outcome]
        content = await self._content.for_writing(session, tenant_id)
        calls = orjson.dumps([asdict(call) for call in tool_calls]).decode()
        row.text = content.seal(finished.text, place("message.text", row.id))
        row.tool_calls = content.seal(calls, place("message.tool_calls", row.id))
        row.note = finished.note[:_NOTE_LENGTH]
        row.is_practice = finished.is_practice
        row.finished_at = self._clock()
        conversation.last_message_at = row.finished_at
        return customer_id

    async def abandon(self, tenant_id: str, run_id: str) -> None:
        """The server knows the run no more: an answer that was still running says that it was cut off."""
        async with self._database.write() as session:
            row = await session.get(ChatMessage, run_id)
            if row is None or row.status != MessageStatus.STREAMING:
                return
            if await repository.of_tenant(session, tenant_id, row.conversation_id) is None:
                return
            row.status = MessageStatus.INTERRUPTED
            row.note = _CUT_OFF
            row.finished_at = self._clock()
            customer_id = await _customer_of(session, tenant_id)
        log.warning("run.abandoned", run_id=run_id, conversation_id=row.conversation_id)
        await self._publisher.announce(customer_id, Topic.CONVERSATION, row.conversation_id)

    async def clean(self, tenant_id: str, cleaned: MessageCleaned) -> None:
        """
        Keep a person's message without the secrets that the server found in it.

        Raises:
            NotFound: There is no such message on this server.
            InvalidInput: It is not the message with parts taken out.
        """
        async with self._database.write() as session:
            conversation, customer_id = await _held(session, tenant_id, cleaned.conversation_id)
            row = await session.get(ChatMessage, cleaned.message_id)
            if row is None or row.conversation_id != conversation.id or row.role != MessageRole.USER:
                raise _not_found()
            content = await self._content.for_writing(session, tenant_id)
            said = content.open(row.text, place("message.text", row.id))
            if said == cleaned.text:
                return
            if not is_cleaned(said, cleaned.text):
                raise InvalidInput("This is not what was said.")
            row.text = content.seal(cleaned.text, place("message.text", row.id))
            row.note = row.note or _CLEANED
            title_place = place("conversation.title", conversation.id)
            if conversation.title and content.open(conversation.title, title_place) == title_from(said):
                conversation.title = content.seal(title_from(cleaned.text), title_place)
        log.info("message.cleaned", message_id=row.id, conversation_id=conversation.id)
        await self._publisher.announce(customer_id, Topic.CONVERSATION, conversation.id)

    async def delivered(self, session: AsyncSession, tenant_id: str, message_ids: Sequence[str]) -> list[str]:
        """People's messages have arrived at the server; gives the conversations to announce."""
        return await repository.mark_delivered(session, tenant_id, message_ids)

    async def refused(self, session: AsyncSession, tenant_id: str, message_ids: Sequence[str]) -> list[str]:
        """The server would not take people's messages; gives the conversations to announce."""
        return await repository.mark_refused(session, tenant_id, message_ids, _REFUSED, self._clock())

    async def _row(
        self, session: AsyncSession, conversation: Conversation, event: RunEvent
    ) -> ChatMessage | None:
        """The run's message; None when it was taken back and its events only come once more."""
        row = await session.get(ChatMessage, event.run_id)
        if row is None:
            position = await repository.next_position(session, conversation.id)
            return self._new_row(session, conversation, event, position)
        if (row.conversation_id, row.run_number) != (conversation.id, event.run_number):
            raise Conflict("The run's id is in use.")
        return row

    def _new_row(
        self, session: AsyncSession, conversation: Conversation, event: RunEvent, position: int
    ) -> ChatMessage | None:
        if event.run_number <= conversation.taken_back_run:
            return None
        row = ChatMessage(
            id=event.run_id,
            conversation_id=conversation.id,
            position=position,
            role=MessageRole.AGENT,
            status=MessageStatus.STREAMING,
            run_number=event.run_number,
            created_at=self._clock(),
        )
        session.add(row)
        conversation.last_message_at = row.created_at
        return row


async def _held(session: AsyncSession, tenant_id: str, conversation_id: str) -> tuple[Conversation, str]:
    """The conversation for this unit of work alone, and its customer; raises NotFound."""
    held = await repository.held_for_run(session, tenant_id, conversation_id)
    if held is None:
        raise _not_found()
    return held


def _not_found() -> NotFound:
    return NotFound("There is no such conversation.")


async def _customer_of(session: AsyncSession, tenant_id: str) -> str:
    tenant = await session.get_one(Tenant, tenant_id)
    return tenant.customer_id
