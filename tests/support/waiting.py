"""Waiting for what announces itself to nobody: another process, a file."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

_WAIT_SECONDS: Final = 30.0


async def eventually(check: Callable[[], bool | Awaitable[bool]]) -> None:
    """Return as soon as the check holds; TimeoutError when it never does."""
    async with asyncio.timeout(_WAIT_SECONDS):
        while not (answer if isinstance(answer := check(), bool) else await answer):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
