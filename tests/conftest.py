"""What holds for every test, and for every process that runs them."""

import gc
from collections.abc import Iterator
from functools import cache

import httpx
import pytest
import structlog
from xdist.remote import Producer
from xdist.scheduler import Scheduling

from tests.support.sharing import SharingScheduler


def pytest_configure() -> None:
    # A traceback as Python writes it: the coloured one with all variables takes 50 ms, and nobody looks.
    line = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], line])
    # Each of the many clients of tests would read and parse all authorities anew.
    vars(httpx._transports.default)["create_ssl_context"] = cache(httpx.create_ssl_context)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Everything that is imported stays: the collector need not go through it again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """The one for `--dist loadgroup` is ours."""
    return SharingScheduler(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser last: they are short, so that processes that share the work end together."""
    _check_marks_are_named(items)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def _check_marks_are_named(items: list[pytest.Item]) -> None:
    """`make test` looks for whole systems and browsers only in files where their mark can be read."""
    marked = {
        (item.path, name) for item in items for name in ("flow", "browser") if item.get_closest_marker(name)
    }
    hidden = [path.name for path, name in marked if f"mark.{name}" not in path.read_text(encoding="utf-8")]
    if hidden:
        raise pytest.UsageError(f"write `pytest.mark.flow` or `pytest.mark.browser` out in: {sorted(hidden)}")
