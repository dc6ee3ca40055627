"""
Engine and unit of work.

``read()`` gives a session that only reads, ``write()`` one transaction that is committed when the block
ends well and rolled back when it does not. Nothing else commits.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.whole_units import connector, short_statements, whole_unit
from letsbe_app.telemetry import metrics

Result = TypeVar("Result")
SWITCH_SECONDS: Final = 0.0005
MOST_TOGETHER: Final = 64
"""Units in one transaction: others wait for it."""


class Database:
    """One per process. Engines connect at first use, so building one is free."""

    def __init__(self, url: str) -> None:
        """
        Args:
            url: An async SQLAlchemy URL: ``sqlite+aiosqlite:///...`` or ``postgresql+psycopg://...``.
        """
        options: dict[str, Any] = {"pool_pre_ping": True}
        if url.startswith("sqlite"):
            # A file does not go away: asking it before each unit would only cost.
            options = {"async_creator": connector(url)}
            # Statements run in threads, which by default wait 5 ms for a busy event loop, at each step.
            sys.setswitchinterval(SWITCH_SECONDS)
        self._engine = create_async_engine(url, hide_parameters=True, **options)
        self._turn = asyncio.Lock()
        self._together: list[_Unit] = []
        if self._engine.dialect.name == "sqlite":
            _configure_sqlite(self._engine)
        event.listen(self._engine.sync_engine, "handle_error", _count_error)

    @property
    def engine(self) -> AsyncEngine:
        return self._engine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are never kept."""
        async with whole_unit(), AsyncSession(self._engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """
        A unit of work: all of it is committed, or none.

        On SQLite it takes the write lock at its start (``BEGIN IMMEDIATE``): a transaction that reads first
        and writes later would otherwise fail at once when another process wrote in between, without
        waiting for the busy timeout (https://www.sqlite.org/isolation.html). Those of one process take
        turns: SQLite lets them poll for the lock, and in a crowd one may find it taken until it gives up.
        """
        if self._engine.dialect.name != "sqlite":
            async with self._unit(self._engine) as session:
                yield session
            return
        async with self._turn, self._unit(self._engine.execution_options(letsbe_write=True)) as session:
            yield session

    async def write_together(self, unit: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
        """
        As a unit of work of its own; on SQLite in one transaction with others that come in the same moment.

        There a commit is most of what a short unit costs, and only one writes at a time. Each unit has a
        savepoint, so that one that fails takes nothing of the others with it. On return it is committed.

        Args:
            unit: Is called once, and gives no rows back: those belong to the session.
        """
        if self._engine.dialect.name != "sqlite":
            async with self.write() as session:
                return await unit(session)
        mine = _Unit(unit, asyncio.get_running_loop().create_future())
        self._together.append(mine)
        if len(self._together) == 1:
            self._writer = asyncio.create_task(self._write_all(), name="write-together")
        result: Result = await asyncio.shield(mine.done)
        return result

    async def _write_all(self) -> None:
        try:
            while self._together:
                await self._write_some()
        finally:
            # Ended from outside: nobody is to wait for ever.
            for unit in self._together:
                unit.done.cancel()
            self._together.clear()

    async def _write_some(self) -> None:
        units: list[_Unit] = []
        try:
            async with self.write() as session:
                # Begun here, where it may wait for the lock of another process.
                await session.connection()
                # Taken when it is our turn: until then more may have come.
                units = self._together[:MOST_TOGETHER]
                outcomes = []
                for unit in units:
                    outcomes.append(await unit.run(session))
                    await asyncio.sleep(0)  # Tokens need not wait for all of them.
        except Exception as exc:  # noqa: BLE001  # belongs to those who wait
            units = units or self._together[:MOST_TOGETHER]
            outcomes = [_Failure(exc)] * len(units)
        del self._together[: len(units)]
        for unit, outcome in zip(units, outcomes, strict=True):
            unit.settle(outcome)

    @asynccontextmanager
    async def _unit(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        async with whole_unit(), AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            yield session

    async def close(self) -> None:
        await self._engine.dispose()


@dataclass(frozen=True)
class _Failure:
    error: BaseException


class _Unit:
    """One of those that are written together."""

    def __init__(self, work: Callable[[AsyncSession], Awaitable[Any]], done: asyncio.Future[Any]) -> None:
        self._work = work
        self.done = done

    async def run(self, session: AsyncSession) -> Any:
        """Its result, or what it raised."""
        try:
            with short_statements():
                async with session.begin_nested():
                    result = await self._work(session)
        except asyncio.CancelledError as exc:
            writer = asyncio.current_task()
            if writer is not None and writer.cancelling():
                raise
            # It gave up by itself, which is nothing to the others.
            return _Failure(exc)
        except Exception as exc:  # noqa: BLE001  # belongs to whoever waits
            return _Failure(exc)
        finally:
            # What one unit has read is no business of the next.
            session.expunge_all()
        return result

    def settle(self, outcome: Any) -> None:
        if self.done.done():
            return
        if isinstance(outcome, _Failure) and isinstance(outcome.error, asyncio.CancelledError):
            self.done.cancel()
        elif isinstance(outcome, _Failure):
            self.done.set_exception(outcome.error)
            # Looked at, in case who waited is gone.
            self.done.exception()
        else:
            self.done.set_result(outcome)


def _count_error(context: Any) -> None:
    metrics.DATABASE_ERRORS.labels(type(context.original_exception).__name__).inc()


_SQLITE: Final = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    # What people delete, and secrets that are taken out of a text, shall not linger in free pages.
    "secure_delete=ON",
)


def _configure_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes too late and is always deferred; ours is sent below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _SQLITE:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        is_write = connection.get_execution_options().get("letsbe_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
