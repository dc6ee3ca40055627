"""Rows of conversations and messages."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import ChatMessage, Conversation, MessageRole, MessageStatus, Tenant
from letsbe_app.people.authz.ownership import on_servers_of
from letsbe_app.workforce.cursors import TimeCursor, newest_first


async def of_customer(
    session: AsyncSession, customer_id: str, conversation_id: str, *, lock: bool = False
) -> Conversation | None:
    """The conversation, if it is on one of the customer's servers."""
    statement = on_servers_of(customer_id, Conversation, Conversation.tenant_id).where(
        Conversation.id == conversation_id
    )
    if lock:
        statement = statement.with_for_update(of=Conversation)
    return (await session.exec(statement)).one_or_none()


async def of_tenant(session: AsyncSession, tenant_id: str, conversation_id: str) -> Conversation | None:
    """The conversation, if it is on this server."""
    statement = select(Conversation).where(
        Conversation.id == conversation_id, Conversation.tenant_id == tenant_id
    )
    return (await session.exec(statement)).one_or_none()


async def held_for_run(
    session: AsyncSession, tenant_id: str, conversation_id: str
) -> tuple[Conversation, str] | None:
    """The conversation, locked, if it is on this server, and the customer of the server."""
    statement = (
        select(Conversation, Tenant.customer_id)
        .join(Tenant, col(Tenant.id) == col(Conversation.tenant_id))
        .where(Conversation.id == conversation_id, Conversation.tenant_id == tenant_id)
        .with_for_update(of=Conversation)
    )
    return (await session.exec(statement)).one_or_none()


async def recent(
    session: AsyncSession, tenant_id: str, agent_id: str | None, cursor: TimeCursor | None, limit: int
) -> Sequence[Conversation]:
    """A server's conversations, the one with the newest message first."""
    statement = select(Conversation).where(Conversation.tenant_id == tenant_id)
    if agent_id is not None:
        statement = statement.where(Conversation.agent_id == agent_id)
    statement = newest_first(statement, Conversation.last_message_at, Conversation.id, cursor)
    return (await session.exec(statement.limit(limit))).all()


async def newest_messages(
    session: AsyncSession, conversation_id: str, before: int | None, limit: int
) -> Sequence[ChatMessage]:
    """Messages from the newest backwards, or from before a position."""
    statement = select(ChatMessage).where(ChatMessage.conversation_id == conversation_id)
    if before is not None:
        statement = statement.where(ChatMessage.position < before)
    return (await session.exec(statement.order_by(col(ChatMessage.position).desc()).limit(limit))).all()


async def messages_after(
    session: AsyncSession, conversation_id: str, position: int, limit: int
) -> Sequence[ChatMessage]:
    """Messages behind a position, in reading order."""
    statement = select(ChatMessage).where(
        ChatMessage.conversation_id == conversation_id, col(ChatMessage.position) > position
    )
    return (await session.exec(statement.order_by(col(ChatMessage.position)).limit(limit))).all()


async def next_position(session: AsyncSession, conversation_id: str) -> int:
    """The position of the next message. The caller holds the conversation's row."""
    statement = select(func.max(ChatMessage.position)).where(ChatMessage.conversation_id == conversation_id)
    return ((await session.exec(statement)).one() or 0) + 1


async def run_numbers(session: AsyncSession, conversation_id: str) -> tuple[int | None, int]:
    """The first run that is still going on, and the highest run so far (0 before the first)."""
    runs = select(func.max(ChatMessage.run_number)).where(ChatMessage.conversation_id == conversation_id)
    going_on = select(func.min(ChatMessage.run_number)).where(
        ChatMessage.conversation_id == conversation_id, ChatMessage.status == MessageStatus.STREAMING
    )
    return (await session.exec(going_on)).one(), (await session.exec(runs)).one() or 0


async def run_id_of(session: AsyncSession, conversation_id: str, run_number: int) -> str | None:
    """The message that a run became."""
    statement = select(ChatMessage.id).where(
        ChatMessage.conversation_id == conversation_id, ChatMessage.run_number == run_number
    )
    return (await session.exec(statement)).first()


async def finished_run_id(session: AsyncSession, conversation_id: str, run_number: int) -> str | None:
    """The message that a run became, if the run has ended."""
    statement = select(ChatMessage.id).where(
        ChatMessage.conversation_id == conversation_id,
        ChatMessage.run_number == run_number,
        ChatMessage.status != MessageStatus.STREAMING,
    )
    return (await session.exec(statement)).first()


