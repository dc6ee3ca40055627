"""Group commit."""

import asyncio
from collections.abc import Mapping

import pytest

from letsbe_app.kit.batches import Batches

MOST = 3


class Book:
    """Notes each batch; the first one waits until it may go on."""

    def __init__(self) -> None:
        self.written: list[dict[str, int]] = []
        self.may_go_on = asyncio.Event()
        self.has_begun = asyncio.Event()

    async def write(self, batch: Mapping[str, int]) -> Mapping[str, int]:
        self.written.append(dict(batch))
        self.has_begun.set()
        await self.may_go_on.wait()
        if "bad" in batch:
            raise ValueError("bad")
        return {key: value * 10 for key, value in batch.items() if key != "unknown"}


async def test_a_crowd_shares_the_next_batch_and_the_newest_of_a_key_counts() -> None:
    book = Book()
    batches = Batches(book.write, MOST)
    first = asyncio.create_task(batches.put("a", 1))
    await book.has_begun.wait()
    crowd = [asyncio.create_task(batches.put(key, value)) for key, value in (("b", 2), ("a", 3), ("b", 4))]
    await asyncio.sleep(0)
    book.may_go_on.set()
    assert await first == 10
    assert await asyncio.gather(*crowd) == [40, 30, 40]
    assert book.written == [{"a": 1}, {"b": 4, "a": 3}]


async def test_what_could_not_be_written_is_said_and_a_failed_batch_harms_no_other() -> None:
    book = Book()
    book.may_go_on.set()
    batches = Batches(book.write, MOST)
    assert await batches.put("unknown", 1) is None
    with pytest.raises(ValueError, match="bad"):
        await batches.put("bad", 1)
    assert await batches.put("a", 1) == 10


async def test_one_who_leaves_takes_nobody_along() -> None:
    book = Book()
    batches = Batches(book.write, MOST)
    leaving, staying = (asyncio.create_task(batches.put(key, 1)) for key in ("a", "b"))
    await book.has_begun.wait()
    leaving.cancel()
    book.may_go_on.set()
    assert await staying == 10


async def test_a_batch_is_no_larger_than_it_may_be_and_the_order_stays() -> None:
    book = Book()
    batches = Batches(book.write, MOST)
    first = asyncio.create_task(batches.put("a", 0))
    await book.has_begun.wait()
    puts = [("b", 1), ("c", 2), ("d", 3), ("e", 4), ("b", 5), ("e", 6)]
    crowd = [asyncio.create_task(batches.put(key, value)) for key, value in puts]
    await asyncio.sleep(0)
    book.may_go_on.set()
    await first
    assert await asyncio.gather(*crowd) == [10, 20, 30, 60, 50, 60]
    assert book.written == [{"a": 0}, {"b": 1, "c": 2, "d": 3}, {"e": 6, "b": 5}]
