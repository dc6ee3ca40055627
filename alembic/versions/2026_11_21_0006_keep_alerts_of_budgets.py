"""
Keep alerts of budgets

Revision: 0006
Revises: 0005
Created: 2026-11-21 09:30:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

import letsbe_app.db.models.base

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this schema."""
    text = sqlmodel.sql.sqltypes.AutoString
    time = letsbe_app.db.models.base.UtcDateTime
    op.create_table(
        "usage_alert",
        sa.Column("id", text(length=40), nullable=False),
        sa.Column("tenant_id", text(length=40), nullable=False),
        sa.Column("agent_id", text(length=40), nullable=False),
        sa.Column("period", text(length=10), nullable=False),
        sa.Column("period_began_at", time(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("budget_tokens", sa.Integer(), nullable=False),
        sa.Column("used_tokens", sa.Integer(), nullable=False),
        sa.Column("note", text(length=500), nullable=False),
        sa.Column("reached_at", time(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "tenant_id",
            "agent_id",
            "period",
            "period_began_at",
            "budget_tokens",
            "percent",
            name="uq_usage_alert_part",
        ),
    )
    with op.batch_alter_table("usage_alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usage_alert_tenant_id"), ["tenant_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("usage_alert")
