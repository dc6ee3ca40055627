"""The islands' own logic, run by the same Node that builds the pages."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

SUITES = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name.removesuffix(".test.mjs"))
def test_suite_passes(suite: Path) -> None:
    node = Path(sysconfig.get_path("scripts")) / "node"
    done = subprocess.run(
        [str(node), "--test", "--no-warnings", str(suite)],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
