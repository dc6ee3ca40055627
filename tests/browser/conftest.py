"""One hub in production mode and one Chromium for all tests; each brings its own customers and profile."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.support.browser import chromium
from tests.support.running_hub import RunningHub, ensure_pages, running_hub

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these tests run in one event loop, since the browser lives in it."""
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def hub() -> Iterator[RunningHub]:
    """The running hub."""
    ensure_pages()
    with tempfile.TemporaryDirectory(prefix="letsbe-hub-") as folder, running_hub(Path(folder)) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium: starting one takes longer than most tests."""
    async with chromium() as running:
        yield running
