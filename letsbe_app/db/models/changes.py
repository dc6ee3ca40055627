"""What agents changed on servers, and the signed heads of the servers' audit trails."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text
from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field


class ChangeStatus(StrEnum):
    """``made`` -> ``undoing`` (the server was asked) -> ``undone``, ``kept``, or back to ``made``."""

    MADE = "made"
    UNDOING = "undoing"
    UNDONE = "undone"
    KEPT = "kept"
    """It cannot be put back; ``detail`` says why."""


class FileChange(Table, table=True):
    """The hub's copy of a change; the tenant keeps what was there before. Fields as ``ChangeRecorded``."""

    __tablename__ = "file_change"
    __table_args__ = (Index("ix_file_change_recent", "tenant_id", "created_at"),)

    id: str = id_field()
    """The daemon's ``change_id``."""
    tenant_id: str = ref("tenant.id", index=False)
    conversation_id: str | None = Field(default=None, max_length=40, index=True)
    agent_id: str = Field(max_length=40)
    tool_call_id: str = Field(max_length=120)
    change: str = Field(max_length=20)
    """As ``ChangeKind``."""
    # These five are sealed with the server's key.
    path: str = Field(sa_type=Text)
    moved_from: str = Field(default="", sa_type=Text)
    setting: str = Field(default="", sa_type=Text)
    diff: str = Field(default="", sa_type=Text)
    detail: str = Field(default="", sa_type=Text)
    undoes: str = Field(default="", max_length=40)
    made_by: str = Field(default="", max_length=80)
    can_undo: bool = Field(default=True)
    status: str = Field(default=ChangeStatus.MADE, max_length=20)
    requested_by_user_id: str | None = ref("user_account.id", nullable=True, index=False)
    created_at: datetime = time_field()
    undo_until: datetime = time_field()
    settled_at: datetime | None = time_field(nullable=True)


class AuditHead(Table, table=True):
    """A head that a server signed. Rows are only added: they are what a later head is held against."""

    __tablename__ = "tenant_audit_head"

    tenant_id: str = Field(foreign_key="tenant.id", primary_key=True, max_length=40)
    count: int = Field(primary_key=True)
    head: str = Field(primary_key=True, max_length=64)
    """Part of the key, so that a fork is kept beside what it forks from."""
    public_key: str = Field(max_length=64)
    signature: str = Field(max_length=128)
    signed_at: datetime = time_field()
    received_at: datetime = time_field()
    problem: str = Field(default="", max_length=40)
    """As ``HeadProblem``; empty when the head continues what was known."""
