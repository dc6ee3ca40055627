"""
Let staff repeat changes with an idempotency key

Revision: 0016
Revises: 0015
Created: 2026-11-21 18:20:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this schema."""
    with op.batch_alter_table("idempotent_request", schema=None) as batch_op:
        batch_op.alter_column("customer_id", existing_type=sa.String(length=40), nullable=True)


def downgrade() -> None:
    """Go back to the schema before."""
    op.execute("DELETE FROM idempotent_request WHERE customer_id IS NULL")
    with op.batch_alter_table("idempotent_request", schema=None) as batch_op:
        batch_op.alter_column("customer_id", existing_type=sa.String(length=40), nullable=False)
