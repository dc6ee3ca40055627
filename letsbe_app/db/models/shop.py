"""From a visitor's draft to a paid order."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field


class OnboardingDraft(Table, table=True):
    """What a customer has chosen so far in the wizard; one open draft per customer."""

    __tablename__ = "onboarding_draft"

    id: str = id_field()
    customer_id: str = ref("customer.id", unique=True)
    business_description: str = Field(default="", max_length=4_000)
    bundle_id: str | None = Field(default=None, max_length=40)
    tool_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    plan_id: str | None = Field(default=None, max_length=40)
    server_name: str = Field(default="", max_length=63)
    step: str = Field(default="business", max_length=20)
    updated_at: datetime = time_field()


class OrderStatus(StrEnum):
    """Lifecycle of an order; ``shop/orders/lifecycle.py`` holds the allowed moves."""

    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    PROVISIONING = "provisioning"
    ACTIVE = "active"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Order(Table, table=True):
    """A plan with tools for one server."""

    __tablename__ = "customer_order"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    plan_id: str = Field(max_length=40)
    bundle_id: str | None = Field(default=None, max_length=40)
    tool_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    server_name: str = Field(max_length=63)
    price_cents: int
    currency: str = Field(default="EUR", max_length=3)
    status: str = Field(default=OrderStatus.AWAITING_PAYMENT, max_length=30, index=True)
    failure: str = Field(default="", max_length=1_000)
    created_at: datetime = time_field()
    paid_at: datetime | None = time_field(nullable=True)


class PaymentEvent(Table, table=True):
    """A payment gateway's event, stored once before anything acts on it."""

    __tablename__ = "payment_event"
    __table_args__ = (UniqueConstraint("gateway", "event_id", name="uq_payment_event_gateway_event"),)

    id: str = id_field()
    gateway: str = Field(max_length=20)
    event_id: str = Field(max_length=255)
    kind: str = Field(max_length=80)
    order_id: str | None = ref("customer_order.id", nullable=True)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    received_at: datetime = time_field()


class FoundingMember(Table, table=True):
    """One of the first 100 paying accounts. The unique number is what makes 101 impossible."""

    __tablename__ = "founding_member"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    customer_id: str = ref("customer.id", unique=True)
    order_id: str = ref("customer_order.id")
    claimed_at: datetime = time_field()
    ends_at: datetime = time_field()
