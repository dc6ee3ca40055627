"""
Composition root of ``python -m tenant_daemon run``: starts every part of this server and keeps it running.

The guards (proxy, wrapper) come first, so that nothing that acts runs before them. All of them are children
that the kernel ends with this process, however it ends.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import structlog

import tenant_daemon
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.applied_config import AppliedConfig
from tenant_daemon.kit.backoff import Backoff
from tenant_daemon.kit.certificates import trusted_authorities
from tenant_daemon.kit.disk_room import DiskRoom
from tenant_daemon.kit.process_log import ProcessLog
from tenant_daemon.kit.service import Service, keep_running
from tenant_daemon.openclaw.checking import ConfigCheck, ConfigRefused
from tenant_daemon.openclaw.paths import config_file
from tenant_daemon.openclaw.setup import write_files
from tenant_daemon.openclaw.supervisor import READY_SECONDS, OpenClawEnded, OpenClawProcess
from tenant_daemon.settings import TenantSettings

_GUARDS_SECONDS: Final = 20.0
"""So long the rest waits for the guards; then it starts anyway, and the link tells the hub what is wrong."""
_PROBE_SECONDS: Final = 2.0
_PROBE_PAUSE_SECONDS: Final = 0.1
_HELD_SECONDS: Final = 60.0
_MOST_READY_SECONDS: Final = 1_800.0
"""How long OpenClaw may take to start: twice as long each time that it was too slow, since on an overloaded
server it would never come up."""
_KEPT_VARIABLES: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "CREDENTIALS_DIRECTORY")
"""
All that children get to see of our environment: a key in it would reach an agent's command. The last one says
where systemd puts the vault's key.
"""

log = structlog.get_logger()


@dataclass
class Daemon:
    """Everything of one tenant. ``run`` returns only when it is cancelled."""

    home: TenantHome
    settings: TenantSettings
    redact: Callable[[str], str]
    on_config_changed: Callable[[], None] = lambda: None
    """Told at once when the link says so: a kill switch must not wait."""
    _config_changed: asyncio.Event = field(default_factory=asyncio.Event)
    _check: ConfigCheck = field(init=False)
    _room: DiskRoom = field(init=False)
    _ready_seconds: float = READY_SECONDS

    def __post_init__(self) -> None:
        self._room = DiskRoom(self.home.root)
        self._check = ConfigCheck(self.home, self.settings)

    async def run(self) -> None:
        """Start all parts in order, start them again when they end, stop them all when cancelled."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._hear_of_config)
        try:
            async with asyncio.TaskGroup() as tasks:
                for name in self._guards():
                    if name not in self.settings.own_units:
                        tasks.create_task(self._keep(name), name=name)
                # OpenClaw takes longest. It says nothing to a model before the link, which waits for the
                # guards, has seen that only our tools are on.
                is_own = "openclaw" in self.settings.own_units
                openclaw = self._keep_openclaw_files() if is_own else self._keep_openclaw()
                tasks.create_task(openclaw, name="openclaw")
                await self._wait_for_guards()
                tasks.create_task(self._keep("link"), name="link")
        finally:
            loop.remove_signal_handler(signal.SIGHUP)
            log.info("daemon.stopped")

    def _hear_of_config(self) -> None:
        self._config_changed.set()
        self.on_config_changed()

    def _guards(self) -> dict[str, int]:
        ports = self.settings.ports
        guards = {"proxy": ports.proxy, "wrapper": ports.wrapper}
        return guards | ({"practice": ports.practice} if self.settings.is_practice_model else {})

    async def _keep(self, name: str) -> None:
        code_root = Path(tenant_daemon.__file__).parent.parent
        environment = {key: os.environ[key] for key in _KEPT_VARIABLES if key in os.environ}
        service = Service(
            name=name,
            # -P: no module is taken from the current directory.
            argv=(sys.executable, "-P", "-m", "tenant_daemon", name, "--home", str(self.home.root)),
            env=environment | {"PYTHONPATH": str(code_root), "PYTHONUNBUFFERED": "1"},
            cwd=self.home.root,
        )
        await keep_running(service, ProcessLog(self.home.logs_dir / f"{name}.log", self.redact))

    async def _wait_for_guards(self) -> None:
        try:
            async with (
                asyncio.timeout(_GUARDS_SECONDS),
                httpx.AsyncClient(trust_env=False, verify=trusted_authorities()) as http,
            ):
                await asyncio.gather(*(_until_healthy(http, port) for port in self._guards().values()))
        except TimeoutError:
            log.error("daemon.guards_unhealthy", waited_seconds=_GUARDS_SECONDS)

    async def _keep_openclaw(self) -> None:
        backoff = Backoff(base_seconds=1.0, cap_seconds=30.0)
        while True:
            self._config_changed.clear()
            if not self._agents():
                await self._config_changed.wait()
                continue
            began_at = time.monotonic()
            is_wanted = await self._run_openclaw()
            if is_wanted or time.monotonic() - began_at > _HELD_SECONDS:
                backoff.succeeded()
            if not is_wanted:
                await asyncio.sleep(backoff.after_failure())

    async def _keep_openclaw_files(self) -> None:
        """OpenClaw is a unit of its own, which is restarted when its configuration file changes."""
        while True:
            self._config_changed.clear()
            try:
                await self._write_openclaw_files()
            except (OSError, ValueError) as exc:
                log.error("openclaw.config_failed", reason=str(exc) or type(exc).__name__)
            await self._config_or_room()

    async def _config_or_room(self) -> None:
        """Until the configuration changes. Once a full disk has room, the unit is restarted as for that."""
        changed = asyncio.create_task(self._config_changed.wait())
        room = asyncio.create_task(self._room.back())
        try:
            await asyncio.wait({changed, room}, return_when=asyncio.FIRST_COMPLETED)
            if room.done():
                log.warning("openclaw.disk_was_full")
                with suppress(FileNotFoundError):
                    os.utime(config_file(self.home))
        finally:
            changed.cancel()
            room.cancel()

    def _agents(self) -> TenantConfig | None:
        """The configuration in force, None while it has no agent: OpenClaw does not start without one."""
        config = AppliedConfig(self.home.config_file).current
        return config if config and config.agents else None

    async def _write_openclaw_files(self) -> bool:
        """Bring OpenClaw's files up to date; True when it has to be restarted for them, or has no agent."""
        config = self._agents()
        if config is None:
            return True
        try:
            await self._check.check(config)
        except ConfigRefused as exc:
            # The link has checked what came from the hub; the settings or the release have changed since.
            log.error("openclaw.config_refused", version=config.version, reason=str(exc))
            if not config_file(self.home).exists():
                raise
            return False
        return await asyncio.to_thread(write_files, self.home, self.settings, config)

    async def _run_openclaw(self) -> bool:
        """Run it until it ends (False) or its configuration needs a restart (True)."""
        process = OpenClawProcess(self.home, self.settings)
        try:
            await self._write_openclaw_files()
            await process.start()
            await self._wait_ready(process)
            await self._until_restart_is_due(process)
        except (OSError, ValueError, TimeoutError, OpenClawEnded) as exc:
            log.error("openclaw.failed", reason=str(exc) or type(exc).__name__)
            return False
        finally:
            await process.stop()
        log.info("openclaw.restart")
        return True

    async def _wait_ready(self, process: OpenClawProcess) -> None:
        try:
            await process.wait_ready(timeout_seconds=self._ready_seconds)
        except TimeoutError as exc:
            waited = self._ready_seconds
            self._ready_seconds = min(2 * waited, _MOST_READY_SECONDS)
            raise TimeoutError(f"OpenClaw was not ready within {waited:.0f} s") from exc
        self._ready_seconds = READY_SECONDS

    async def _until_restart_is_due(self, process: OpenClawProcess) -> None:
        ended = asyncio.create_task(process.wait())
        # An agent whose database OpenClaw could not write to stays closed for as long as OpenClaw runs.
        room = asyncio.create_task(self._room.back())
        try:
            while True:
                changed = asyncio.create_task(self._config_changed.wait())
                await asyncio.wait({ended, changed, room}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                if ended.done():
                    raise OpenClawEnded(ended.result())
                if room.done():
                    log.warning("openclaw.disk_was_full")
                    return
                self._config_changed.clear()
                if await self._write_openclaw_files():
                    return
        finally:
            ended.cancel()
            room.cancel()


async def _until_healthy(http: httpx.AsyncClient, port: int) -> None:
    url = f"http://127.0.0.1:{port}/healthz"
    while True:
        try:
            if (await http.get(url, timeout=_PROBE_SECONDS)).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(_PROBE_PAUSE_SECONDS)
