"""One whole system for all flow tests: starting one takes half a minute."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.system import System, running_system


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """The running system, two hub workers, with its sample owner's server ready."""
    with (
        tempfile.TemporaryDirectory(prefix="letsbe-flow-") as folder,
        running_system(Path(folder), workers=2) as started,
    ):
        yield started
