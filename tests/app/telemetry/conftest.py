"""The API in this process."""

from tests.app.api.conftest import browser as browser
