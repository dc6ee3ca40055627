"""
Know passkeys and staff

Revision: 0008
Revises: 0007
Created: 2026-11-21 11:55:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_text = sqlmodel.sql.sqltypes.AutoString


def _time(name: str, *, nullable: bool = False) -> "sa.Column[sa.DateTime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("user_id", _text(length=40), nullable=False),
        sa.Column("name", _text(length=60), nullable=False),
        sa.Column("credential_id", _text(length=1_400), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("use_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        _time("last_used_at", nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential_id"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_table(
        "staff_member",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("email", _text(length=254), nullable=False),
        sa.Column("role", _text(length=20), nullable=False),
        sa.Column("password_hash", _text(length=255), nullable=False),
        sa.Column("factor_secret", _text(length=255), nullable=False),
        sa.Column("factor_step", sa.Integer(), nullable=False),
        sa.Column("join_token_hash", _text(length=64), nullable=True),
        _time("join_expires_at", nullable=True),
        _time("joined_at", nullable=True),
        _time("removed_at", nullable=True),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("join_token_hash"),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("staff_id", _text(length=40), nullable=False),
        sa.Column("token_hash", _text(length=64), nullable=False),
        sa.Column("user_agent", _text(length=300), nullable=False),
        _time("created_at"),
        _time("last_seen_at"),
        _time("expires_at"),
        _time("revoked_at", nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"])
    op.create_table(
        "support_grant",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", _text(length=40), nullable=False),
        sa.Column("granted_by_user_id", _text(length=40), nullable=False),
        _time("expires_at"),
        _time("revoked_at", nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["granted_by_user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_support_grant_customer_id", "support_grant", ["customer_id"])
    op.create_table(
        "support_visit",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("grant_id", _text(length=40), nullable=False),
        sa.Column("customer_id", _text(length=40), nullable=False),
        sa.Column("staff_id", _text(length=40), nullable=False),
        sa.Column("reason", _text(length=300), nullable=False),
        sa.Column("token_hash", _text(length=64), nullable=False),
        _time("ended_at", nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["grant_id"], ["support_grant.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_support_visit_customer_id", "support_visit", ["customer_id"])
    op.create_index("ix_support_visit_grant_id", "support_visit", ["grant_id"])


def downgrade() -> None:
    """Go back."""
    for table in ("support_visit", "support_grant", "staff_session", "staff_member", "passkey"):
        op.drop_table(table)
