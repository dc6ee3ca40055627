"""Agents, what is said with them, what they ask, what they use."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field

from letsbe_app.db.models.base import Table, UtcDateTime, id_field, ref, time_field


class Agent(Table, table=True):
    """An agent of a server as the customer set it up; becomes ``contracts.config.AgentConfig``."""

    __tablename__ = "agent"
    __table_args__ = (UniqueConstraint("tenant_id", "agent_id", name="uq_agent_tenant_agent"),)

    id: str = id_field()
    tenant_id: str = ref("tenant.id")
    agent_id: str = Field(max_length=40)
    """Its name on the server: ``dispatcher``, ``it-admin`` ..."""
    position: int = Field(default=0)
    name: str = Field(max_length=60)
    duty: str = Field(default="", max_length=200)
    """One sentence for the customer: what it does."""
    soul_md: str = Field(default="", sa_type=Text)
    tools: list[str] = Field(default_factory=list, sa_type=JSON)
    level: int = Field(default=2)
    model: str = Field(default="balanced", max_length=120)
    unlocked_tools: list[str] = Field(default_factory=list, sa_type=JSON)
    tier_floors: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    is_stopped: bool = Field(default=False)
    parent_agent_id: str | None = Field(default=None, max_length=40)
    """For whom it works: its tokens count in that agent's budget of the tree."""
    has_premium: bool = Field(default=False)
    """Whether it may use premium models, which are metered apart."""
    updated_at: datetime = time_field()


class AgentBudget(Table, table=True):
    """Tokens that an agent may use in a period; becomes ``contracts.budget.TokenBudget``."""

    __tablename__ = "agent_budget"
    __table_args__ = (
        UniqueConstraint("tenant_id", "agent_id", "period", "with_sub_agents", name="uq_agent_budget_kind"),
    )

    id: str = id_field()
    tenant_id: str = ref("tenant.id")
    agent_id: str = Field(max_length=40)
    period: str = Field(max_length=10)
    """``day`` or ``month``."""
    with_sub_agents: bool = Field(default=False)
    tokens: int = Field(sa_type=BigInteger)


class AgentVersion(Table, table=True):
    """An agent's settings as they were from one moment on. Rows are only added; secrets are taken out."""

    __tablename__ = "agent_version"
    __table_args__ = (UniqueConstraint("tenant_id", "agent_id", "number", name="uq_agent_version_number"),)

    id: str = id_field()
    tenant_id: str = ref("tenant.id", index=False)
    agent_id: str = Field(max_length=40)
    number: int
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """As ``agents/history.py`` reads them."""
    changed: list[str] = Field(default_factory=list, sa_type=JSON)
    """Names of the settings that are other ones than in the version before."""
    restored_number: int | None = Field(default=None)
    changed_by_user_id: str | None = ref("user_account.id", nullable=True, index=False)
    """None for what the hub did by itself."""
    created_at: datetime = time_field()


class Conversation(Table, table=True):
    """A thread between a customer's users and one agent."""

    __tablename__ = "conversation"
    __table_args__ = (Index("ix_conversation_recent", "tenant_id", "last_message_at"),)

    id: str = id_field()
    tenant_id: str = ref("tenant.id", index=False)
    agent_id: str = Field(max_length=40)
    title: str = Field(default="", sa_type=Text)
    """Sealed, as ``ChatMessage.text``."""
    taken_back_run: int = Field(default=0)
    """Runs up to this number that have no message any more were taken back: they are not to come again."""
    created_at: datetime = time_field()
    last_message_at: datetime = time_field()


class MessageRole(StrEnum):
    """Who speaks."""

    USER = "user"
    AGENT = "agent"


