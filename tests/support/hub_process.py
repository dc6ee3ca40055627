"""Hub workers as processes of their own: the API alone, to be killed and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120.0


class HubProcess:
    """One server on a port that it keeps over restarts."""

    def __init__(
        self,
        port: int,
        environment: Mapping[str, str],
        *,
        target: str = "letsbe_app.api.app:served_api",
        is_factory: bool = True,
        workers: int = 1,
    ) -> None:
        self.port = port
        command = [sys.executable, "-m", "letsbe_app.server.http_server", target, "--port", str(port)]
        self._command = [*command, "--workers", str(workers), *([] if is_factory else ["--application"])]
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def is_serving(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self) -> None:
        """Start it; ``wait`` says when it serves."""
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdout=sys.stderr, start_new_session=True
        )

    def wait(self) -> None:
        """Return when it takes connections."""
        deadline = time.monotonic() + START_SECONDS
        while not self.is_serving:
            if time.monotonic() > deadline or (self._process and self._process.poll() is not None):
                raise RuntimeError("the hub did not start")
            time.sleep(0.05)

    def signal(self, number: int) -> None:
        """Send a signal to all its processes."""
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            if self._process.poll() is None:
                self.signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def usage(self) -> tuple[float, int]:
        """Processor seconds so far, and resident bytes, of the processes that serve."""
        assert self._process is not None
        first = psutil.Process(self._process.pid)
        family = [first, *first.children(recursive=True)]
        workers = [one for one in family if "resource_tracker" not in " ".join(one.cmdline())]
        return (
            sum(sum(one.cpu_times()[:2]) for one in workers),
            sum(one.memory_info().rss for one in workers),
        )
