"""
Where the processes behind one port keep their metrics, so that each of them can tell those of all.

Must be called before ``prometheus_client`` is imported: the library looks at the environment then.
"""

import os
import shutil
from pathlib import Path
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


def share_metrics(folder: Path) -> None:
    """Make the folder, empty, and name it to this process and to those that it starts."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ[VARIABLE] = str(folder)
