"""Running several endless parts as one, and parts that end whole or not at all."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def run_until_one_fails(*parts: Coroutine[Any, Any, None]) -> None:
    """
    Run the parts side by side until one ends or fails; end the others, and raise its exception.

    Unlike a task group it raises the exception itself, so that the caller can tell by its type why it ended.
    """
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def to_the_end(part: Coroutine[Any, Any, Result]) -> Result:
    """
    Await a part that must not be cut off in the middle, such as a unit of work.

    A cancellation waits until the part is done and goes on then. Without this, cancelling a task in the
    middle of a transaction can leave SQLite's write lock with a connection that nobody owns any more.
    """
    task = asyncio.ensure_future(part)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            # Looked at, so that a failure is not reported as unseen: the cancellation is what counts.
            task.exception()
        raise
