"""Units of work that share a transaction: as if each were alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.session import MOST_TOGETHER, Database

Unit = Callable[[AsyncSession], Awaitable[None]]


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


def _statement(sql: str, **values: object) -> Unit:
    async def unit(session: AsyncSession) -> None:
        await session.exec(text(sql).bindparams(**values))  # type: ignore[call-overload]

    return unit


async def _give_up(_session: AsyncSession) -> None:
    raise asyncio.CancelledError


BAD: Final[dict[str, Unit]] = {
    "a constraint": _statement("INSERT INTO word VALUES ('good0'), ('good0')"),
    "a key of nothing": _statement("INSERT INTO line VALUES (1, 'nowhere')"),
    "a number that is too large": _statement("INSERT INTO word VALUES (:word)", word=2**70),
    "a text that is none": _statement("INSERT INTO word VALUES (:word)", word="\ud800"),
    "a value of no kind": _statement("INSERT INTO word VALUES (:word)", word=object()),
    "a statement that is none": _statement("INSERT INTO nowhere VALUES (1)"),
    "one that gave up": _give_up,
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_what_one_does_wrong_harms_no_other(database: Database, bad: Unit) -> None:
    async with database.write() as session:
        table = "CREATE TABLE line (id INT, word TEXT REFERENCES word (word))"
        await session.exec(text(table))  # type: ignore[call-overload]
    waiting = [
        asyncio.gather(database.write_together(bad), return_exceptions=True),
        *(asyncio.create_task(_put(database, f"good{number}")) for number in range(3)),
    ]
    [failure], *words = await asyncio.wait_for(asyncio.gather(*waiting), 10)

    assert isinstance(failure, BaseException)
    assert words == ["good0", "good1", "good2"] == await _words(database)
    assert await _put(database, "later") == "later"


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


async def test_when_the_writer_is_ended_nobody_waits_for_ever(database: Database) -> None:
    begun, forever = asyncio.Event(), asyncio.Event()

    async def unit(_session: AsyncSession) -> None:
        begun.set()
        await forever.wait()

    waiting = [asyncio.create_task(database.write_together(unit)) for _ in range(2)]
    await begun.wait()
    [writer] = [task for task in asyncio.all_tasks() if task.get_name() == "write-together"]
    writer.cancel()
    outcomes = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 10)

    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * 2
    assert await _put(database, "later") == "later"
