"""Deleting what was said, with what hangs on it. Rows are gone afterwards; the audit keeps ids alone."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Approval, Attachment, ChatMessage, Conversation, FileChange
from tenant_daemon.contracts.approvals import ApprovalStatus


async def remove_messages(session: AsyncSession, conversation_id: str, *, from_position: int) -> None:
    """Delete a conversation's messages from a position on."""
    later = (col(ChatMessage.conversation_id) == conversation_id) & (
        col(ChatMessage.position) >= from_position
    )
    await _remove_files(session, later)
    await session.exec(delete(ChatMessage).where(later))


async def hand_over_files(session: AsyncSession, message_id: str, new_id: str) -> None:
    """The files of a message go with the one that is said instead."""
    await session.exec(
        update(Attachment).where(col(Attachment.message_id) == message_id).values(message_id=new_id)
    )


async def remove_messages_before(session: AsyncSession, tenant_id: str, moment: datetime) -> int:
    """Delete a server's messages from before a moment, but none that is still going on; how many."""
    own = select(Conversation.id).where(Conversation.tenant_id == tenant_id)
    old = (
        col(ChatMessage.conversation_id).in_(own)
        & (col(ChatMessage.created_at) < moment)
        & col(ChatMessage.status).not_in(("waiting", "streaming"))
    )
    await _remove_files(session, old)
    return (await session.exec(delete(ChatMessage).where(old))).rowcount


async def remove_conversation(session: AsyncSession, conversation_id: str) -> None:
    """Delete a conversation. A question that still waits for a person, and changes of files, stay alone."""
    mine = col(ChatMessage.conversation_id) == conversation_id
    await _remove_files(session, mine)
    await session.exec(delete(ChatMessage).where(mine))
    settled = col(Approval.status) != ApprovalStatus.PENDING
    await session.exec(delete(Approval).where(col(Approval.conversation_id) == conversation_id, settled))
    for table in (Approval, FileChange):
        await session.exec(
            update(table).where(col(table.conversation_id) == conversation_id).values(conversation_id=None)
        )
    await session.exec(delete(Conversation).where(col(Conversation.id) == conversation_id))


async def _remove_files(session: AsyncSession, messages: ColumnElement[bool]) -> None:
    ids = select(ChatMessage.id).where(messages)
    await session.exec(delete(Attachment).where(col(Attachment.message_id).in_(ids)))
