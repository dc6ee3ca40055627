"""The proxy as a process of its own that is killed in the middle, against what the provider charged."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.contracts.usage import UsageBucket
from tenant_daemon.feed.opening import open_feed
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.settings_file import write_settings
from tenant_daemon.local_tokens import local_token
from tenant_daemon.metering import Meter
from tenant_daemon.settings import Model, Ports, TenantSettings
from tenant_daemon.vault import Vault
from tests.support.model_upstream import end_chunk, serving, text_chunk, usage_chunk
from tests.support.redis import free_port
from tests.support.waiting import eventually

WORD = "word "


@dataclass
class Charging:
    """A provider that keeps its own books. Who says ``forever`` gets an answer without an end."""

    charged: int = 0
    """Tokens of the answers that were finished."""
    asked: int = 0
    endless: int = 0
    held: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/chat/completions", self._chat, methods=["POST"])])

    async def _chat(self, request: Request) -> Response:
        text = json.loads(await request.body())["messages"][0]["content"]
        self.asked += 1
        answer = self._forever() if text == "forever" else self._counted(100 + self.asked, self.asked % 7)
        return StreamingResponse(answer, media_type="text/event-stream")

    async def _counted(self, prompt: int, words: int) -> AsyncIterator[bytes]:
        for _ in range(words):
            yield _frame(text_chunk(WORD))
        self.charged += prompt + words
        yield _frame(end_chunk()) + _frame(usage_chunk(prompt, words)) + b"data: [DONE]\n\n"

    async def _forever(self) -> AsyncIterator[bytes]:
        self.endless += 1
        while True:
            yield _frame(text_chunk(WORD))
            with suppress(TimeoutError):
                await asyncio.wait_for(self.held.wait(), 0.05)


def _frame(chunk: dict[str, object]) -> bytes:
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


@asynccontextmanager
async def proxy_process(home: TenantHome, url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The proxy, ready; what still runs at the end is ended in good order."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tenant_daemon", "proxy", "--home", str(home.root)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    )

    async def is_ready() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{url}/healthz")).status_code == 200
        except httpx.HTTPError:
            return False

    try:
        await eventually(is_ready)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def ask(client: httpx.AsyncClient, agent: str, text: str) -> None:
    body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": text}]}
    with suppress(httpx.HTTPError):
        await client.post(f"/agents/{agent}/v1/chat/completions", json=body)


def written_progress(home: TenantHome) -> int:
    """Requests that run and have written down how far they have come."""
    database = sqlite3.connect(home.metering_db)
    try:
        query = "SELECT count(*) FROM open_requests WHERE completion_tokens > 0"
        return int(database.execute(query).fetchone()[0])
    finally:
        database.close()


def reported(home: TenantHome) -> dict[str, UsageBucket]:
    """What the hub has after it got every message that waits, twice."""
    store = LinkStore(home.link_db)
    messages = [json.loads(one.payload) for one in store.waiting(after=0, limit=100)]
    store.close()
    kept: dict[tuple[str, object], UsageBucket] = {}
    for message in [*messages, *messages]:
        for bucket in map(UsageBucket.model_validate, message["buckets"]):
            old = kept.get((bucket.agent_id, bucket.hour))
            if old is None or bucket.revision > old.revision:
                kept[bucket.agent_id, bucket.hour] = bucket
    sums: dict[str, UsageBucket] = {}
    for bucket in kept.values():
        old = sums.get(bucket.agent_id)
        counts = ("prompt_tokens", "completion_tokens", "request_count", "estimated_count")
        added = {name: getattr(bucket, name) + getattr(old, name, 0) for name in counts}
        sums[bucket.agent_id] = bucket.model_copy(update=added)
    return sums


@pytest.mark.slow
async def test_killed_proxy_has_counted_what_the_provider_charged(tmp_path: Path) -> None:
    home, provider = TenantHome(tmp_path), Charging()
    home.create()
    agents = [AgentConfig(agent_id=name, name=name) for name in ("sales", "it-admin")]
    home.config_file.write_text(TenantConfig(version=1, agents=agents).model_dump_json())
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    headers = {"authorization": f"Bearer {local_token(home, 'proxy')}"}
    async with (
        serving(provider.app()) as address,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client,
    ):
        model = Model(url=f"{address}/v1", name="m")
        settings = TenantSettings(
            tenant_name="t", hub_url="http://127.0.0.1:9", model=model, ports=Ports(proxy=port)
        )
        write_settings(home, settings)
        with open_feed(home, settings, Vault.open(home)):
            async with proxy_process(home, url) as process:
                cut = [asyncio.create_task(ask(client, "it-admin", "forever")) for _ in range(3)]
                await asyncio.gather(*[ask(client, "sales", "hello") for _ in range(12)])
                await eventually(lambda: written_progress(home) == 3)
                process.kill()
                await asyncio.gather(*cut)
            async with proxy_process(home, url):
                await asyncio.gather(*[ask(client, "sales", "hello") for _ in range(5)])

    meter = Meter(home.metering_db)
    assert meter.recover() == 0
    meter.close()
    sums = reported(home)
    sales, admin = sums["sales"], sums["it-admin"]
    assert sales.prompt_tokens + sales.completion_tokens == provider.charged
    assert (sales.request_count, sales.estimated_count) == (17, 0)
    assert (admin.request_count, admin.estimated_count) == (provider.endless, 3)
    assert admin.completion_tokens >= 3
