"""Calls that share their way: what comes while one is under way goes together in the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class JoinedCalls(Generic[Item, Answer]):
    """
    A lone caller goes at once; a crowd shares round trips. Items keep the order in which they came.

    Whoever waits gets the answers of its own items, or the exception of its call.
    """

    def __init__(self, call: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]], most: int) -> None:
        """
        Args:
            call: Gives an answer for each item.
            most: Items in one call.
        """
        self._call = call
        self._most = most
        self._waiting: list[tuple[Sequence[Item], asyncio.Future[Sequence[Answer]]]] = []
        self._caller: asyncio.Task[None] | None = None

    async def ask(self, items: Sequence[Item]) -> Sequence[Answer]:
        """The answers, in the order of the items."""
        mine: asyncio.Future[Sequence[Answer]] = asyncio.get_running_loop().create_future()
        self._waiting.append((items, mine))
        if self._caller is None:
            self._caller = asyncio.create_task(self._go(), name="joined-calls")
        return await mine

    async def _go(self) -> None:
        try:
            while self._waiting:
                await self._go_once()
        finally:
            self._caller = None

    async def _go_once(self) -> None:
        parts: list[tuple[Sequence[Item], asyncio.Future[Sequence[Answer]]]] = []
        items: list[Item] = []
        while self._waiting and len(items) < self._most:
            part = self._waiting.pop(0)
            parts.append(part)
            items.extend(part[0])
        try:
            answers = await self._call(items)
        except Exception as exc:  # noqa: BLE001  # belongs to those who wait
            for _, future in parts:
                if not future.done():
                    future.set_exception(exc)
            return
        at = 0
        for part_items, future in parts:
            if not future.done():
                future.set_result(answers[at : at + len(part_items)])
            at += len(part_items)
