"""
Seal what approvals ask, and keep files and agents' versions

Approvals from before stay readable as they are; whatever is written from now on is sealed.

Revision: 0010
Revises: 0009
Created: 2026-11-21 12:10:00
"""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_Text = sqlmodel.sql.sqltypes.AutoString
_TIME = sa.DateTime(timezone=True)
_WORDS = {"summary": "", "reason": "", "risk": "", "diff": ""}
_PARTS = {"argv": "[]", "tool_args": "{}"}


def upgrade() -> None:
    """Go to this schema."""
    _create_tables()
    _add("agent", sa.Column("has_premium", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("agent", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_agent_id", _Text(length=40), nullable=True))
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retention_days", sa.Integer(), nullable=True))
    _add("conversation", sa.Column("taken_back_run", sa.Integer(), nullable=False, server_default="0"))
    _add("message", sa.Column("attachments", sa.Text(), nullable=False, server_default=""))
    _add("command_approval", sa.Column("content", sa.Text(), nullable=False, server_default=""))
    _gather_content()
    with op.batch_alter_table("command_approval", schema=None) as batch_op:
        batch_op.alter_column(
            "decision", existing_type=sa.JSON(), type_=sa.Text(), postgresql_using="decision::text"
        )
        batch_op.alter_column("detail", existing_type=_Text(length=500), type_=sa.Text())
        for name in (*_WORDS, *_PARTS):
            batch_op.drop_column(name)


def downgrade() -> None:
    """Go back; only possible while nothing is sealed, since sealed text is not JSON."""
    with op.batch_alter_table("command_approval", schema=None) as batch_op:
        for name, default in _WORDS.items():
            batch_op.add_column(sa.Column(name, _old_type(name), nullable=False, server_default=default))
        for name, default in _PARTS.items():
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default=default))
        batch_op.alter_column("detail", existing_type=sa.Text(), type_=_Text(length=500))
        batch_op.alter_column(
            "decision", existing_type=sa.Text(), type_=sa.JSON(), postgresql_using="decision::json"
        )
    _spread_content()
    with op.batch_alter_table("command_approval", schema=None) as batch_op:
        batch_op.drop_column("content")
    for table, name in (
        ("message", "attachments"),
        ("conversation", "taken_back_run"),
        ("customer", "retention_days"),
        ("agent", "parent_agent_id"),
        ("agent", "has_premium"),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(name)
    for table in ("attachment", "agent_version", "agent_budget"):
        op.drop_table(table)


def _add(table: str, column: sa.Column[Any]) -> None:
    """Add a column to rows that are there; the default is for them alone."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(column)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column(column.name, existing_type=column.type, server_default=None)


def _approvals() -> sa.TableClause:
    columns = [sa.column("id"), sa.column("content", sa.Text()), sa.column("decision", sa.JSON())]
    columns += [sa.column(name, sa.Text()) for name in _WORDS]
    return sa.table("command_approval", *columns, *[sa.column(name, sa.JSON()) for name in _PARTS])


def _gather_content() -> None:
    approvals, connection = _approvals(), op.get_bind()
    names = (*_WORDS, *_PARTS)
    for row in connection.execute(sa.select(approvals.c.id, *[approvals.c[name] for name in names])).all():
        content = json.dumps({name: getattr(row, name) for name in names})
        connection.execute(approvals.update().where(approvals.c.id == row.id).values(content=content))


def _spread_content() -> None:
    approvals, connection = _approvals(), op.get_bind()
    for row in connection.execute(sa.select(approvals.c.id, approvals.c.content)).all():
        connection.execute(
            approvals.update().where(approvals.c.id == row.id).values(**json.loads(row.content))
        )


def _old_type(name: str) -> sa.types.TypeEngine[str]:
    return sa.Text() if name == "diff" else _Text(length=300 if name == "summary" else 1_000)


def _create_tables() -> None:
    op.create_table(
        "agent_budget",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", _Text(length=40), nullable=False),
        sa.Column("agent_id", _Text(length=40), nullable=False),
        sa.Column("period", _Text(length=10), nullable=False),
        sa.Column("with_sub_agents", sa.Boolean(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "tenant_id", "agent_id", "period", "with_sub_agents", name="uq_agent_budget_kind"
        ),
    )
    op.create_index("ix_agent_budget_tenant_id", "agent_budget", ["tenant_id"])
    op.create_table(
        "agent_version",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", _Text(length=40), nullable=False),
        sa.Column("agent_id", _Text(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("restored_number", sa.Integer(), nullable=True),
        sa.Column("changed_by_user_id", _Text(length=40), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["changed_by_user_id"], ["user_account.id"]),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant_id", "agent_id", "number", name="uq_agent_version_number"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", _Text(length=40), nullable=False),
        sa.Column("user_id", _Text(length=40), nullable=False),
        sa.Column("message_id", _Text(length=40), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", _Text(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.Column("status", _Text(length=20), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attachment_expires_at", "attachment", ["expires_at"])
    op.create_index("ix_attachment_message_id", "attachment", ["message_id"])
    op.create_index("ix_attachment_waiting", "attachment", ["tenant_id", "status"])
