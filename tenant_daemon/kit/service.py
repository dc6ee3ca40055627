"""A child process that is started again whenever it ends."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from tenant_daemon.kit.backoff import Backoff
from tenant_daemon.kit.child import die_with_parent
from tenant_daemon.kit.process_log import ProcessLog

STOP_SECONDS: Final = 5.0
"""Between SIGTERM and SIGKILL."""
_HELD_SECONDS: Final = 30.0
_LAST_LINES_SECONDS: Final = 1.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Service:
    """How a process is started."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path


async def keep_running(service: Service, output: ProcessLog) -> None:
    """Run the service until cancelled; it is then stopped before this returns."""
    backoff = Backoff(base_seconds=0.5, cap_seconds=15.0)
    while True:
        began_at = time.monotonic()
        exit_code = await _run_once(service, output)
        if time.monotonic() - began_at > _HELD_SECONDS:
            backoff.succeeded()
        seconds = backoff.after_failure()
        log.error("service.ended", service=service.name, exit_code=exit_code, restart_in=round(seconds, 1))
        await asyncio.sleep(seconds)


async def _run_once(service: Service, output: ProcessLog) -> int:
    process = await asyncio.create_subprocess_exec(
        *service.argv,
        env=service.env,
        cwd=service.cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        # A group of its own: a Ctrl-C at the terminal reaches the supervisor alone, which ends all in order.
        process_group=0,
        preexec_fn=die_with_parent(),
        umask=0o077,
    )
    assert process.stdout is not None
    copying = asyncio.create_task(output.copy(process.stdout))
    log.info("service.started", service=service.name, pid=process.pid)
    try:
        return await process.wait()
    finally:
        await _stop(process)
        await _end_of_output(copying)


async def _end_of_output(copying: "asyncio.Task[None]") -> None:
    """Wait for the last lines; a grandchild that has left our group may hold the pipe open."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_LAST_LINES_SECONDS):
            await copying


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End the process and whatever it has started."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
