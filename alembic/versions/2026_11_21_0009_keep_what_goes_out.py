"""
Keep what goes out

Revision: 0009
Revises: 0008
Created: 2026-11-21 12:00:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_text = sqlmodel.sql.sqltypes.AutoString


def _time(name: str, *, nullable: bool = False) -> "sa.Column[sa.DateTime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "outgoing_event",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", _text(length=40), nullable=False),
        sa.Column("tenant_id", _text(length=40), nullable=True),
        sa.Column("type", _text(length=60), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        _time("created_at"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outgoing_event_customer_id", "outgoing_event", ["customer_id"])
    op.create_index("ix_outgoing_event_tenant_id", "outgoing_event", ["tenant_id"])
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", _text(length=40), nullable=False),
        sa.Column("url", _text(length=2000), nullable=False),
        sa.Column("description", _text(length=120), nullable=False),
        sa.Column("event_types", sa.JSON(), nullable=False),
        sa.Column("secret", _text(length=255), nullable=False),
        sa.Column("previous_secret", _text(length=255), nullable=False),
        _time("previous_until", nullable=True),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        _time("failing_since", nullable=True),
        _time("disabled_at", nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_webhook_endpoint_customer_id", "webhook_endpoint", ["customer_id"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", _text(length=40), nullable=False),
        sa.Column("endpoint_id", _text(length=40), nullable=False),
        sa.Column("event_id", _text(length=40), nullable=False),
        sa.Column("event_type", _text(length=60), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("status", _text(length=20), nullable=False),
        sa.Column("tries", sa.JSON(), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        _time("next_attempt_at", nullable=True),
        _time("created_at"),
        _time("settled_at", nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoint.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_webhook_delivery_customer_id", "webhook_delivery", ["customer_id"])
    op.create_index("ix_webhook_delivery_due", "webhook_delivery", ["status", "next_attempt_at"])
    op.create_index("ix_webhook_delivery_endpoint", "webhook_delivery", ["endpoint_id", "id"])
    op.create_table(
        "mail_outbox",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", _text(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        _time("next_attempt_at"),
        _time("created_at"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_mail_outbox_customer_id", "mail_outbox", ["customer_id"])
    op.create_index("ix_mail_outbox_next_attempt_at", "mail_outbox", ["next_attempt_at"])
    op.create_table(
        "notice_preference",
        sa.Column("user_id", _text(length=40), nullable=False),
        sa.Column("has_push", sa.Boolean(), nullable=False),
        sa.Column("has_email", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", _text(length=5), nullable=False),
        sa.Column("quiet_until", _text(length=5), nullable=False),
        sa.Column("time_zone", _text(length=60), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", _text(length=40), nullable=False),
        sa.Column("user_id", _text(length=40), nullable=False),
        sa.Column("address_hash", _text(length=64), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("device", _text(length=300), nullable=False),
        _time("created_at"),
        _time("last_used_at", nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("address_hash"),
    )
    op.create_index("ix_push_subscription_customer_id", "push_subscription", ["customer_id"])
    op.create_index("ix_push_subscription_user_id", "push_subscription", ["user_id"])
    op.create_table(
        "waiting_notice",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", _text(length=40), nullable=False),
        sa.Column("user_id", _text(length=40), nullable=False),
        sa.Column("channel", _text(length=10), nullable=False),
        sa.Column("kind", _text(length=30), nullable=False),
        sa.Column("subject", _text(length=60), nullable=False),
        _time("due_at"),
        _time("expires_at"),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        _time("created_at"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_waiting_notice_customer_id", "waiting_notice", ["customer_id"])
    op.create_index("ix_waiting_notice_due_at", "waiting_notice", ["due_at"])
    op.create_index("ix_waiting_notice_user_id", "waiting_notice", ["user_id"])
    op.create_table(
        "tenant_health",
        sa.Column("tenant_id", _text(length=40), nullable=False),
        sa.Column("state", _text(length=20), nullable=False),
        _time("since"),
        sa.Column("seen_state", _text(length=20), nullable=False),
        _time("seen_since"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant_id"),
    )


def downgrade() -> None:
    """Go back."""
    for table in (
        "tenant_health",
        "waiting_notice",
        "push_subscription",
        "notice_preference",
        "mail_outbox",
        "webhook_delivery",
        "webhook_endpoint",
        "outgoing_event",
    ):
        op.drop_table(table)
