"""What the hub tells others: events, webhooks, notices to people, mail. It waits here until it is out."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field


class OutgoingEvent(Table, table=True):
    """Something happened that others may want to know; gone once it lies with each of them."""

    __tablename__ = "outgoing_event"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    tenant_id: str | None = ref("tenant.id", nullable=True)
    type: str = Field(max_length=60)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """As the type's model in ``people/events/catalog.py``: ids, counts and states."""
    created_at: datetime = time_field()


class WebhookEndpoint(Table, table=True):
    """An address of the customer's own to which events are posted."""

    __tablename__ = "webhook_endpoint"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    url: str = Field(max_length=2000)
    description: str = Field(default="", max_length=120)
    event_types: list[str] = Field(default_factory=list, sa_type=JSON)
    """Which events; empty means all, also those that come later."""
    secret: str = Field(max_length=255)
    """Sealed."""
    previous_secret: str = Field(default="", max_length=255)
    """Sealed; signs as well until its time is over."""
    previous_until: datetime | None = time_field(nullable=True)
    is_paused: bool = Field(default=False)
    failing_since: datetime | None = time_field(nullable=True)
    disabled_at: datetime | None = time_field(nullable=True)
    """Switched off by us, since it did not answer for long or said that it is gone."""
    created_at: datetime = time_field()


class DeliveryStatus(StrEnum):
    """State of one event on its way to one address."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up, after the last try."""


class WebhookDelivery(Table, table=True):
    """One event for one address, and how its tries went."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_due", "status", "next_attempt_at"),
        Index("ix_webhook_delivery_endpoint", "endpoint_id", "id"),
    )

    id: str = id_field()
    customer_id: str = ref("customer.id")
    endpoint_id: str = ref("webhook_endpoint.id", index=False)
    event_id: str = Field(max_length=40)
    """The same at every try and in every redelivery: receivers know by it what they had already."""
    event_type: str = Field(max_length=60)
    payload: str = Field(sa_type=Text)
    status: str = Field(default=DeliveryStatus.WAITING, max_length=20)
    tries: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """The newest last: ``at``, ``status``, ``milliseconds``, ``problem``."""
    attempt_count: int = Field(default=0)
    next_attempt_at: datetime | None = time_field(nullable=True)
    created_at: datetime = time_field()
    settled_at: datetime | None = time_field(nullable=True)


class MailOutbox(Table, table=True):
    """A mail that has not been handed over yet."""

    __tablename__ = "mail_outbox"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    content: str = Field(sa_type=Text)
    """Receiver, subject and text, sealed: a link in it may open an account."""
    attempt_count: int = Field(default=0)
    next_attempt_at: datetime = time_field(index=True)
    created_at: datetime = time_field()


class NoticePreference(Table, table=True):
    """How a person wants to be told; without a row the defaults hold."""

    __tablename__ = "notice_preference"

    user_id: str = Field(primary_key=True, foreign_key="user_account.id", max_length=40)
    has_push: bool = Field(default=True)
    has_email: bool = Field(default=True)
    quiet_from: str = Field(default="", max_length=5)
    """``22:00``; empty for no quiet hours."""
    quiet_until: str = Field(default="", max_length=5)
    time_zone: str = Field(default="UTC", max_length=60)


class PushSubscription(Table, table=True):
    """A browser that may be reached by web push (RFC 8030)."""

    __tablename__ = "push_subscription"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    user_id: str = ref("user_account.id")
    address_hash: str = Field(max_length=64, unique=True)
    """Of the endpoint: the same browser is kept once."""
    details: str = Field(sa_type=Text)
    """Endpoint and keys, sealed: whoever has them can make the browser show something."""
    device: str = Field(default="", max_length=300)
    """The browser's name for itself."""
    created_at: datetime = time_field()
    last_used_at: datetime | None = time_field(nullable=True)


class WaitingNotice(Table, table=True):
    """A word to one person by one way that is not out yet."""

    __tablename__ = "waiting_notice"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    user_id: str = ref("user_account.id")
    channel: str = Field(max_length=10)
    """``push`` or ``email``."""
    kind: str = Field(max_length=30)
    subject: str = Field(default="", max_length=60)
    """Id of what it is about."""
    due_at: datetime = time_field(index=True)
    expires_at: datetime = time_field()
    attempt_count: int = Field(default=0)
    created_at: datetime = time_field()


class TenantHealth(Table, table=True):
    """How well a server is, slower to change than its figures."""

    __tablename__ = "tenant_health"

    tenant_id: str = Field(primary_key=True, foreign_key="tenant.id", max_length=40)
    state: str = Field(max_length=20)
    since: datetime = time_field()
    seen_state: str = Field(max_length=20)
    """What the last looks saw; becomes the state when it lasts."""
    seen_since: datetime = time_field()
