"""What holds for every test of the daemon."""

import pytest

from tests.support.quick_daemon import forget_syncs


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a test has to survive a power cut; where that is the question, the module has its own."""
    forget_syncs(monkeypatch)
