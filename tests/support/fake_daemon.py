"""A stand-in for ``python -m tenant_daemon``: a small package that reports what it was given."""

import asyncio
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAM = """
import json, os, pathlib, signal, sys

command = sys.argv[1]
home = pathlib.Path(sys.argv[sys.argv.index("--home") + 1])
mode = (home / "mode").read_text() if (home / "mode").exists() else ""
if mode == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
report = {"argv": sys.argv[1:], "pid": os.getpid(), "stdin": sys.stdin.read()}
report["environment"] = dict(os.environ)
with open(home / "reports", "w") as pipe:
    pipe.write(json.dumps(report) + chr(10))
if mode == "refuse":
    sys.exit("The hub did not enrol this server: the token is used up")
if mode == "slow":
    # Goes on once somebody writes into the pipe, and then keeps something in its home.
    (home.parent / "go").read_text()
    home.mkdir(parents=True, exist_ok=True)
    (home / "vault.db").write_text("sealed")
if mode == "crash":
    sys.exit(3)
if command == "run":
    while True:
        signal.pause()
"""


def write_fake_daemon(folder: Path) -> Path:
    """Make the package; gives the folder from which it can be imported."""
    package = folder / "tenant_daemon"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(PROGRAM)
    return folder


class Reports:
    """JSON lines that other processes write into the pipe ``reports`` of a folder."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        os.mkfifo(home / "reports")
        # Open for writing as well, so that it does not end when a daemon does.
        self._pipe = os.open(home / "reports", os.O_RDWR | os.O_NONBLOCK)
        self._lines: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._rest = b""

    async def __aenter__(self) -> "Reports":
        asyncio.get_running_loop().add_reader(self._pipe, self._read)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._pipe)
        os.close(self._pipe)

    async def next(self) -> dict[str, Any]:
        """The next report; waits for it."""
        return await asyncio.wait_for(self._lines.get(), 20)

    @property
    def is_empty(self) -> bool:
        return self._lines.empty()

    def _read(self) -> None:
        *lines, self._rest = (self._rest + os.read(self._pipe, 65_536)).split(b"\n")
        for line in lines:
            self._lines.put_nowait(json.loads(line))
