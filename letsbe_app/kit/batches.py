"""Group commit: what comes in while a batch is written goes into the next one, and waits for that."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")
Result = TypeVar("Result")


class Batches(Generic[Value, Result]):
    """
    One value at a time is written at once; a crowd shares its transactions, and the newest of a key counts.

    Keys are texts. Whoever waits gets the result of its key, and the exception of its batch.
    """

    def __init__(
        self, write: Callable[[Mapping[str, Value]], Awaitable[Mapping[str, Result]]], most: int
    ) -> None:
        """
        Args:
            write: Writes a batch whole or not at all, and gives results by key; a key that is not among
                them could not be written.
            most: Keys in one batch. The next ones wait for one more turn, in their order.
        """
        self._write = write
        self._most = most
        self._waiting: deque[_Batch[Value, Result]] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def put(self, key: str, value: Value) -> Result | None:
        """Write a value; on return it is committed. None when it could not be written."""
        batch = self._waiting[-1] if self._waiting else None
        if batch is None or (len(batch.values) >= self._most and key not in batch.values):
            batch = _Batch({}, asyncio.get_running_loop().create_future())
            self._waiting.append(batch)
        batch.values[key] = value
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all(), name="batches")
        # Shielded, since others wait for the same batch.
        return (await asyncio.shield(batch.written)).get(key)

    async def _write_all(self) -> None:
        while self._waiting:
            batch = self._waiting.popleft()
            try:
                results = await self._write(batch.values)
            except Exception as exc:  # noqa: BLE001  # belongs to those who wait
                batch.written.set_exception(exc)
                # Looked at, in case all who waited are gone.
                batch.written.exception()
            else:
                batch.written.set_result(results)


@dataclass(frozen=True)
class _Batch(Generic[Value, Result]):
    values: dict[str, Value]
    written: asyncio.Future[Mapping[str, Result]]
