"""
Start the whole system on this machine and stop all of it again: Redis, hub, jobs, one server with OpenClaw.

Ctrl-C (or SIGTERM) ends every process that was started here, whoever started it in turn: this process is
their reaper (prctl PR_SET_CHILD_SUBREAPER, Linux), so that nothing can slip away.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from embedded_redis import EmbeddedRedis
from places import ROOT
from progress import elapsed_seconds, say, step
from schema import is_newest

sys.path.insert(0, str(ROOT))

from letsbe_app.settings import Settings, load_settings

PR_SET_CHILD_SUBREAPER = 36
STOP_GRACE_SECONDS = 12
RESTART_LIMIT = 5


class CannotStart(SystemExit):
    """Says what is in the way and what to do."""


@dataclass
class Part:
    """One process of the system, restarted when it dies."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: IO[bytes]
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.starts = [at for at in self.starts if time.monotonic() - at < 60] + [time.monotonic()]
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


class System:
    """All parts, in the order in which they start."""

    def __init__(self, settings: Settings, logs: Path) -> None:
        self._settings = settings
        self._logs = logs
        self._parts: list[Part] = []
        self.is_stopping = False

    def launch(self, name: str, command: list[str], environment: dict[str, str]) -> Part:
        part = Part(name, command, environment, (self._logs / f"{name}.log").open("ab"))
        part.start()
        self._parts.append(part)
        return part

    def watch(self) -> None:
        """Return when told to stop; restart what dies until then."""
        while not self.is_stopping:
            pid, _status = os.wait()
            part = next((p for p in self._parts if p.process and p.process.pid == pid), None)
            if part is None or self.is_stopping:
                continue
            if len(part.starts) >= RESTART_LIMIT:
                say(f"  !! {part.name} keeps stopping; the end of its log is in {part.log.name}")
                return
            say(f"  !! {part.name} stopped; starting it again")
            part.start()

    def stop(self) -> None:
        """End everything: first politely in reverse order, then for certain."""
        self.is_stopping = True
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        for part in reversed(self._parts):
            if part.process and part.process.poll() is None:
                part.process.terminate()
        deadline = time.monotonic() + STOP_GRACE_SECONDS
        while descendants() and time.monotonic() < deadline:
            reap(deadline)
        for _round in range(3):
            for pid in descendants():
                kill(pid)
            reap(time.monotonic() + 1)


def main() -> int:
    settings = load_settings()
    become_reaper()
    data = settings.data_dir.resolve()
    logs = data / "logs"
    for folder in (data, logs):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_redis_embedded = not settings.redis_url.get_secret_value()
    # Held until this process ends, however it ends.
    _claim = claim(data)
    refuse_taken_ports(settings, is_redis_embedded=is_redis_embedded)
    refuse_taken_ports_of_servers(settings.tenants_dir)

    system = System(settings, logs)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: interrupt())
    environment = dict(os.environ)
    try:
        say("Starting LetsBe Biz:")
        if is_redis_embedded:
            with step("Redis"):
                embedded = EmbeddedRedis.prepare(data, settings.embedded_redis_port)
                environment["REDIS_URL"] = embedded.url
                redis = system.launch("redis", embedded.command, environment)
                wait_for(lambda: is_open(settings.embedded_redis_port), redis, seconds=20)
        with step("Database"):
            is_embedded = not settings.database_url.get_secret_value()
            if not (is_embedded and is_newest(data / "hub.db", ROOT / "alembic" / "versions")):
                run_module(environment, logs, "migrate", "letsbe_app", "migrate")
        with step(f"Hub ({settings.worker_count} worker{'s' if settings.worker_count > 1 else ''})"):
            # The jobs first: they start the servers, and OpenClaw takes longest of all.
            system.launch("jobs", [sys.executable, "-m", "letsbe_app.jobs"], environment)
            hub = system.launch("hub", [sys.executable, "-m", "letsbe_app", "serve"], environment)
            wait_for(lambda: is_answering(settings), hub, seconds=120)
        with step("Sample owner with a server of her own (OpenClaw takes a moment)"):
            is_ready = run_module(environment, logs, "sample", "letsbe_app.sample", "--wait")
        welcome(settings, is_ready=is_ready)
        system.watch()
    except KeyboardInterrupt:
        say("\nStopping …")
    finally:
        system.stop()
        say("Everything is stopped. Your data stay in " + str(settings.data_dir) + ".")
    return 0


