"""The description that the API serves of itself."""

from functools import lru_cache
from typing import Any

from tests.support.api import shared_api


@lru_cache(maxsize=1)
def api_description() -> dict[str, Any]:
    """The OpenAPI document, to read only: it takes most of a second to make, so there is one per process."""
    return shared_api().openapi()
