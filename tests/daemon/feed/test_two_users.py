"""The proxy under a user of its own, as the units of ``deploy/tenant`` start it."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.outbox import open_store
from tenant_daemon.hub_client.settings_file import write_settings
from tenant_daemon.local_tokens import local_token
from tenant_daemon.settings import Model, Ports, TenantSettings
from tenant_daemon.vault import Vault
from tests.support.model_upstream import ModelUpstream, serving
from tests.support.proxy import SECRET
from tests.support.redis import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start processes as other users"),
]

START_SECONDS = 180
"""Each process reads everything that Python has before it gives its rights up."""
DAEMON, PROXY, OTHER = 47_110, 47_120, 47_130
REFUSED = (b"0", b"PermissionError", b"ConnectionResetError", b"BrokenPipeError")
KEY = "upstream-Key-4711-abcdef"


@dataclass
class Server:
    """A server's folders, each as its unit makes it, and the processes of both users."""

    root: Path
    settings: TenantSettings
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def home(self) -> TenantHome:
        return TenantHome(self.root / "tenant")

    @property
    def books(self) -> Path:
        return self.root / "letsbe-proxy"

    @property
    def socket(self) -> Path:
        return self.root / "run" / "feed.sock"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.ports.proxy}"

    def start(self, uid: int, groups: Sequence[int], *arguments: str) -> subprocess.Popen[bytes]:
        numbers = ",".join(map(str, groups))
        log = (self.root / f"{uid}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.as_user", str(uid), numbers, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        log.close()
        self.running.append(process)
        return process

    def start_daemon(self) -> subprocess.Popen[bytes]:
        where = (str(self.home.root), str(PROXY), str(self.socket))
        process = self.start(DAEMON, (DAEMON, PROXY), "daemon", *where)
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n", (self.root / f"{DAEMON}.log").read_text()
        return process

    def start_proxy(self) -> subprocess.Popen[bytes]:
        return self.start(
            *(PROXY, (PROXY,), "proxy", "--home", str(self.books)),
            *("--settings", str(self.root / "daemon.toml"), "--feed", str(self.socket)),
            *("--daemon-user", str(DAEMON)),
        )

    async def answers(self, status: int) -> None:
        """Wait until the proxy says how it is."""

        async def is_so() -> bool:
            with suppress(httpx.HTTPError):
                async with httpx.AsyncClient() as client:
                    return (await client.get(f"{self.url}/healthz")).status_code == status
            return False

        try:
            async with asyncio.timeout(START_SECONDS):
                while not await is_so():  # noqa: ASYNC110 - another process, which tells nobody
                    await asyncio.sleep(0.05)
        except TimeoutError:
            logs = "".join(path.read_text() for path in self.root.glob("*.log"))
            raise AssertionError(f"the proxy did not answer {status}:\n{logs}") from None

    async def ask(self) -> httpx.Response:
        headers = {"authorization": f"Bearer {local_token(self.home, 'proxy')}"}
        body = {"model": "m", "messages": [{"role": "user", "content": f"is it {SECRET}?"}]}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30) as client:
            return await client.post("/agents/sales/v1/chat/completions", json=body)

    def told_a_stranger(self, uid: int, groups: Sequence[int]) -> bytes:
        process = self.start(uid, groups, "stranger", str(self.socket))
        return process.communicate(timeout=60)[0].strip()

    def proxy_can_read(self, path: Path) -> bool:
        return not subprocess.run(["cat", path], user=PROXY, group=PROXY, capture_output=True).returncode


def end(process: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> None:
    process.send_signal(number)
    process.wait(20)


@pytest.fixture
def server() -> Iterator[Server]:
    # Not pytest's folder, which only root can go through.
    root = Path(tempfile.mkdtemp(prefix="letsbe-"))
    root.chmod(0o711)
    built = Server(root, TenantSettings(tenant_name="t", hub_url="http://h", ports=Ports(proxy=free_port())))
    try:
        yield built
    finally:
        for process in built.running:
            if process.poll() is None:
                end(process)
        # shutil.rmtree(root)


def furnish(server: Server, model_url: str) -> None:
    """What is there before either process starts."""
    home = server.home
    home.create()
    vault = Vault.open(home)
    vault.put("db-password", SECRET, actor="test")
    vault.put("model-upstream-key", KEY, actor="test")
    vault.close()
    local_token(home, "proxy")
    config = TenantConfig(version=1, agents=[AgentConfig(agent_id="sales", name="Sales")])
    home.config_file.write_text(config.model_dump_json())
    server.settings = server.settings.model_copy(update={"model": Model(url=f"{model_url}/v1", name="m")})
    write_settings(home, server.settings)
    # As systemd's LoadCredential does.
    shutil.copy(home.settings_file, server.root / "daemon.toml")
    os.chown(server.root / "daemon.toml", PROXY, PROXY)
    for folder, owner, mode in ((server.books, PROXY, 0o700), (server.socket.parent, DAEMON, 0o711)):
        folder.mkdir()
        folder.chmod(mode)
        os.chown(folder, owner, owner)
    for path in (home.root, *home.root.rglob("*")):
        os.chown(path, DAEMON, DAEMON)


def seen_of(process: subprocess.Popen[bytes]) -> bytes:
    """What other processes could read of it, were they root."""
    return b"".join(Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ"))


async def test_two_users_work_together_in_any_order_and_strangers_hear_nothing(server: Server) -> None:
    upstream = ModelUpstream()
    async with serving(upstream.app()) as address:
        furnish(server, address)

        proxy = server.start_proxy()
        await server.answers(503)
        assert (await server.ask()).json()["error"]["code"] == "vault_unavailable"
        daemon = server.start_daemon()
        await server.answers(200)
        assert (await server.ask()).status_code == 200
        assert b"SECRET_REF(db-password)" in upstream.bodies[0]
        assert upstream.headers[0]["authorization"] == f"Bearer {KEY}"

        for uid, groups in ((OTHER, (OTHER, PROXY)), (DAEMON, (DAEMON, PROXY)), (OTHER, (OTHER,))):
            assert server.told_a_stranger(uid, groups) in REFUSED
        for path in (server.home.vault_db, server.home.keys_dir / "vault.key", server.home.audit_db):
            assert not server.proxy_can_read(path)

        end(daemon)
        await server.answers(503)
        assert (await server.ask()).status_code == 503
        daemon = server.start_daemon()
        await server.answers(200)
        assert (await server.ask()).status_code == 200

        end(proxy)
        proxy = server.start_proxy()
        await server.answers(200)
        assert (await server.ask()).status_code == 200
        assert len(upstream.bodies) == 3
        visible = seen_of(proxy) + seen_of(daemon)

        end(proxy, signal.SIGTERM)
        end(daemon)

    logs = b"".join(path.read_bytes() for path in server.root.glob("*.log"))
    assert b"feed.stranger_refused" in logs
    assert not [value for value in (SECRET, KEY) if value.encode() in visible + logs]
    owners = {path.name: path.stat().st_uid for path in server.books.iterdir()}
    assert owners == dict.fromkeys(owners, PROXY)
    assert "metering.db" in owners
    store = open_store(server.home.link_db)
    [reported] = [json.loads(message.payload) for message in store.waiting(after=0, limit=10)]
    store.close()
    assert [bucket["request_count"] for bucket in reported["buckets"]] == [3]