async def run_place(
    session: AsyncSession, conversation_id: str, run_number: int, run_id: str
) -> tuple[str | None, int, bool]:
    """
    Where a run that begins would stand. The caller holds the conversation's row.

    Returns:
        The oldest run before this one that has no end yet, the position of the next message, and whether
        there is a message with the run's id already, wherever that is.
    """
    unfinished = (
        select(ChatMessage.id)
        .where(
            ChatMessage.conversation_id == conversation_id,
            ChatMessage.status == MessageStatus.STREAMING,
            col(ChatMessage.run_number) < run_number,
        )
        .order_by(col(ChatMessage.run_number))
        .limit(1)
    )
    last = select(func.max(ChatMessage.position)).where(ChatMessage.conversation_id == conversation_id)
    same_id = select(ChatMessage.id).where(ChatMessage.id == run_id)
    # One question: on SQLite each costs a way to another thread and back.
    found = await session.exec(
        select(unfinished.scalar_subquery(), last.scalar_subquery(), same_id.scalar_subquery())
    )
    earlier, position, same = found.one()
    return earlier, (position or 0) + 1, same is not None


async def message_in(session: AsyncSession, conversation_id: str, message_id: str) -> ChatMessage | None:
    """A message of a conversation."""
    statement = select(ChatMessage).where(
        ChatMessage.conversation_id == conversation_id, ChatMessage.id == message_id
    )
    return (await session.exec(statement)).one_or_none()


async def has_unfinished(session: AsyncSession, conversation_id: str, position: int) -> bool:
    """Whether a message from a position on still waits for the server, or an answer is being given."""
    statement = select(ChatMessage.id).where(
        ChatMessage.conversation_id == conversation_id,
        col(ChatMessage.position) >= position,
        col(ChatMessage.status).in_((MessageStatus.WAITING, MessageStatus.STREAMING)),
    )
    return (await session.exec(statement)).first() is not None


async def runs_from(session: AsyncSession, conversation_id: str, position: int) -> list[tuple[str, int]]:
    """Ids and numbers of the runs from a position on, oldest first."""
    statement = (
        select(ChatMessage.id, ChatMessage.run_number)
        .where(
            ChatMessage.conversation_id == conversation_id,
            col(ChatMessage.position) >= position,
            col(ChatMessage.run_number).is_not(None),
        )
        .order_by(col(ChatMessage.run_number))
    )
    return [(run_id, number or 0) for run_id, number in (await session.exec(statement)).all()]


async def authors(session: AsyncSession, conversation_id: str, *, from_position: int = 0) -> set[str]:
    """The people who have written in a conversation, or in what comes from a position on."""
    statement = (
        select(ChatMessage.author_user_id)
        .where(
            ChatMessage.conversation_id == conversation_id,
            col(ChatMessage.position) >= from_position,
            col(ChatMessage.author_user_id).is_not(None),
        )
        .distinct()
    )
    return {str(user_id) for user_id in (await session.exec(statement)).all()}


async def mark_delivered(session: AsyncSession, tenant_id: str, message_ids: Sequence[str]) -> list[str]:
    """Waiting messages of the server that have arrived there; gives their conversations."""
    return await _settle(session, tenant_id, message_ids, MessageStatus.DELIVERED, "", None)


async def mark_refused(
    session: AsyncSession, tenant_id: str, message_ids: Sequence[str], note: str, now: datetime
) -> list[str]:
    """Waiting messages that the server would not take; gives their conversations."""
    return await _settle(session, tenant_id, message_ids, MessageStatus.FAILED, note, now)


async def _settle(
    session: AsyncSession,
    tenant_id: str,
    message_ids: Sequence[str],
    status: MessageStatus,
    note: str,
    finished_at: datetime | None,
) -> list[str]:
    own = select(Conversation.id).where(Conversation.tenant_id == tenant_id)
    result = await session.exec(
        update(ChatMessage)
        .where(
            col(ChatMessage.id).in_(message_ids),
            col(ChatMessage.conversation_id).in_(own),
            col(ChatMessage.role) == MessageRole.USER,
            col(ChatMessage.status) == MessageStatus.WAITING,
        )
        .values(status=status, note=note, finished_at=finished_at)
        .returning(col(ChatMessage.conversation_id))
    )
    return list(dict.fromkeys(result.scalars()))
