"""
How long `make run` takes: in a fresh clone with empty caches, and again where everything is in place.

Each start is ended as Ctrl-C ends it, and no process of it may be left.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from benchmarks.thread.machine import load_now, machine
from tests.support.redis import free_port

ROOT = Path(__file__).resolve().parents[1]
COLD_SECONDS = 900
WARM_SECONDS = 240
STOP_SECONDS = 40
READY = "Ready in"

_STEP = re.compile(r"^\s+ok (?P<name>.+) \((?P<seconds>[\d.]+) s\)$")


_OWN_ENVIRONMENT = {
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "REDIS_URL",
    "DATABASE_URL",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
}


class StartFailed(RuntimeError):
    """`make run` ended or took too long; holds the end of what it printed."""


@dataclass(frozen=True)
class Start:
    """One start and stop of `make run`."""

    seconds_to_ready: float
    steps: dict[str, float]
    seconds_to_stop: float
    processes: int
    load: float
    """Of the machine, all programs together, when it was ready."""
    left_behind: list[str] = field(default_factory=list)


def parse_steps(lines: Iterable[str]) -> dict[str, float]:
    """Seconds of each named step, in the order in which they ended."""
    found = (_STEP.match(line.rstrip()) for line in lines)
    return {match["name"]: float(match["seconds"]) for match in found if match}


@dataclass(frozen=True)
class Place:
    """A checkout with a data folder. The ports stay: servers that were set up know the hub by its address."""

    checkout: Path
    data_dir: Path
    hub_port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=lambda: free_port() + 211)

    def environment(self, caches: Path | None) -> dict[str, str]:
        """As `make run` finds it; of the environment of the benchmark itself, nothing takes part."""
        environment = {name: value for name, value in os.environ.items() if name not in _OWN_ENVIRONMENT}
        environment |= {
            "LETSBE_DATA_DIR": str(self.data_dir),
            "LETSBE_HUB_PORT": str(self.hub_port),
            "LETSBE_REDIS_PORT": str(self.redis_port),
            "LETSBE_PUBLIC_URL": f"http://127.0.0.1:{self.hub_port}",
        }
        if caches is not None:
            environment |= {"PIP_CACHE_DIR": str(caches / "pip"), "npm_config_cache": str(caches / "npm")}
        return environment


def measure(place: Place, *, caches: Path | None = None) -> Start:
    """
    Start, wait until it is ready, stop.

    Args:
        place: Where `make run` is typed.
        caches: A folder for the package caches, where those of this user must not help.

    Raises:
        StartFailed: It did not become ready.
    """
    # Ctrl-C reaches the whole group of a terminal's foreground job, so the start gets a group of its own.
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "run", f"PYTHON={_system_python()}"],
        cwd=place.checkout,
        env=place.environment(caches),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    is_over = threading.Event()
    threading.Thread(target=_read, args=(process.stdout, lines, is_over), daemon=True).start()
    family: list[psutil.Process] = []
    try:
        is_over.wait(COLD_SECONDS if caches else WARM_SECONDS)
        seconds_to_ready = time.monotonic() - began
        load = load_now()
        if not any(READY in line for line in lines):
            raise StartFailed("".join(lines[-20:]))
        family = psutil.Process(process.pid).children(recursive=True)
    finally:
        stopping = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        seconds_to_stop = time.monotonic() - stopping
        left = _end_what_is_left(family, place.data_dir)
    return Start(
        round(seconds_to_ready, 1), parse_steps(lines), round(seconds_to_stop, 1), len(family), load, left
    )


def _read(stream: IO[str], lines: list[str], is_over: threading.Event) -> None:
    for line in stream:
        lines.append(line)
        sys.stderr.write(line if "password" not in line else "")
        if READY in line:
            is_over.set()
    is_over.set()


def _system_python() -> str:
    # `make run` begins with a Python outside of any virtual environment, as a newcomer's does.
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")


def _end_what_is_left(family: Sequence[psutil.Process], data_dir: Path) -> list[str]:
    """Command lines of what outlived the stop: known descendants, and whatever knows the data folder."""
    _gone, alive = psutil.wait_procs(family, timeout=3)
    known = {process.pid for process in alive}
    alive += [
        process for process in psutil.process_iter() if process.pid not in known and _knows(process, data_dir)
    ]
    lines = []
    for process in alive:
        try:
            lines.append(" ".join(process.cmdline())[:160])
            process.kill()
        except psutil.Error:
            continue
    return lines


def _knows(process: psutil.Process, folder: Path) -> bool:
    if process.pid == os.getpid():
        return False
    try:
        words = [*process.cmdline(), *process.environ().values()]
    except (psutil.Error, OSError):
        return False
    return any(str(folder) in word for word in words)


def local_package_sources(settings: str) -> list[str]:
    """
    Which of pip's settings name a folder of this machine: with one, a cold start is not all download.

    Args:
        settings: As ``pip config list`` prints them, one ``name='value'`` per line.
    """
    pairs = (line.partition("=") for line in settings.splitlines())
    wanted = ("find-links", "index-url", "extra-index-url")
    return sorted(
        name
        for name, _, value in pairs
        if name.endswith(wanted) and re.search(r"(?:^|[\s'])(?:/|file:)", value)
    )


def pip_settings() -> str:
    """What is configured for pip here."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def cold(folder: Path) -> tuple[Place, Start]:
    """A fresh clone of what is committed here, with empty caches; returns it for the warm starts."""
    place = Place(folder / "clone", folder / "data")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(place.checkout)], check=True)
    return place, measure(place, caches=folder / "caches")


def report_of(starts: Sequence[Start]) -> dict[str, Any]:
    """Median and single values of several starts."""
    seconds = [start.seconds_to_ready for start in starts]
    names = dict.fromkeys(name for start in starts for name in start.steps)
    return {
        "seconds_to_ready": {"median": statistics.median(seconds), "each": seconds},
        "steps": {
            name: statistics.median(start.steps[name] for start in starts if name in start.steps)
            for name in names
        },
        "seconds_to_stop": [start.seconds_to_stop for start in starts],
        "load": [start.load for start in starts],
        "processes": starts[-1].processes,
        "left_behind": [line for start in starts for line in start.left_behind],
    }


def run(*, quick: bool) -> dict[str, Any]:
    """Warm starts; without ``quick`` a cold one first."""
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="letsbe-start-") as name:
        folder = Path(name)
        if quick:
            place = Place(ROOT, folder / "data")
            # Not counted: it makes the sample owner's server.
            measure(place)
        else:
            place, first = cold(folder)
            report["cold"] = {**asdict(first), "local_package_sources": local_package_sources(pip_settings())}
        starts = [measure(place) for _ in range(1 if quick else 3)]
        report["warm"] = report_of(starts)
    return report


def main(arguments: Sequence[str]) -> int:
    """Measure and print JSON; 1 when a process was left behind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks start", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one warm start of this checkout, no cold one")
    options = parser.parse_args(arguments)
    load_before = load_now()
    report = run(quick=options.quick)
    print(json.dumps({"benchmark": "start", "machine": machine(load_before), **report}))
    left = [*report["warm"]["left_behind"], *report.get("cold", {}).get("left_behind", [])]
    return 1 if left else 0
