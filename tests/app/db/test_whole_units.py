"""Cancellation in the middle of units of work."""

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from letsbe_app.db import whole_units
from letsbe_app.db.session import Database


@pytest.fixture
async def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'hub.db'}")
    async with database.write() as session:
        await session.exec(text("CREATE TABLE t (a INTEGER)"))  # type: ignore[call-overload]
    return database


async def write(database: Database) -> None:
    async with database.write() as session:
        await session.exec(text("INSERT INTO t VALUES (1)"))  # type: ignore[call-overload]
        await session.exec(text("INSERT INTO t VALUES (2)"))  # type: ignore[call-overload]


@pytest.mark.slow
async def test_cancelled_writers_leave_no_lock_and_no_half_unit(database: Database) -> None:
    moments = random.Random(1)
    for _ in range(60):
        writers = [asyncio.create_task(write(database)) for _ in range(3)]
        await asyncio.sleep(moments.uniform(0, 0.01))
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        async with asyncio.timeout(30):
            await write(database)
    async with database.read() as session:
        rows = (await session.exec(text("SELECT a, count(*) FROM t GROUP BY a"))).all()  # type: ignore[call-overload]
    assert rows[0][1] == rows[1][1] >= 60
    await database.close()


async def test_cancellation_takes_effect_behind_the_unit(database: Database) -> None:
    begun = asyncio.Event()
    went_on = []

    async def work() -> None:
        async with database.write() as session:
            begun.set()
            await session.exec(text("INSERT INTO t VALUES (1)"))  # type: ignore[call-overload]
        await asyncio.sleep(0)
        went_on.append(True)

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert went_on == []
    await database.close()


async def test_cancellation_is_not_taken_for_the_end_of_what_comes_next(database: Database) -> None:
    begun = asyncio.Event()
    went_on = []

    async def work() -> None:
        async with database.read() as session:
            begun.set()
            await session.exec(text("SELECT a FROM t"))  # type: ignore[call-overload]
        # So does Redis' client look whether a connection has something to read.
        with suppress(TimeoutError):
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        went_on.append(True)

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert went_on == []
    await database.close()


async def test_cancellation_that_comes_with_an_answer_of_the_driver_is_not_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    went_on = []
    begun: list[asyncio.Task[Any]] = []

    async def work() -> None:
        async with database.read() as session:
            await session.exec(text("SELECT a FROM t"))  # type: ignore[call-overload]
        await asyncio.sleep(0)
        went_on.append(True)

    task = asyncio.create_task(work())

    def begin_call(call: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        begun.append(asyncio.get_running_loop().create_task(call))
        if len(begun) == 3:
            begun[-1].add_done_callback(lambda _: task.cancel())
        return begun[-1]

    monkeypatch.setattr(whole_units, "begin_call", begin_call)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert went_on == []
    await database.close()


async def test_timeout_recognises_its_own_cancellation(database: Database) -> None:
    async with database.write() as holder:
        await holder.exec(text("INSERT INTO t VALUES (1)"))  # type: ignore[call-overload]
        blocked = asyncio.create_task(_write_within(database, 0.05))
        await asyncio.sleep(0.2)
    with pytest.raises(TimeoutError):
        await blocked
    await database.close()


async def _write_within(database: Database, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await write(database)
