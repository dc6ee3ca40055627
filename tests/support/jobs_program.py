"""
The jobs process with a provider that reports each call, and may wait for ever in one of them.

    python -m tests.support.jobs_program FOLDER [CALL TO WAIT IN]
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from letsbe_app.composition import build_services
from letsbe_app.jobs.process import JobsProcess
from letsbe_app.settings import load_settings
from tests.support.scripted_provider import ScriptedProvider


class ReportingProvider(ScriptedProvider):
    """Writes every call into the pipe ``reports``."""

    def __init__(self, folder: Path, wait_in: str) -> None:
        super().__init__()
        self._folder = folder
        self._wait_in = wait_in

    def _note(self, call: str) -> None:
        with open(self._folder / "reports", "w") as pipe:
            pipe.write(json.dumps({"call": call, "pid": os.getpid()}) + "\n")
        while call == self._wait_in:
            signal.pause()


async def main(folder: Path, wait_in: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await JobsProcess(build_services(load_settings()), ReportingProvider(folder, wait_in)).run(stop)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
