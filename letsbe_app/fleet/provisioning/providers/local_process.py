"""
One daemon on this machine, kept running.

Its process id and start time are recorded in its home, so that a jobs process that was killed finds it
again instead of starting a second one. Linux only: ``/proc`` tells processes apart, a pidfd tells when one
that is not our child has ended.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger()

STOP_SECONDS: Final = 10.0
"""How long a daemon may take to stop everything that it started."""
_LONGEST_PAUSE_SECONDS: Final = 30.0
_STEADY_SECONDS: Final = 60.0
"""After running this long, the next crash counts as the first one."""
_APPEND: Final = os.O_WRONLY | os.O_CREAT | os.O_APPEND


@dataclass(frozen=True)
class ProcessMark:
    """What tells a process from a later one with the same number."""

    pid: int
    started_ticks: int

    @classmethod
    def of(cls, pid: int) -> "ProcessMark | None":
        """The mark of a living process; None when there is none with this number."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
        # proc(5): the name in parentheses may hold anything; the start time is field 22.
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] == "Z" else cls(pid, int(fields[19]))


class KeptDaemon:
    """Starts the daemon of one home, or adopts the one that runs, and starts it again when it dies."""

    def __init__(
        self,
        tenant_id: str,
        home: Path,
        environment: Mapping[str, str],
        root: Path,
        options: Sequence[str] = (),
    ) -> None:
        """
        Args:
            tenant_id: For the log.
            home: The daemon's home.
            environment: All that it inherits.
            root: Folder from which ``tenant_daemon`` can be imported.
            options: More of ``tenant_daemon run``.
        """
        self._tenant_id = tenant_id
        self._home = home
        self._environment = dict(environment)
        self._root = root
        self._options = tuple(options)
        self._pid_file = _pid_file(home)
        self._mark: ProcessMark | None = None
        self._child: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._crashes = 0
        self._last_code: int | None = None

    async def start(self) -> None:
        """Returns once the process exists; does nothing when it is kept already."""
        if self._task is not None:
            return
        await self._adopt_or_spawn()
        self._task = asyncio.create_task(self._keep(), name=f"daemon-{self._tenant_id}")

    def why_down(self) -> str | None:
        """Why it keeps dying; None while it runs steadily."""
        if self._crashes < 3:
            return None
        return f"the server's programs stopped {self._crashes} times (exit code {self._last_code})"

    async def stop(self) -> None:
        """End it, gently first, and whatever is left of its group."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._mark is None or ProcessMark.of(self._mark.pid) != self._mark:
            return
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._ended()
        except TimeoutError:
            log.warning("local.daemon_killed", tenant_id=self._tenant_id)
            # It leads a session of its own, so this reaches whatever it started in it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._mark.pid, signal.SIGKILL)
            await self._ended()
        self._pid_file.unlink(missing_ok=True)

    async def _keep(self) -> None:
        while True:
            started = time.monotonic()
            await self._ended()
            if time.monotonic() - started > _STEADY_SECONDS:
                self._crashes = 0
            self._crashes += 1
            self._last_code = self._child.returncode if self._child else None
            log.error(
                "local.daemon_ended",
                tenant_id=self._tenant_id,
                exit_code=self._last_code,
                crashes=self._crashes,
            )
            await asyncio.sleep(min(2.0 ** (self._crashes - 1), _LONGEST_PAUSE_SECONDS))
            try:
                await self._spawn()
            except OSError as exc:
                # No process: counts as one that ended at once, and is tried again after a pause.
                self._child = self._mark = None
                log.error("local.daemon_not_started", tenant_id=self._tenant_id, exc_info=exc)

    async def _adopt_or_spawn(self) -> None:
        mark = living_daemon(self._home)
        if mark is not None:
            self._mark, self._child = mark, None
            log.info("local.daemon_adopted", tenant_id=self._tenant_id, pid=mark.pid)
        else:
            await self._spawn()

    async def _spawn(self) -> None:
        (self._home / "logs").mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._home / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(self._home / "logs" / "daemon.log", _APPEND, 0o600), "ab") as output:  # noqa: ASYNC230
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tenant_daemon",
                "run",
                "--home",
                str(self._home),
                *self._options,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._root,
                env=self._environment,
                # Ctrl-C in the terminal is ours to handle: the daemon is stopped in order.
                start_new_session=True,
            )
        self._mark = ProcessMark.of(self._child.pid)
        if self._mark is not None:
            self._record(self._mark)
        log.info("local.daemon_started", tenant_id=self._tenant_id, pid=self._child.pid)

    async def _ended(self) -> None:
        if self._child is not None:
            await self._child.wait()
        elif self._mark is not None:
            await _foreign_process_ended(self._mark)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._mark.pid if self._mark else 0, number)

    def _record(self, mark: ProcessMark) -> None:
        draft = self._pid_file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(mark)))
        draft.replace(self._pid_file)


def living_daemon(home: Path) -> ProcessMark | None:
    """The daemon of a home, if one runs, whoever started it."""
    try:
        mark = ProcessMark(**json.loads(_pid_file(home).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return mark if ProcessMark.of(mark.pid) == mark else None


def _pid_file(home: Path) -> Path:
    return home / "run" / "daemon.json"


async def _foreign_process_ended(mark: ProcessMark) -> None:
    try:
        descriptor = os.pidfd_open(mark.pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    try:
        if ProcessMark.of(mark.pid) == mark:
            # A pidfd becomes readable when its process ends (pidfd_open(2)).
            loop.add_reader(descriptor, ended.set)
            await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
