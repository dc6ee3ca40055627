"""Running several endless parts as one."""

import asyncio
from collections.abc import Coroutine
from typing import Any


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
