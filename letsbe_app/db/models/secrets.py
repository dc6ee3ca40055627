"""What the hub knows of servers' secrets: names and times, never a value."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field


class SecretList(Table, table=True):
    """The newest list that a server sent, as ``SecretsListed``."""

    __tablename__ = "tenant_secret_list"

    tenant_id: str = Field(foreign_key="tenant.id", primary_key=True, max_length=40)
    secrets: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    is_cut: bool = Field(default=False)
    received_at: datetime = time_field()


class SecretRequestStatus(StrEnum):
    """Only ``waiting`` can change."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


class SecretRequest(Table, table=True):
    """Something that a person asked of a server's vault. Sealed values pass by it, they are not in it."""

    __tablename__ = "secret_request"
    __table_args__ = (Index("ix_secret_request_waiting", "tenant_id", "status"),)

    id: str = id_field()
    tenant_id: str = ref("tenant.id", index=False)
    user_id: str = ref("user_account.id", index=False)
    action: str = Field(max_length=20)
    """``provide``, ``replace``, ``reveal``, or as ``SecretChange``."""
    name: str = Field(max_length=63)
    outbox_id: str = Field(default="", max_length=40)
    """The message to the server: taken back when the request has expired."""
    status: str = Field(default=SecretRequestStatus.WAITING, max_length=20)
    detail: str = Field(default="", max_length=500)
    created_at: datetime = time_field()
    expires_at: datetime = time_field()
    settled_at: datetime | None = time_field(nullable=True)


class CanaryAlarm(Table, table=True):
    """A planted secret turned up, as ``CanarySeen``."""

    __tablename__ = "canary_alarm"
    __table_args__ = (Index("ix_canary_alarm_open", "tenant_id", "acknowledged_at"),)

    id: str = id_field()
    """The daemon's ``alarm_id``."""
    tenant_id: str = ref("tenant.id", index=False)
    name: str = Field(max_length=63)
    door: str = Field(max_length=40)
    agent_id: str = Field(default="", max_length=40)
    """In whose work; empty where the server does not know."""
    conversation_id: str = Field(default="", max_length=40)
    seen_at: datetime = time_field()
    acknowledged_at: datetime | None = time_field(nullable=True)
    acknowledged_by_user_id: str | None = ref("user_account.id", nullable=True, index=False)
