"""
Keep what became of an approved call, and how long it may run unasked

Revision: 0019
Revises: 0018
Created: 2026-11-22 18:10:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

import letsbe_app.db.models.base

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TEXTS = {"outcome": sqlmodel.sql.sqltypes.AutoString(length=20), "became": sa.Text()}
_TIMES = ("remembered_until", "withdrawal_asked_at")


def upgrade() -> None:
    """Go to this schema."""
    with op.batch_alter_table("command_approval", schema=None) as batch_op:
        for name, kind in _TEXTS.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        for name in _TIMES:
            batch_op.add_column(sa.Column(name, letsbe_app.db.models.base.UtcDateTime(), nullable=True))
    # Apart: SQLite makes the table anew for this, and the rows that are there need the default until then.
    with op.batch_alter_table("command_approval", schema=None) as batch_op:
        for name, kind in _TEXTS.items():
            batch_op.alter_column(name, existing_type=kind, server_default=None)


def downgrade() -> None:
    """Go back to the schema before."""
    with op.batch_alter_table("command_approval", schema=None) as batch_op:
        for name in (*_TIMES, *_TEXTS):
            batch_op.drop_column(name)
