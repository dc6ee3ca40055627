"""The description that the API serves of itself."""

from functools import lru_cache
from typing import Any, NoReturn

from letsbe_app.api.app import build_api


@lru_cache(maxsize=1)
def api_description() -> dict[str, Any]:
    """The OpenAPI document, to read only: it takes most of a second to make, so there is one per process."""
    return build_api(_no_services).openapi()


def _no_services() -> NoReturn:
    raise AssertionError("the description needs no services")
