"""Runs a process' work until it ends or a signal asks for the end."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any


async def until_signal(work: Coroutine[Any, Any, None]) -> None:
    """
    Do the work; SIGTERM and SIGINT cancel it, so that it cleans up behind itself.

    An error of the work is raised here.
    """
    task = asyncio.ensure_future(work)
    is_asked_to_end = False

    def end() -> None:
        nonlocal is_asked_to_end
        is_asked_to_end = True
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    try:
        await task
    except asyncio.CancelledError:
        if not is_asked_to_end:
            raise
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
