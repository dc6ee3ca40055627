"""
Engine and unit of work.

``read()`` gives a session that only reads, ``write()`` one transaction that is committed when the block
ends well and rolled back when it does not. Nothing else commits.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.whole_units import connector, whole_unit
from letsbe_app.telemetry import metrics


class Database:
    """One per process. Engines connect at first use, so building one is free."""

    def __init__(self, url: str) -> None:
        """
        Args:
            url: An async SQLAlchemy URL: ``sqlite+aiosqlite:///...`` or ``postgresql+psycopg://...``.
        """
        options: dict[str, Any] = {"async_creator": connector(url)} if url.startswith("sqlite") else {}
        self._engine = create_async_engine(url, pool_pre_ping=True, hide_parameters=True, **options)
        if self._engine.dialect.name == "sqlite":
            _configure_sqlite(self._engine)
        event.listen(self._engine.sync_engine, "handle_error", _count_error)

    @property
    def engine(self) -> AsyncEngine:
        return self._engine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are never kept."""
        with whole_unit():
            async with AsyncSession(self._engine, expire_on_commit=False) as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """
        A unit of work: all of it is committed, or none.

        On SQLite it takes the write lock at its start (``BEGIN IMMEDIATE``): a transaction that reads first
        and writes later would otherwise fail at once when another process wrote in between, without
        waiting for the busy timeout (https://www.sqlite.org/isolation.html).
        """
        options: dict[str, Any] = {}
        if self._engine.dialect.name == "sqlite":
            options["letsbe_write"] = True
        engine = self._engine.execution_options(**options)
        with whole_unit():
            async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
                yield session

    async def close(self) -> None:
        await self._engine.dispose()


def _count_error(context: Any) -> None:
    metrics.DATABASE_ERRORS.labels(type(context.original_exception).__name__).inc()


def _configure_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes too late and is always deferred; ours is sent below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        is_write = connection.get_execution_options().get("letsbe_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
