"""One hub in production mode for all browser tests; each test brings its own customers and browser."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.support.browser import chromium
from tests.support.running_hub import RunningHub, ensure_pages, running_hub


@pytest.fixture(scope="session")
def hub() -> Iterator[RunningHub]:
    """The running hub."""
    ensure_pages()
    with tempfile.TemporaryDirectory(prefix="letsbe-hub-") as folder, running_hub(Path(folder)) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium."""
    async with chromium() as running:
        yield running
