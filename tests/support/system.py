"""
The whole system as `make run` starts it, on free ports and in a folder of its own.

Everything in it is real: hub workers, Redis, jobs, the tenant's daemon, OpenClaw. Between the parts sit
wiretaps, so that a test can say what passed there; the model is the practice model behind such a tap.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.support.redis import RedisServer, free_port
from tests.support.wiretap import Wiretap, wiretap

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 240


@dataclass
class System:
    """A running system."""

    url: str
    data_dir: Path
    launcher: subprocess.Popen[str]
    redis: RedisServer
    model_tap: Wiretap
    hub_tap: Wiretap
    output: list[str]

    def tenant_homes(self) -> list[Path]:
        """Homes of the tenants' daemons, oldest first."""
        # Ids begin with the time at which they were made; a folder's own times change with its content.
        return sorted((self.data_dir / "tenants").glob("*"))

    def processes(self, *words: str) -> list[psutil.Process]:
        """Processes of this system whose command line holds all these words, parents first."""
        found = []
        for process in psutil.Process(self.launcher.pid).children(recursive=True):
            try:
                line = " ".join(process.cmdline())
            except psutil.Error:
                continue
            if all(word in line for word in words):
                found.append(process)
        return found

    def hub_workers(self) -> list[psutil.Process]:
        """The worker processes that serve requests."""
        return [
            child
            for server in self.processes("letsbe_app", "serve")
            for child in server.children()
            if "resource_tracker" not in " ".join(child.cmdline())
        ]

    def kill(self, processes: list[psutil.Process]) -> None:
        """End processes as a crash would, and wait until they are gone."""
        assert processes, "nothing to kill"
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, timeout=10)

    def logs(self) -> bytes:
        """Every log that the run has written so far."""
        return b"\n".join(path.read_bytes() for path in self.data_dir.rglob("*.log*") if path.is_file())


def wait_until(is_true: Callable[[], object], what: str, *, seconds: float = 60) -> None:
    """
    Wait for a state of another process that has no event to await.

    Raises:
        AssertionError: It did not come about in time; names it.
    """
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)


@contextmanager
def running_system(
    folder: Path, *, workers: int = 2, practice_settings: Mapping[str, str] | None = None
) -> Iterator[System]:
    """
    Start everything, wait until it says that it is ready, and stop it as Ctrl-C would.

    Args:
        folder: For all data.
        workers: Of the hub.
        practice_settings: More environment of the practice model: its pace, its trace file.
    """
    data_dir = folder / "data"
    hub_port, practice_port = free_port(), free_port() + 137
    redis = RedisServer(folder)
    redis.start()
    with ExitStack() as stack:
        stack.callback(redis.kill)
        model_tap = stack.enter_context(wiretap(practice_port))
        hub_tap = stack.enter_context(wiretap(hub_port))
        practice = subprocess.Popen(
            [sys.executable, "-m", "tenant_daemon", "practice", "--port", str(practice_port)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LETSBE_PRACTICE_TOKENS_PER_SECOND": "60", **(practice_settings or {})},
        )
        stack.callback(practice.kill)
        environment = {
            **os.environ,
            "LETSBE_DATA_DIR": str(data_dir),
            "LETSBE_RUNTIME_DIR": str(ROOT / ".runtime"),
            "LETSBE_HUB_PORT": str(hub_port),
            "LETSBE_HUB_WORKERS": str(workers),
            "LETSBE_PUBLIC_URL": f"http://127.0.0.1:{hub_tap.port}",
            "REDIS_URL": redis.url,
            "LETSBE_MODEL_URL": f"http://127.0.0.1:{model_tap.port}/v1",
            "LETSBE_MODEL_NAME": "practice",
        }
        launcher = subprocess.Popen(
            [sys.executable, "deploy/local/run.py"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        output: list[str] = []
        is_ready = threading.Event()
        threading.Thread(target=_read, args=(launcher, output, is_ready), daemon=True).start()
        system = System(
            f"http://127.0.0.1:{hub_tap.port}", data_dir, launcher, redis, model_tap, hub_tap, output
        )
        try:
            is_ready.wait(START_SECONDS)
            if not any("Ready in" in line for line in output):
                raise AssertionError("the system did not start:\n" + "".join(output))
            yield system
        finally:
            left_behind = stop(system)
        assert left_behind == [], "Ctrl-C must end every process that was started"


def stop(system: System) -> list[psutil.Process]:
    """Stop as Ctrl-C does; returns the processes that outlived it."""
    if system.launcher.poll() is not None:
        return []
    everything = psutil.Process(system.launcher.pid).children(recursive=True)
    system.launcher.send_signal(signal.SIGINT)
    try:
        system.launcher.wait(timeout=40)
    except subprocess.TimeoutExpired:
        system.launcher.kill()
    _gone, alive = psutil.wait_procs(everything, timeout=5)
    for process in alive:
        process.kill()
    return alive


def is_ready(url: str) -> bool:
    """Whether the hub says that it can serve."""
    try:
        return httpx.get(f"{url}/readyz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _read(launcher: subprocess.Popen[str], output: list[str], is_ready: threading.Event) -> None:
    assert launcher.stdout is not None
    for line in launcher.stdout:
        output.append(line)
        if "Ready in" in line:
            is_ready.set()
    is_ready.set()
