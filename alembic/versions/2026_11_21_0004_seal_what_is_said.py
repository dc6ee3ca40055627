"""
Seal what is said

Rows from before stay readable as they are; whatever is written from now on is sealed.

Revision: 0004
Revises: 0003
Created: 2026-11-21 09:10:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_JSON_COLUMNS = (("message", "tool_calls"), ("tenant_outbox", "payload"))
_KEY = sqlmodel.sql.sqltypes.AutoString(length=255)


def upgrade() -> None:
    """Go to this schema."""
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("content_key", _KEY, nullable=False, server_default=""))
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.alter_column("content_key", existing_type=_KEY, server_default=None)
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.alter_column("title", existing_type=sa.String(length=120), type_=sa.Text())
    for table, column in _JSON_COLUMNS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(
                column, existing_type=sa.JSON(), type_=sa.Text(), postgresql_using=f"{column}::text"
            )


def downgrade() -> None:
    """Go back; only possible while nothing is sealed, since sealed text is not JSON."""
    for table, column in reversed(_JSON_COLUMNS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(
                column, existing_type=sa.Text(), type_=sa.JSON(), postgresql_using=f"{column}::json"
            )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.alter_column("title", existing_type=sa.Text(), type_=sa.String(length=120))
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.drop_column("content_key")