def welcome(settings: Settings, *, is_ready: bool) -> None:
    password_file = settings.data_dir / "keys" / "sample-owner-password"
    state = "Ready in" if is_ready else "This machine needs longer for her server. Running after"
    say(
        f"\n{state} {elapsed_seconds():.0f} s:  {settings.public_url}\n\n"
        f"  Sign in as the sample owner   owner@letsbe.localhost\n"
        f"  with the password             {password_file.read_text().strip()}\n"
        f"  or choose “Build yours” to become a customer of your own.\n"
    )
    if settings.is_practice_model:
        say(
            "  Practice mode: agents answer from a small built-in model. Set LETSBE_MODEL_URL for a real one."
        )
    say("  Ctrl-C stops everything.")


def interrupt() -> None:
    raise KeyboardInterrupt


def become_reaper() -> None:
    """Orphans below us become our children; without this (not Linux) only direct children are stopped."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants() -> list[int]:
    """Process ids of everything below us, from /proc."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(folder.name)] = int(parent)
    found: list[int] = []
    wanted = {os.getpid()}
    while wanted:
        wanted = {pid for pid, parent in parents.items() if parent in wanted and pid not in found}
        found.extend(wanted)
    return found


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def reap(deadline: float) -> None:
    """Collect children that ended, until there is none left or the deadline passes."""
    while time.monotonic() < deadline:
        try:
            pid, _status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            time.sleep(0.05)


def claim(data: Path) -> IO[bytes]:
    """
    Take the data folder for ourselves, as long as the file that this gives is open.

    Two at once would take each other's Redis away and look after the same servers.
    """
    file = (data / "run.lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise CannotStart(
            f"LetsBe Biz runs with the data in {data} already, so nothing was started.\n"
            "Stop it first, or choose another folder: LETSBE_DATA_DIR=.data-2 make run"
        ) from None
    return file


def refuse_taken_ports(settings: Settings, *, is_redis_embedded: bool) -> None:
    wanted = {"LETSBE_HUB_PORT": settings.hub_port}
    if is_redis_embedded:
        wanted["LETSBE_REDIS_PORT"] = settings.embedded_redis_port
    for name, port in wanted.items():
        if is_open(port):
            raise CannotStart(
                f"Port {port} is taken by another program, so nothing was started.\n"
                f"Stop that program, or choose another port: {name}={port + 1} make run"
            )


def refuse_taken_ports_of_servers(tenants: Path) -> None:
    if not tenants.is_dir():
        return
    # Only where there are servers already: it takes a moment.
    from letsbe_app.fleet.provisioning.providers.local import blocked_ports

    for name, port in blocked_ports(tenants):
        raise CannotStart(
            f"Port {port} of the server {name} is taken by another program, so nothing was started.\n"
            "Stop that program: perhaps LetsBe Biz runs from another folder of this machine."
        )


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_answering(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{settings.hub_port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_for(is_ready: Callable[[], bool], part: Part, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_ready():
        if part.process and part.process.poll() is not None:
            raise CannotStart(
                f"{part.name} stopped while it started. The end of its log:\n{end_of(part.log)}"
            )
        if time.monotonic() > deadline:
            raise CannotStart(
                f"{part.name} did not start within {seconds:.0f} s. Its log is {part.log.name}."
            )
        time.sleep(0.1)


def run_module(environment: dict[str, str], logs: Path, name: str, *module: str) -> bool:
    """Run it to its end; False if it says that what it waits for needs longer."""
    with (logs / f"{name}.log").open("ab") as log:
        command = [sys.executable, "-m", *module]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=log, check=False)
    if done.returncode not in (0, os.EX_TEMPFAIL):
        raise CannotStart(f"This did not work: {name}\n{end_of(log)}")
    return done.returncode == 0


def end_of(log: IO[bytes]) -> str:
    return "\n".join(Path(log.name).read_text("utf-8", "replace").splitlines()[-15:])


if __name__ == "__main__":
    raise SystemExit(main())
