"""
Keep changes of files and heads of audit trails; remind of approvals

Revision: 0003
Revises: 0002
Created: 2026-11-21 09:06:05.091984
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "file_change",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", _text(40), nullable=False),
        sa.Column("conversation_id", _text(40), nullable=True),
        sa.Column("agent_id", _text(40), nullable=False),
        sa.Column("tool_call_id", _text(120), nullable=False),
        sa.Column("change", _text(20), nullable=False),
        sa.Column("path", _text(500), nullable=False),
        sa.Column("moved_from", _text(500), nullable=False),
        sa.Column("setting", _text(120), nullable=False),
        sa.Column("diff", sa.Text(), nullable=False),
        sa.Column("undoes", _text(40), nullable=False),
        sa.Column("made_by", _text(80), nullable=False),
        sa.Column("can_undo", sa.Boolean(), nullable=False),
        sa.Column("status", _text(20), nullable=False),
        sa.Column("detail", _text(500), nullable=False),
        sa.Column("requested_by_user_id", _text(40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["requested_by_user_id"], ["user_account.id"]),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("file_change", schema=None) as batch_op:
        batch_op.create_index("ix_file_change_recent", ["tenant_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_file_change_conversation_id"), ["conversation_id"], unique=False)
    op.create_table(
        "tenant_audit_head",
        sa.Column("tenant_id", _text(40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("head", _text(64), nullable=False),
        sa.Column("public_key", _text(64), nullable=False),
        sa.Column("signature", _text(128), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", _text(40), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant_id", "count", "head"),
    )
    with op.batch_alter_table("command_approval", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_by", _text(80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("reminder_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("next_reminder_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_command_approval_next_reminder_at"), ["next_reminder_at"], unique=False
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("command_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_command_approval_next_reminder_at"))
        batch_op.drop_column("next_reminder_at")
        batch_op.drop_column("reminder_count")
        batch_op.drop_column("settled_by")
    op.drop_table("tenant_audit_head")
    with op.batch_alter_table("file_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_change_conversation_id"))
        batch_op.drop_index("ix_file_change_recent")
    op.drop_table("file_change")
