"""
Servers as folders and processes of this machine: for trying things out, for the demo and for tests.

The same daemon and the same OpenClaw as on a real server. Nothing of the hub's environment reaches them;
what is secret goes to the daemon on its standard input, never as an argument.
"""

import asyncio
import json
import os
import shutil
import sys
import tomllib
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import structlog
from pydantic import SecretStr

import letsbe_app
from letsbe_app.fleet.provisioning.providers.base import ProviderFailed, Server
from letsbe_app.fleet.provisioning.providers.local_process import KeptDaemon, living_daemon
from letsbe_app.fleet.provisioning.providers.local_slots import (
    PortClaims,
    free_slots,
    is_claimed,
    is_free,
    ports_of,
)
from letsbe_app.fleet.tenants.schemas import link_url

log = structlog.get_logger()

ROOT: Final = Path(letsbe_app.__file__).parents[1]
ENROL_SECONDS: Final = 90.0
LEAST_FREE_BYTES: Final = 500_000_000
_INHERITED: Final = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")


@dataclass(frozen=True)
class LocalSettings:
    """What local servers are made of."""

    tenants_dir: Path
    hub_url: str
    openclaw_package: Path
    node: Path
    model_url: str
    model_name: str
    model_key: SecretStr
    root: Path = ROOT
    """Where ``tenant_daemon`` is imported from."""
    traces_url: str = ""
    """The hub's own collector: on this machine a server's traces go where the hub's go."""


