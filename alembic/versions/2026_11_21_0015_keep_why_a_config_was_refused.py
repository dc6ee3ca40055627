"""
Keep why a server refused a configuration

Revision: 0015
Revises: 0014
Created: 2026-11-21 16:20:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this schema."""
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "config_refusal",
                sqlmodel.sql.sqltypes.AutoString(length=500),
                nullable=False,
                server_default="",
            )
        )
    # Apart: SQLite makes the table anew for this, and the rows that are there need the default until then.
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.alter_column("config_refusal", server_default=None)


def downgrade() -> None:
    """Go back to the schema before."""
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.drop_column("config_refusal")
