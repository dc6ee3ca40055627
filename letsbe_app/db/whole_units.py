"""
Units of work on SQLite that a cancellation cannot cut in the middle.

A cancelled task leaves a call of the driver at once, but the driver's thread goes on: it may take the write
lock for a connection that nobody owns any more, and then nobody can write until the process ends. So the
cancellation waits: each call runs to its end, the unit is finished, and the task is cancelled behind it.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, Final

import aiosqlite
from sqlalchemy import make_url

_postponed: ContextVar[list[asyncio.CancelledError] | None] = ContextVar("postponed", default=None)


@asynccontextmanager
async def whole_unit() -> AsyncIterator[None]:
    """Postpones cancellations that reach the driver within the block to the block's end."""
    postponed: list[asyncio.CancelledError] = []
    token = _postponed.set(postponed)
    try:
        yield
    finally:
        _postponed.reset(token)
        task = asyncio.current_task()
        if postponed and task is not None:
            # Asked for again rather than raised, so that ``asyncio.timeout`` and task groups recognise it as
            # theirs. It takes effect here: a limit of time that begins before would take it for its own.
            task.cancel(*postponed[0].args)
            await asyncio.sleep(0)


_is_short: ContextVar[bool] = ContextVar("is_short", default=False)


@contextmanager
def short_statements() -> Iterator[None]:
    """
    Runs the statements of the block where they are asked for, and not in the connection's thread.

    A statement of a few rows takes less than the way to a thread and back, which it goes four times. The
    connection must hold its lock already: nothing in the block may wait.
    """
    token = _is_short.set(True)
    try:
        yield
    finally:
        _is_short.reset(token)


begin_call: Final = asyncio.ensure_future


class WholeConnection(aiosqlite.Connection):
    """A connection whose calls run to their end."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if _is_short.get():
            return fn(*args, **kwargs)
        call = begin_call(super()._execute(fn, *args, **kwargs))  # type: ignore[no-untyped-call]
        while not call.done():
            try:
                await asyncio.shield(call)
            except asyncio.CancelledError as exc:
                # Also when the answer came in the same moment: a cancellation is told once.
                if not call.cancelled():
                    _postpone(exc)
            except Exception:  # noqa: BLE001
                break  # Raised below, by the call itself.
        return call.result()


def _postpone(cancellation: asyncio.CancelledError) -> None:
    postponed, task = _postponed.get(), asyncio.current_task()
    if postponed is None or task is None:
        raise cancellation
    postponed.append(cancellation)
    task.uncancel()


def connector(url: str) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    """Opens connections for ``create_async_engine(async_creator=...)``."""
    path = make_url(url).database or ":memory:"

    async def connect() -> aiosqlite.Connection:
        connection = WholeConnection(
            # One call at a time, but not always from the same thread; see ``short_statements``.
            lambda: sqlite3.connect(path, check_same_thread=False),
            iter_chunk_size=64,
        )
        # As SQLAlchemy does for the connections that it makes: a process need not wait for them.
        connection._thread.daemon = True
        return await connection

    return connect
