"""A wrapper on a folder of its own, with real databases, vault, executors and redaction."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import AutonomyLevel
from tests.support.wrapper import WrapperBench


@pytest.fixture
def bench(tmp_path: Path) -> WrapperBench:
    """Not started yet."""
    bench = WrapperBench(tmp_path / "home")
    bench.configure(level=AutonomyLevel.TRUSTED_ASSISTANT)
    return bench


@pytest.fixture
async def running(bench: WrapperBench) -> AsyncIterator[WrapperBench]:
    """Started; stopped in order at the end."""
    async with bench.started():
        yield bench
