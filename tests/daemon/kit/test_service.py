"""Real child processes: restarted when they end, and never left behind."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from tenant_daemon.kit.process_log import ProcessLog
from tenant_daemon.kit.service import Service, keep_running

_CHILD = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
_STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_CHILD}"
_SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from tenant_daemon.kit.process_log import ProcessLog
from tenant_daemon.kit.service import Service, keep_running
argv = (sys.executable, "-c", sys.argv[2])
service = Service(name="child", argv=argv, env={}, cwd=Path("/"))
asyncio.run(keep_running(service, ProcessLog(Path(sys.argv[1]), str)))
"""


class _Log(ProcessLog):
    """Tells every line as it comes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, str)
        self.lines: asyncio.Queue[str] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def append(self, line: str) -> None:
        super().append(line)
        self._loop.call_soon_threadsafe(self.lines.put_nowait, line.strip())


def _service(code: str) -> Service:
    return Service(name="child", argv=(sys.executable, "-c", code), env={}, cwd=Path("/"))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_killed_child_is_started_again(tmp_path: Path) -> None:
    log = _Log(tmp_path / "child.log")
    task = asyncio.create_task(keep_running(_service(_CHILD), log))
    async with asyncio.timeout(20):
        first = int(await log.lines.get())
        os.kill(first, signal.SIGKILL)
        second = int(await log.lines.get())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert first != second
    assert not _is_alive(second)


async def test_child_that_ignores_the_signal_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenant_daemon.kit.service.STOP_SECONDS", 0.2)
    log = _Log(tmp_path / "child.log")
    task = asyncio.create_task(keep_running(_service(_STUBBORN), log))
    async with asyncio.timeout(20):
        pid = int(await log.lines.get())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not _is_alive(pid)


async def test_child_ends_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SUPERVISOR, str(tmp_path / "copy.log"), _CHILD, stdout=asyncio.subprocess.PIPE
    )
    assert supervisor.stdout is not None
    async with asyncio.timeout(20):
        while b"service.started" not in (line := await supervisor.stdout.readline()):
            assert line
        found = re.search(rb"pid\D*?=\D*?(\d+)", re.sub(rb"\x1b\[[0-9;]*m", b"", line))
        assert found
        pid = int(found[1])
        ended = _end_of(pid)
        supervisor.kill()
        await supervisor.wait()
        await ended


def _end_of(pid: int) -> "asyncio.Future[None]":
    """Resolves when the process has ended, whoever its parent is."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    handle = os.pidfd_open(pid)

    def on_end() -> None:
        loop.remove_reader(handle)
        os.close(handle)
        ended.set_result(None)

    loop.add_reader(handle, on_end)
    return ended
