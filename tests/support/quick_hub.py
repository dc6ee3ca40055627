"""
The hub's SQLite without waiting for the disk, and with each statement translated once for all tests.

An engine keeps the SQL that it has put together, and each test has an engine of its own: putting it together
anew would be the larger part of what most tests do.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from letsbe_app.db.session import Database


def quicken_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the end of the test."""
    make = Database.__init__

    def quick(self: Database, url: str) -> None:
        make(self, url)
        if url.startswith("sqlite"):
            _share_statements(self.engine)
            _forget_syncs(self.engine)

    monkeypatch.setattr(Database, "__init__", quick)
    monkeypatch.setattr(os, "fsync", lambda _file: None)


def _share_statements(engine: AsyncEngine) -> None:
    # They belong to the dialect that put them together.
    engine.sync_engine.dialect = _seasoned().sync_engine.dialect
    engine.sync_engine._compiled_cache = _seasoned().sync_engine._compiled_cache


@lru_cache(maxsize=1)
def _seasoned() -> AsyncEngine:
    """An engine whose dialect has met SQLite, and so knows what it can do."""
    engine = create_async_engine("sqlite+aiosqlite://", query_cache_size=5_000)

    async def meet() -> None:
        async with engine.connect():
            pass
        await engine.dispose()

    with ThreadPoolExecutor(1) as another_loop:
        another_loop.submit(asyncio.run, meet()).result()
    return engine


def _forget_syncs(engine: AsyncEngine) -> None:
    # Comes behind the listener with the hub's own settings.
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()
