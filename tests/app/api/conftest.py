"""The API in this process, and browsers that speak to it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from letsbe_app.composition import Services
from tests.support.api import api_over
from tests.support.browser_client import BrowserClient


@pytest.fixture
async def browser(services: Services) -> AsyncIterator[BrowserClient]:
    """A visitor who is not signed in."""
    transport = httpx.ASGITransport(api_over(services))
    async with BrowserClient(transport) as client:
        yield client