class LocalProvider:
    """One per jobs process; no two jobs processes may share a data folder."""

    name = "local"

    def __init__(self, settings: LocalSettings) -> None:
        self._settings = settings
        self._daemons: dict[str, KeptDaemon] = {}
        self._claims = PortClaims()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._removed: set[str] = set()

    async def reserve(self, tenant_id: str, taken_refs: Collection[str]) -> str:
        slot = next((slot for slot in free_slots(taken_refs) if self._claims.take(ports_of(slot))), None)
        if slot is None:
            raise ProviderFailed(
                "Every place for a server on this machine is taken, or other programs use their ports."
            )
        return str(slot)

    async def prepare(self, server: Server) -> str:
        home = self._home(server.tenant_id)
        async with self._at_work_on(server):
            await asyncio.to_thread(_make_private, home)
        free_bytes = shutil.disk_usage(home).free
        if free_bytes < LEAST_FREE_BYTES:
            raise ProviderFailed("The disk of this machine is nearly full. Free some space and try again.")
        return f"{free_bytes / 1e9:.1f} GB are free."

    @asynccontextmanager
    async def _at_work_on(self, server: Server) -> AsyncIterator[None]:
        """
        One step at a time for each server, and none after its removal.

        A business may be deleted while its server is being made: what a step makes then would stay for ever.
        """
        async with self._locks[server.tenant_id]:
            if server.tenant_id in self._removed:
                raise ProviderFailed("This server was removed.")
            yield

    async def enrol(self, server: Server, token: str) -> None:
        async with self._at_work_on(server):
            await self._enrol(server, token)

    async def _enrol(self, server: Server, token: str) -> None:
        secrets = {
            "hub_url": self._settings.hub_url,
            "token": token,
            "tenant_name": server.name,
            "model_key": self._settings.model_key.get_secret_value(),
        }
        process = await asyncio.create_subprocess_exec(
            *self._enrol_command(server),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd=self._settings.root,
            env=self._environment(server.tenant_id),
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(ENROL_SECONDS):
                _, errors = await process.communicate(json.dumps(secrets).encode())
        except TimeoutError as exc:
            raise ProviderFailed("The server did not introduce itself in time.") from exc
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise ProviderFailed(f"The server could not introduce itself: {_last_line(errors)}")

    async def start(self, server: Server) -> None:
        async with self._at_work_on(server):
            _keep_running_file(self._home(server.tenant_id)).touch(mode=0o600)
            self._claim(server)
            await self._kept(server.tenant_id).start()

    def why_down(self, tenant_id: str) -> str | None:
        daemon = self._daemons.get(tenant_id)
        return daemon.why_down() if daemon else None

    async def remove(self, server: Server) -> None:
        async with self._locks[server.tenant_id]:
            self._removed.add(server.tenant_id)
            await self._remove(server)

    async def _remove(self, server: Server) -> None:
        home = self._home(server.tenant_id)
        daemon = self._daemons.pop(server.tenant_id, None)
        if daemon is not None:
            await daemon.stop()
        try:
            await asyncio.to_thread(_delete, home)
        except OSError as exc:
            raise ProviderFailed("The folder of the server could not be deleted.") from exc
        if server.ref:
            self._claims.release(ports_of(int(server.ref)))

    async def resume(self, servers: Sequence[Server]) -> None:
        for server in servers:
            if _keep_running_file(self._home(server.tenant_id)).exists():
                self._claim(server)
                await self._kept(server.tenant_id).start()

    async def close(self) -> None:
        await asyncio.gather(*(daemon.stop() for daemon in self._daemons.values()))
        self._daemons.clear()
        self._claims.release_all()

    def _claim(self, server: Server) -> None:
        """Keep its place for it, also when another process reserved it once."""
        if not self._claims.take(ports_of(int(server.ref))):
            log.error(
                "local.place_taken", tenant_id=server.tenant_id, ports=asdict(ports_of(int(server.ref)))
            )

    def _kept(self, tenant_id: str) -> KeptDaemon:
        if tenant_id not in self._daemons:
            self._daemons[tenant_id] = KeptDaemon(
                tenant_id,
                self._home(tenant_id),
                self._environment(tenant_id),
                self._settings.root,
                # The hub may have another port than when this server enrolled.
                ("--link-url", link_url(self._settings.hub_url)),
            )
        return self._daemons[tenant_id]

    def _home(self, tenant_id: str) -> Path:
        return self._settings.tenants_dir.resolve() / tenant_id

    def _environment(self, tenant_id: str) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {**inherited, "HOME": str(self._home(tenant_id)), "PYTHONUNBUFFERED": "1"}

    def _enrol_command(self, server: Server) -> list[str]:
        ports = ports_of(int(server.ref))
        options = {
            "--home": self._home(server.tenant_id),
            "--proxy-port": ports.proxy,
            "--wrapper-port": ports.wrapper,
            "--gateway-port": ports.gateway,
            "--practice-port": ports.practice,
            "--openclaw-dir": self._settings.openclaw_package.resolve(),
            "--node": self._settings.node.resolve(),
        }
        if self._settings.model_url:
            options |= {"--model-url": self._settings.model_url, "--model-name": self._settings.model_name}
        if self._settings.traces_url:
            options |= {"--traces-url": self._settings.traces_url}
        flags = [text for name, value in options.items() for text in (name, str(value))]
        return [sys.executable, "-m", "tenant_daemon", "enrol", *flags]


def _make_private(home: Path) -> None:
    for folder in (home.parent, home):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    (home / "run").mkdir(mode=0o700, exist_ok=True)


def _delete(home: Path) -> None:
    # Its memory of what should run goes first: half deleted, it must not be started again.
    _keep_running_file(home).unlink(missing_ok=True)
    if home.exists():
        shutil.rmtree(home)


def _keep_running_file(home: Path) -> Path:
    """There once the server was switched on: the machine's own memory of what should run."""
    return home / "run" / "keep-running"


def blocked_ports(tenants_dir: Path) -> Iterator[tuple[str, int]]:
    """Names of servers that are to run here, and ports of theirs that others listen on, or are about to."""
    for home in sorted(tenants_dir.glob("*")):
        if not _keep_running_file(home).exists() or living_daemon(home):
            continue
        try:
            settings = tomllib.loads((home / "daemon.toml").read_text())
        except (FileNotFoundError, tomllib.TOMLDecodeError):
            continue  # The daemon tells of it.
        for port in settings.get("ports", {}).values():
            if not is_free(port) or is_claimed(port):
                yield settings.get("tenant_name", home.name), port


def _last_line(errors: bytes) -> str:
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "it did not say why."
