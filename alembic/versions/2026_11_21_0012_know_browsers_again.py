"""
Know browsers again, and let businesses demand a second factor

Revision: 0012
Revises: 0011
Created: 2026-11-21 15:20:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this schema."""
    demanded = sa.Column("requires_second_factor", sa.Boolean(), nullable=False, server_default=sa.false())
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(demanded)
    device = sa.Column(
        "device_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False, server_default=""
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.add_column(device)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_column("device_hash")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_column("requires_second_factor")
