"""How migrations reach the database: with its plain driver, in one transaction."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import create_engine, pool
from sqlmodel import SQLModel

from letsbe_app.db import models
from letsbe_app.db.models.base import UtcDateTime
from letsbe_app.settings import load_settings

METADATA = models.Tenant.metadata
assert METADATA is SQLModel.metadata


def render_item(kind: str, item: object, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our time column by what it is in the database, so that migrations do not import the models."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def is_same_type(
    _context: object, _inspected: object, _column: object, _type: object, ours: object
) -> bool | None:
    """Leave the comparison to Alembic, except for our time column, which it does not know."""
    return False if isinstance(ours, UtcDateTime) else None


def migrate() -> None:
    """Run the migrations that the command asked for."""
    settings = load_settings()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(settings.sync_database_url(), poolclass=pool.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_item=render_item,
            compare_type=is_same_type,
            # SQLite changes columns by copying the table.
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database: run them without --sql.")
migrate()
