"""
Seal what changes say of files

Changes from before stay readable as they are; whatever is written from now on is sealed.

Revision: 0013
Revises: 0012
Created: 2026-11-21 15:30:00
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_LENGTHS = {"path": 500, "moved_from": 500, "setting": 120, "detail": 500}


def upgrade() -> None:
    """Go to this schema."""
    with op.batch_alter_table("file_change", schema=None) as batch_op:
        for name, length in _LENGTHS.items():
            batch_op.alter_column(name, existing_type=_text(length), type_=sa.Text())


def downgrade() -> None:
    """Go back; only possible while nothing is sealed, since sealed text is longer."""
    with op.batch_alter_table("file_change", schema=None) as batch_op:
        for name, length in _LENGTHS.items():
            batch_op.alter_column(name, existing_type=sa.Text(), type_=_text(length))


def _text(length: int) -> sa.types.TypeEngine[str]:
    return sqlmodel.sql.sqltypes.AutoString(length=length)