class MessageStatus(StrEnum):
    """
    User messages go ``waiting`` (for the server) -> ``delivered``; agent messages go ``streaming`` -> one of
    ``completed``, ``stopped``, ``failed``, ``interrupted``.
    """

    WAITING = "waiting"
    DELIVERED = "delivered"
    STREAMING = "streaming"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class ChatMessage(Table, table=True):
    """
    One message. For an agent's answer ``id`` is the run's id, so that committing a run twice is impossible.
    """

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("conversation_id", "position", name="uq_message_position"),)

    id: str = id_field()
    conversation_id: str = ref("conversation.id", index=False)
    position: int
    """1, 2, 3 ... within the conversation."""
    role: str = Field(max_length=10)
    status: str = Field(max_length=20)
    text: str = Field(default="", sa_type=Text)
    """Sealed with the server's key (``db/tenant_content.py``)."""
    note: str = Field(default="", max_length=500)
    """What to tell the reader when an answer was stopped, failed or was cut off."""
    tool_calls: str = Field(default="", sa_type=Text)
    """Sealed JSON: a list, one entry per call, in order, with the fields of ``ToolCall``."""
    attachments: str = Field(default="", sa_type=Text)
    """Sealed JSON: a list with the fields of ``AttachedFile``."""
    run_number: int | None = Field(default=None)
    in_reply_to: str | None = Field(default=None, max_length=40)
    author_user_id: str | None = ref("user_account.id", nullable=True, index=False)
    is_practice: bool = Field(default=False)
    created_at: datetime = time_field()
    finished_at: datetime | None = time_field(nullable=True)


class Approval(Table, table=True):
    """The hub's copy of an approval; the tenant's record decides. Fields as ``ApprovalRequested``."""

    __tablename__ = "command_approval"
    __table_args__ = (Index("ix_command_approval_open", "tenant_id", "status", "created_at"),)

    id: str = id_field()
    """The daemon's ``approval_id``."""
    tenant_id: str = ref("tenant.id", index=False)
    conversation_id: str | None = Field(default=None, max_length=40, index=True)
    agent_id: str = Field(max_length=40)
    tool_call_id: str = Field(max_length=120)
    tool_name: str = Field(max_length=60)
    tier: int
    is_external: bool
    content: str = Field(sa_type=Text)
    """Sealed JSON with the fields of ``approvals/content.py``: what is asked, in words and exactly."""
    call_digest: str = Field(max_length=128)
    status: str = Field(max_length=20)
    """As ``ApprovalStatus``. A decision that the daemon has not confirmed leaves it ``pending``."""
    decision: str | None = Field(default=None, sa_type=Text)
    """Sealed JSON: the first decision taken here, as ``ApprovalDecided``; a second one is a conflict."""
    decided_by_user_id: str | None = ref("user_account.id", nullable=True, index=False)
    detail: str = Field(default="", sa_type=Text)
    """Sealed: how it ended, in the server's words."""
    settled_by: str = Field(default="", max_length=80)
    """Who decided as the server says: a user's id, or ``shell:<login>``."""
    outcome: str = Field(default="", max_length=20)
    """What became of the call once it was approved, as ``ExecuteStatus``; empty until the server has said."""
    became: str = Field(default="", sa_type=Text)
    """Sealed JSON: more of that in words, with the fields of ``Became``."""
    remembered_until: datetime | None = time_field(nullable=True)
    """Until when exactly this call runs without being asked about; None where it asks."""
    withdrawal_asked_at: datetime | None = time_field(nullable=True)
    """When somebody took that back; the server has yet to confirm it."""
    reminder_count: int = Field(default=0)
    next_reminder_at: datetime | None = time_field(nullable=True, index=True)
    created_at: datetime = time_field()
    expires_at: datetime = time_field()
    settled_at: datetime | None = time_field(nullable=True)


class UsageRecord(Table, table=True):
    """Totals of one hour, agent and model; replaced by a report with a higher revision."""

    __tablename__ = "usage_bucket"

    tenant_id: str = Field(foreign_key="tenant.id", primary_key=True, max_length=40)
    hour: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    agent_id: str = Field(primary_key=True, max_length=40)
    model: str = Field(primary_key=True, max_length=120)
    revision: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    request_count: int
    estimated_count: int = Field(default=0)
