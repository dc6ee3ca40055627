"""Units of work that share a transaction: as if each were alone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.session import MOST_TOGETHER, Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/hub.db")
    async with database.write() as session:
        await session.exec(text("CREATE TABLE word (word TEXT PRIMARY KEY)"))  # type: ignore[call-overload]
    yield database
    await database.close()


async def _put(database: Database, word: str) -> str:
    async def unit(session: AsyncSession) -> str:
        await session.exec(text("INSERT INTO word VALUES (:word)").bindparams(word=word))  # type: ignore[call-overload]
        if word.startswith("bad"):
            raise ValueError(word)
        return word

    return await database.write_together(unit)


async def _words(database: Database) -> list[str]:
    async with database.read() as session:
        rows = await session.exec(text("SELECT word FROM word ORDER BY word"))  # type: ignore[call-overload]
        return [row[0] for row in rows]


async def test_each_gets_its_own_result_and_a_failure_takes_only_its_own_changes(database: Database) -> None:
    words = [f"{'bad' if number % 3 == 0 else 'good'}{number:03}" for number in range(MOST_TOGETHER + 5)]
    outcomes = await asyncio.gather(*(_put(database, word) for word in words), return_exceptions=True)
    for word, outcome in zip(words, outcomes, strict=True):
        assert (str(outcome), isinstance(outcome, ValueError)) == (word, word.startswith("bad"))
    assert await _words(database) == [word for word in words if word.startswith("good")]


async def test_it_is_committed_on_return_and_goes_on_after_a_cancelled_one(database: Database) -> None:
    cancelled = asyncio.create_task(_put(database, "first"))
    await asyncio.sleep(0)
    cancelled.cancel()
    assert await _put(database, "second") == "second"
    assert await _words(database) == ["first", "second"]


async def test_many_writers_of_one_process_take_turns(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.write() as session:
            await session.exec(text("INSERT INTO word VALUES (:word)").bindparams(word=str(number)))  # type: ignore[call-overload]

    await asyncio.gather(*(write(number) for number in range(40)))
    assert len(await _words(database)) == 40
