"""
Keep in whose work a planted secret turned up

Revision: 0018
Revises: 0017
Created: 2026-11-22 18:45:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NEW = ("agent_id", "conversation_id")


def upgrade() -> None:
    """Go to this schema."""
    with op.batch_alter_table("canary_alarm", schema=None) as batch_op:
        for name in _NEW:
            column = sa.Column(
                name, sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False, server_default=""
            )
            batch_op.add_column(column)
    # Apart: SQLite makes the table anew for this, and the rows that are there need the default until then.
    with op.batch_alter_table("canary_alarm", schema=None) as batch_op:
        for name in _NEW:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    """Go back to the schema before."""
    with op.batch_alter_table("canary_alarm", schema=None) as batch_op:
        for name in _NEW:
            batch_op.drop_column(name)
