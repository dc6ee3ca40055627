"""
Keep how long a question waits for a person

Revision: 0020
Revises: 0019
Created: 2026-11-22 21:30:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this schema."""
    column = sa.Column("approval_ttl_seconds", sa.Integer(), nullable=False, server_default="86400")
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.add_column(column)
    # Apart: SQLite makes the table anew for this, and the rows that are there need the default until then.
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.alter_column("approval_ttl_seconds", existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    """Go back to the schema before."""
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.drop_column("approval_ttl_seconds")
