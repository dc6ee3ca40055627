"""Work that is done when somebody asks for it, and costs no task while nobody does."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any


class OnDemand:
    """
    Runs a part one call at a time; a call while it runs has it run once more, however many there were.

    It is never cancelled: whoever ends lets the part see that there is nothing to do any more.
    """

    __slots__ = ("_context", "_is_wanted", "_on_failure", "_part", "_task")

    def __init__(
        self,
        part: Callable[[], Coroutine[Any, Any, None]],
        on_failure: Callable[[Exception], None],
        context: Context,
    ) -> None:
        """
        Args:
            part: What is run.
            on_failure: Gets what the part raised; the next call runs it again.
            context: Each run gets a copy.
        """
        self._part = part
        self._on_failure = on_failure
        self._context = context
        self._is_wanted = False
        self._task: asyncio.Task[None] | None = None

    def call(self) -> None:
        """Have the part run from here on; returns at once."""
        self._is_wanted = True
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), context=self._context.copy())

    async def _run(self) -> None:
        try:
            while self._is_wanted:
                self._is_wanted = False
                await self._part()
        except Exception as exc:  # noqa: BLE001  # belongs to the owner
            self._on_failure(exc)
        finally:
            self._task = None
