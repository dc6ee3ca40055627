"""Customers' servers as the hub knows them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, Text, UniqueConstraint
from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field
from tenant_daemon.contracts.config import DEFAULT_APPROVAL_TTL_SECONDS


class TenantStatus(StrEnum):
    """Where a server is in its life. Whether it is online is presence, which Redis knows."""

    PROVISIONING = "provisioning"
    ACTIVE = "active"
    FAILED = "failed"
    REMOVED = "removed"


class Tenant(Table, table=True):
    """A customer's server ("server connection")."""

    __tablename__ = "tenant"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    order_id: str = ref("customer_order.id", unique=True)
    name: str = Field(max_length=63)
    provider: str = Field(max_length=20)
    provider_ref: str = Field(default="", max_length=255)
    """What the provider calls the machine; for ``local`` its slot number."""
    provisioning_attempt: int = Field(default=1)
    """Counts the times its setting up was begun; part of the workflow's name."""
    status: str = Field(default=TenantStatus.PROVISIONING, max_length=20, index=True)
    api_key_hash: str | None = Field(default=None, max_length=64, unique=True)
    content_key: str = Field(default="", max_length=255)
    """What is said on this server is sealed with it; itself sealed with the hub's key."""
    next_api_key_hash: str | None = Field(default=None, max_length=64, unique=True)
    """Of a key that was handed out and not used yet; with its first use it takes the other one's place."""
    sealing_public_key: str = Field(default="", max_length=64)
    daemon_version: str = Field(default="", max_length=40)
    openclaw_version: str = Field(default="", max_length=40)
    config_version: int = Field(default=1)
    """Wanted version; grows with every change of the agents' settings."""
    applied_config_version: int = Field(default=0)
    config_refusal: str = Field(default="", max_length=500)
    """Why the server would not take the wanted version over; empty where it did, or has not said."""
    is_stopped: bool = Field(default=False)
    approval_ttl_seconds: int = Field(default=DEFAULT_APPROVAL_TTL_SECONDS)
    """How long a question of its agents waits for a person."""
    last_heartbeat_at: datetime | None = time_field(nullable=True)
    heartbeat: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """The newest ``Heartbeat``, as received."""
    created_at: datetime = time_field()


class EnrolmentToken(Table, table=True):
    """A one-time token for a fresh server; the row holds its hash."""

    __tablename__ = "enrolment_token"

    id: str = id_field()
    tenant_id: str = ref("tenant.id")
    token_hash: str = Field(max_length=64, unique=True)
    expires_at: datetime = time_field()
    used_at: datetime | None = time_field(nullable=True)
    created_at: datetime = time_field()


class OutboxMessage(Table, table=True):
    """
    A durable message to a daemon. ``sequence`` orders the messages of a tenant; the row goes once the
    daemon has confirmed ``id``.
    """

    __tablename__ = "tenant_outbox"
    __table_args__ = (Index("ix_tenant_outbox_waiting", "tenant_id", "sequence"),)

    # SQLite gives increasing numbers only to INTEGER keys.
    sequence: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger().with_variant(Integer(), "sqlite"),
    )
    id: str = Field(max_length=40, unique=True)
    tenant_id: str = ref("tenant.id", index=False)
    payload: str = Field(sa_type=Text)
    """Sealed JSON of the message."""
    created_at: datetime = time_field()


class StepState(StrEnum):
    """State of one named provisioning step."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ProvisioningStep(Table, table=True):
    """What the status page shows of one step; the workflow engine keeps its own checkpoints."""

    __tablename__ = "provisioning_step"
    __table_args__ = (UniqueConstraint("order_id", "name", name="uq_provisioning_step_order_name"),)

    id: str = id_field()
    order_id: str = ref("customer_order.id")
    position: int
    name: str = Field(max_length=40)
    state: str = Field(default=StepState.WAITING, max_length=20)
    detail: str = Field(default="", max_length=500)
    attempts: int = Field(default=0)
    started_at: datetime | None = time_field(nullable=True)
    finished_at: datetime | None = time_field(nullable=True)
