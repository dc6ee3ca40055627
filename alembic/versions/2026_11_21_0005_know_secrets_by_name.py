"""
Know secrets by name: servers' lists, what people ask of them, alarms of planted ones

Revision: 0005
Revises: 0004
Created: 2026-11-21 09:18:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "tenant_secret_list",
        sa.Column("tenant_id", _text(40), nullable=False),
        sa.Column("secrets", sa.JSON(), nullable=False),
        sa.Column("is_cut", sa.Boolean(), nullable=False),
        _time("received_at"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant_id"),
    )
    op.create_table(
        "secret_request",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", _text(40), nullable=False),
        sa.Column("user_id", _text(40), nullable=False),
        sa.Column("action", _text(20), nullable=False),
        sa.Column("name", _text(63), nullable=False),
        sa.Column("outbox_id", _text(40), nullable=False),
        sa.Column("status", _text(20), nullable=False),
        sa.Column("detail", _text(500), nullable=False),
        _time("created_at"),
        _time("expires_at"),
        _time("settled_at", nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("secret_request", schema=None) as batch_op:
        batch_op.create_index("ix_secret_request_waiting", ["tenant_id", "status"], unique=False)
    op.create_table(
        "canary_alarm",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", _text(40), nullable=False),
        sa.Column("name", _text(63), nullable=False),
        sa.Column("door", _text(40), nullable=False),
        _time("seen_at"),
        _time("acknowledged_at", nullable=True),
        sa.Column("acknowledged_by_user_id", _text(40), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["acknowledged_by_user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("canary_alarm", schema=None) as batch_op:
        batch_op.create_index("ix_canary_alarm_open", ["tenant_id", "acknowledged_at"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("canary_alarm", schema=None) as batch_op:
        batch_op.drop_index("ix_canary_alarm_open")
    op.drop_table("canary_alarm")
    with op.batch_alter_table("secret_request", schema=None) as batch_op:
        batch_op.drop_index("ix_secret_request_waiting")
    op.drop_table("secret_request")
    op.drop_table("tenant_secret_list")
