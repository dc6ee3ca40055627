"""What holds for every test, and for every process that runs them."""

import gc
from collections.abc import Iterator

import pytest
import structlog


def pytest_configure() -> None:
    # A traceback as Python writes it: the coloured one with all variables takes 50 ms, and nobody looks.
    line = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], line])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Everything that is imported stays: the collector need not go through it again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser last: they are short, so that processes that share the work end together."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
