"""Group commit: what comes in while a batch is written goes into the next one, and waits for that."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

Value = TypeVar("Value")
Result = TypeVar("Result")


class Batches(Generic[Value, Result]):
    """
    One value at a time is written at once; a crowd shares its transactions, and the newest of a key counts.

    Keys are texts. Whoever waits gets the result of its key, and the exception of its batch.
    """

    def __init__(self, write: Callable[[Mapping[str, Value]], Awaitable[Mapping[str, Result]]]) -> None:
        """
        Args:
            write: Writes a batch whole or not at all, and gives results by key; a key that is not among
                them could not be written.
        """
        self._write = write
        self._waiting: dict[str, Value] = {}
        self._next: asyncio.Future[Mapping[str, Result]] | None = None
        self._writer: asyncio.Task[None] | None = None

    async def put(self, key: str, value: Value) -> Result | None:
        """Write a value; on return it is committed. None when it could not be written."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        self._waiting[key] = value
        written = self._next
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all(), name="batches")
        # Shielded, since others wait for the same batch.
        return (await asyncio.shield(written)).get(key)

    async def _write_all(self) -> None:
        while self._next is not None:
            batch, written = self._waiting, self._next
            self._waiting, self._next = {}, None
            try:
                results = await self._write(batch)
            except Exception as exc:  # noqa: BLE001  # belongs to those who wait
                written.set_exception(exc)
                # Looked at, in case all who waited are gone.
                written.exception()
            else:
                written.set_result(results)
