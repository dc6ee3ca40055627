"""What conversations look like from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson

from letsbe_app.db.models import ChatMessage, Conversation
from letsbe_app.db.tenant_content import Content
from letsbe_app.kit.pagination import Page
from tenant_daemon.contracts.chat import AttachedFile


@dataclass(frozen=True)
class ConversationView:
    """A thread in a list."""

    id: str
    tenant_id: str
    agent_id: str
    title: str
    """From the first message; empty before it."""
    created_at: datetime
    last_message_at: datetime


@dataclass(frozen=True)
class ToolCall:
    """One tool call of an answer: what was asked for and how it ended."""

    tool_call_id: str
    tool_name: str = ""
    summary: str = ""
    status: str = "running"
    """``running``, or as ``ExecuteStatus``."""
    tier: str = ""
    is_external: bool = False
    reason: str = ""
    output: str = ""
    approval_id: str = ""
    """The approval that it waited for, if it did."""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "ToolCall":
        """A stored call; ignores what a newer version added."""
        return cls(**{field.name: row[field.name] for field in fields(cls) if field.name in row})


@dataclass(frozen=True)
class MessageView:
    """A message. A running answer has the status ``streaming`` and no text yet."""

    id: str
    conversation_id: str
    position: int
    role: str
    status: str
    text: str
    note: str
    tool_calls: list[ToolCall]
    attachments: list[AttachedFile]
    """Files that were sent with it; they are on the server, not here."""
    run_number: int | None
    in_reply_to: str | None
    is_practice: bool
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class MessagePage(Page[MessageView]):
    """Messages in reading order; ``next_cursor`` leads to the ones before."""

    resume_after: str
    """Watch the conversation's stream from behind this event id, and nothing is missed."""


def place(column: str, row_id: str) -> str:
    """Where a sealed text lies; it opens nowhere else."""
    return f"{column}:{row_id}"


def conversation_view(row: Conversation, content: Content) -> ConversationView:
    """The view of a row. Raises CannotOpen."""
    return ConversationView(
        id=row.id,
        tenant_id=row.tenant_id,
        agent_id=row.agent_id,
        title=content.open(row.title, place("conversation.title", row.id)),
        created_at=row.created_at,
        last_message_at=row.last_message_at,
    )


def message_view(row: ChatMessage, content: Content) -> MessageView:
    """The view of a row. Raises CannotOpen."""
    calls = content.open(row.tool_calls, place("message.tool_calls", row.id))
    return MessageView(
        id=row.id,
        conversation_id=row.conversation_id,
        position=row.position,
        role=row.role,
        status=row.status,
        text=content.open(row.text, place("message.text", row.id)),
        note=row.note,
        tool_calls=[ToolCall.from_row(call) for call in orjson.loads(calls or "[]")],
        attachments=attached_files(row, content),
        run_number=row.run_number,
        in_reply_to=row.in_reply_to,
        is_practice=row.is_practice,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def attached_files(row: ChatMessage, content: Content) -> list[AttachedFile]:
    """The files of a message. Raises CannotOpen."""
    stored = content.open(row.attachments, place("message.attachments", row.id))
    return [AttachedFile.model_validate(file) for file in orjson.loads(stored or "[]")]
