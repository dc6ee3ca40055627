"""
Let people in safely

Revision: 0007
Revises: 0006
Created: 2026-11-21 09:27:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_text = sqlmodel.sql.sqltypes.AutoString


def _time(name: str, *, nullable: bool = False) -> "sa.Column[sa.DateTime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Go to this schema."""
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(_time("email_confirmed_at", nullable=True))
        batch_op.add_column(_time("removed_at", nullable=True))
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_api_key_hash", _text(length=64), nullable=True))
        batch_op.create_unique_constraint("uq_tenant_next_api_key_hash", ["next_api_key_hash"])
    op.create_table(
        "account_token",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", _text(length=40), nullable=False),
        sa.Column("purpose", _text(length=10), nullable=False),
        sa.Column("token_hash", _text(length=64), nullable=False),
        sa.Column("email", _text(length=254), nullable=False),
        _time("expires_at"),
        _time("used_at", nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_account_token_user_id", "account_token", ["user_id"])
    op.create_index("ix_account_token_expires_at", "account_token", ["expires_at"])
    op.create_table(
        "second_factor",
        sa.Column("user_id", _text(length=40), nullable=False),
        sa.Column("secret", _text(length=255), nullable=False),
        sa.Column("used_step", sa.Integer(), nullable=False),
        _time("confirmed_at", nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", _text(length=40), nullable=False),
        sa.Column("code_hash", _text(length=64), nullable=False),
        _time("used_at", nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_hash"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", _text(length=40), nullable=False),
        sa.Column("email", _text(length=254), nullable=False),
        sa.Column("role", _text(length=20), nullable=False),
        sa.Column("token_hash", _text(length=64), nullable=False),
        sa.Column("invited_by_user_id", _text(length=40), nullable=True),
        _time("expires_at"),
        _time("settled_at", nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["invited_by_user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_invitation_customer_id", "invitation", ["customer_id"])
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", _text(length=40), nullable=False),
        sa.Column("user_id", _text(length=40), nullable=False),
        sa.Column("name", _text(length=60), nullable=False),
        sa.Column("prefix", _text(length=16), nullable=False),
        sa.Column("key_hash", _text(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        _time("last_used_at", nullable=True),
        _time("revoked_at", nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_hash"),
    )
    op.create_index("ix_api_key_customer_id", "api_key", ["customer_id"])
    op.create_index("ix_api_key_user_id", "api_key", ["user_id"])


def downgrade() -> None:
    """Go back."""
    for table in ("api_key", "invitation", "recovery_code", "second_factor", "account_token"):
        op.drop_table(table)
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.drop_constraint("uq_tenant_next_api_key_hash", type_="unique")
        batch_op.drop_column("next_api_key_hash")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_column("removed_at")
        batch_op.drop_column("email_confirmed_at")
