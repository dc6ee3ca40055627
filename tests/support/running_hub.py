"""
The hub as it runs in production: its own process, prebuilt pages, one port, a real Redis, SQLite, migrations.

Tests reach its database and relay through ``services``, which are the same classes in the test's process.
"""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from letsbe_app.composition import Services, build_services
from tests.support.hub import hub_settings, quick_passwords
from tests.support.redis import free_port, running_redis

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


@dataclass(frozen=True)
class RunningHub:
    """Where it listens and what it uses."""

    port: int
    data_dir: Path
    redis_url: str

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def services(self) -> AsyncIterator[Services]:
        """Services over the hub's own database and relay."""
        settings = hub_settings(
            self.data_dir,
            self.redis_url,
            LETSBE_PUBLIC_URL=self.url,
            LETSBE_LOCAL_TENANT_LIMIT=20,
        )
        services = build_services(settings, passwords=quick_passwords())
        try:
            yield services
        finally:
            await services.close()


@contextmanager
def running_hub(folder: Path, *, workers: int = 1) -> Iterator[RunningHub]:
    """Start a hub with data in ``folder``, wait until it is ready, and stop it at the end."""
    with running_redis() as redis:
        hub = RunningHub(free_port(), folder / "data", redis.url)
        environment = {
            **os.environ,
            "LETSBE_DATA_DIR": str(hub.data_dir),
            "LETSBE_HUB_PORT": str(hub.port),
            "LETSBE_HUB_WORKERS": str(workers),
            "LETSBE_PUBLIC_URL": hub.url,
            "LETSBE_LOCAL_TENANT_LIMIT": "20",
            "LETSBE_MODEL_URL": "",
            "DATABASE_URL": "",
            "REDIS_URL": redis.url,
        }
        _command("migrate", environment)
        with (folder / "hub.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "letsbe_app", "serve"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        try:
            _wait_until_ready(hub, process, folder / "hub.log")
            yield hub
        finally:
            process.terminate()
            process.wait(timeout=20)


def ensure_pages() -> None:
    """Build the pages where they are not there yet; ``make setup`` has built them otherwise."""
    web = ROOT / os.environ.get("REFLEX_WEB_WORKDIR", ".web")
    if not (web / "build" / "client" / "index.html").exists():
        _command("build", dict(os.environ))


def _command(name: str, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "letsbe_app", name],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _wait_until_ready(hub: RunningHub, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{hub.url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"the hub did not start:\n{log.read_text()[-4000:]}")
