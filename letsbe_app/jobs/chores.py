"""Work that comes again and again: done when it is asked for, when it is due, and now and then."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from letsbe_app.relay import RelayAway

log = structlog.get_logger()

AFTER_FAILURE_SECONDS: Final = 5.0


class Chore:
    """One kind of work. Each runs by itself, so that a slow one keeps none of the others waiting."""

    def __init__(self, name: str, work: Callable[[], Awaitable[float | None]], every_seconds: float) -> None:
        """
        Args:
            name: For the log.
            work: Does everything that is to be done; gives the seconds until there is more, None when it
                does not know.
            every_seconds: How long it rests at most: a wake may be lost.
        """
        self.name = name
        self._work = work
        self._every_seconds = every_seconds
        self._asked = asyncio.Event()

    def nudge(self) -> None:
        """There may be something to do."""
        self._asked.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._asked.clear()
            rest = await self._once()
            # Not ``wait_for``: in Python 3.11 it loses a cancellation that comes together with the event.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(rest, self._every_seconds)):
                    await self._asked.wait()

    async def _once(self) -> float:
        try:
            until_more = await self._work()
        except (SQLAlchemyError, RelayAway) as exc:
            # What is away comes back; the next look finds the same work.
            log.error("chore.put_off", chore=self.name, exc_info=exc)
            return AFTER_FAILURE_SECONDS
        except Exception as exc:
            # Nobody foresaw it. It may come again each time, and must not take all other work with it.
            log.error("chore.failed", chore=self.name, exc_info=exc)
            return self._every_seconds
        return self._every_seconds if until_more is None else until_more
