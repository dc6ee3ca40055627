"""The API in this process, and browsers that speak to it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from letsbe_app.api.app import build_api
from letsbe_app.composition import Services
from tests.support.browser_client import BrowserClient


@pytest.fixture
async def browser(services: Services) -> AsyncIterator[BrowserClient]:
    """A visitor who is not signed in."""
    transport = httpx.ASGITransport(build_api(lambda: services))
    async with BrowserClient(transport) as client:
        yield client
