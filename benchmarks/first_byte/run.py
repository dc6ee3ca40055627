"""
The proxy's own time to the first byte: a provider, the proxy as it really runs, and a load.

Each is a process, on the core that it would have for itself on a server.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.first_byte.load import Target, at_once, one_among
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.local_tokens import local_token
from tenant_daemon.redaction import KnownSecret
from tenant_daemon.vault import Vault
from tests.support.redis import free_port

_START_SECONDS = 30
_MEASURED = {
    "one": "one request after the other",
    "burst": "50 requests at the same moment; one core answers them all, so the last waits for 49 others",
    "among_streams": "one request after the other while 50 answers come at 40 words a second each",
}
Load = Callable[[Target, Sequence[str], int, int], Awaitable[list[float]]]


def first_byte(secrets: Sequence[KnownSecret], texts: Sequence[str], rounds: int) -> dict[str, object]:
    """
    Milliseconds to the first event directly and through the proxy, and the difference.

    The provider and the load share a core, the proxy has another one, and the direct calls go the same way
    without the proxy.
    """
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder, _pinned(cores[:1]):
        home = TenantHome(Path(folder))
        home.create()
        agent = AgentConfig(agent_id="sales", name="Sales")
        home.config_file.write_text(TenantConfig(version=1, agents=[agent]).model_dump_json())
        vault = Vault.open(home)
        for secret in secrets:
            vault.put(secret.name, secret.value, actor="benchmark")
        token = local_token(home, "proxy")
        with _upstream() as address, _proxy(home, address, cores[-1:]) as proxy:
            targets = (Target(f"{address}/v1", token), Target(f"{proxy}/agents/sales/v1", token))
            return {
                "measured": _MEASURED,
                "cores": len(cores),
                "one": _compared(at_once, targets, texts, 1, rounds),
                "burst": _compared(at_once, targets, texts, 50, max(3, rounds // 20)),
                "among_streams": _compared(one_among, targets, texts, 50, rounds),
            }


def _compared(
    load: Load, targets: tuple[Target, Target], texts: Sequence[str], streams: int, rounds: int
) -> dict[str, object]:
    async def run(target: Target) -> list[float]:
        return await load(target, texts, streams, rounds)

    direct, through = (quantiles(asyncio.run(run(target))) for target in targets)
    own = {name: round(through[name] - direct[name], 2) for name in direct}
    return {"streams": streams, "direct": direct, "through_proxy": through, "own": own}


def quantiles(times: Sequence[float]) -> dict[str, float]:
    """The middle and the worst of a hundred."""
    ordered = sorted(times)
    return {
        f"p{percent}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 2)
        for percent in (50, 99)
    }


@contextmanager
def _upstream() -> Iterator[str]:
    with _process("benchmarks.first_byte.upstream", stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"


@contextmanager
def _proxy(home: TenantHome, upstream: str, cores: Sequence[int]) -> Iterator[str]:
    port = free_port()
    home.settings_file.write_text(
        'tenant_name = "b"\nhub_url = "http://hub.test"\n'
        f'[model]\nurl = "{upstream}/v1"\nname = "m"\nis_internal = true\n[ports]\nproxy = {port}\n'
    )
    with _feed(home), _process("tenant_daemon", "proxy", "--home", str(home.root)) as process:
        os.sched_setaffinity(process.pid, cores)
        address = f"http://127.0.0.1:{port}"
        transport = httpx.HTTPTransport(retries=_START_SECONDS)
        with httpx.Client(transport=transport, timeout=_START_SECONDS) as client:
            deadline = time.monotonic() + _START_SECONDS
            while not (answer := client.get(f"{address}/healthz")).is_success:
                if time.monotonic() > deadline:
                    answer.raise_for_status()
                time.sleep(0.1)
        yield address


@contextmanager
def _feed(home: TenantHome) -> Iterator[None]:
    """The daemon, of which the proxy asks before each request what is in force."""
    with _process("benchmarks.first_byte.feed", str(home.root), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        if process.stdout.readline() != b"open\n":
            raise RuntimeError("the feed did not open")
        yield


@contextmanager
def _process(*arguments: str, stdout: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def _pinned(cores: Sequence[int]) -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
