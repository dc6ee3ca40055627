"""OpenClaw as a child process: started clean, watched, and stopped with everything that it started."""

import asyncio
import os
import signal
from contextlib import suppress
from typing import Final

import httpx
import structlog

from tenant_daemon.home import TenantHome
from tenant_daemon.kit.certificates import trusted_authorities
from tenant_daemon.kit.child import die_with_parent
from tenant_daemon.openclaw.environment import clean_environment, command
from tenant_daemon.openclaw.output_log import OutputLog
from tenant_daemon.openclaw.paths import log_file, output_file
from tenant_daemon.settings import TenantSettings

log = structlog.get_logger()

_STOP_SECONDS: Final = 5.0
"""Left to itself OpenClaw drains for up to 315 s; answers that are cut off are told to the customer by us."""
READY_SECONDS: Final = 120.0
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 1.0
_PROBE_SECONDS: Final = 5.0
_MAX_EVENT_LOG_BYTES: Final = 20_000_000


class OpenClawEnded(RuntimeError):
    """The process ended by itself; carries its exit code."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"OpenClaw ended with exit code {exit_code}")
        self.exit_code = exit_code


class OpenClawProcess:
    """One run of the gateway: ``start``, ``wait_ready``, then ``wait`` or ``stop``."""

    def __init__(self, home: TenantHome, settings: TenantSettings) -> None:
        self._home = home
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._copying: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """
        Start it, in a process group of its own that dies with us. Call it from the main thread.

        Raises:
            OSError: Node or OpenClaw is not where the settings say.
        """
        _cap(self._home)
        arguments = ("gateway", "--port", str(self._settings.ports.gateway))
        self._process = await asyncio.create_subprocess_exec(
            *command(self._settings, *arguments),
            env=clean_environment(self._home, self._settings),
            cwd=self._home.openclaw_dir,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            process_group=0,
            preexec_fn=die_with_parent(),
            umask=0o077,
        )
        assert self._process.stdout is not None
        output = OutputLog(output_file(self._home))
        self._copying = asyncio.create_task(output.copy(self._process.stdout), name="openclaw-output")
        log.info("openclaw.started", pid=self._process.pid, port=self._settings.ports.gateway)

    async def wait_ready(self, *, timeout_seconds: float = READY_SECONDS) -> None:
        """
        Until the gateway says that it is ready.

        Raises:
            OpenClawEnded: It ended instead.
            TimeoutError: It did neither in time.
        """
        ended = asyncio.create_task(self.wait())
        ready = asyncio.create_task(self._poll_ready())
        try:
            async with asyncio.timeout(timeout_seconds):
                await asyncio.wait({ended, ready}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise OpenClawEnded(ended.result())
        finally:
            for task in (ended, ready):
                task.cancel()
            await asyncio.gather(ended, ready, return_exceptions=True)
        log.info("openclaw.ready", pid=self.pid)

    async def wait(self) -> int:
        """Until the process ends; its exit code."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self) -> None:
        """End it and everything that it started: politely, then by force. Harmless when it has ended."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(_STOP_SECONDS):
                    await process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        if self._copying is not None:
            await self._copying
        log.info("openclaw.stopped", pid=process.pid, exit_code=process.returncode)

    async def _poll_ready(self) -> None:
        url = f"http://127.0.0.1:{self._settings.ports.gateway}/readyz"
        pause = _FIRST_PAUSE_SECONDS
        async with httpx.AsyncClient(
            timeout=_PROBE_SECONDS, trust_env=False, verify=trusted_authorities()
        ) as client:
            while not await _is_ready(client, url):
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)


async def _is_ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _cap(home: TenantHome) -> None:
    """OpenClaw writes its event log itself; it is cut back to one old and one new file when it starts."""
    events = log_file(home)
    with suppress(FileNotFoundError):
        if events.stat().st_size > _MAX_EVENT_LOG_BYTES:
            events.replace(events.with_name(f"{events.name}.1"))
