"""A proxy of its own with an upstream of ours, over real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.egress.command import create_app, feed_address
from tenant_daemon.feed.opening import open_feed
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.notice import announce_config
from tenant_daemon.local_tokens import local_token
from tenant_daemon.metering import Meter
from tenant_daemon.settings import Model, TenantSettings, TracesTo, Upstream
from tenant_daemon.vault import Vault
from tests.support.model_upstream import ModelUpstream, serving
from tests.support.waiting import eventually

SECRET = "kV9#mQ2x!Lp7zR4wT8nB"
AGENT = AgentConfig(agent_id="sales", name="Sales")


@dataclass
class Proxy:
    client: httpx.AsyncClient
    upstream: ModelUpstream
    home: TenantHome
    vault: Vault
    url: str
    token: str

    def configure(self, config: TenantConfig) -> None:
        configure(self.home, config)

    async def ask(self, body: dict[str, object], agent: str = "sales") -> httpx.Response:
        return await self.client.post(f"/agents/{agent}/v1/chat/completions", json=body)

    def usage(self) -> list[tuple[str, int, int, int, int, int]]:
        meter = Meter(self.home.metering_db)
        rows = meter._db._connection.execute("SELECT * FROM buckets").fetchall()
        meter.close()
        names = (
            "agent_id",
            "prompt_tokens",
            "completion_tokens",
            "cached_tokens",
            "request_count",
            "estimated_count",
        )
        return [tuple(row[name] for name in names) for row in rows]


def configure(home: TenantHome, config: TenantConfig) -> None:
    """Put a configuration in force as the link does."""
    home.config_file.write_text(config.model_dump_json())
    announce_config(home.notice_file)


@asynccontextmanager
async def running(
    root: Path, *, is_public: bool = False, traces: TracesTo | None = None
) -> AsyncIterator[Proxy]:
    """
    A proxy with its upstream; leaving the context writes everything down.

    ``is_public`` gives Anthropic's format an address on the internet, which no test may reach.
    """
    home = TenantHome(root)
    home.create()
    vault = Vault.open(home)
    vault.put("db-password", SECRET, actor="test")
    upstream = ModelUpstream()
    async with serving(upstream.app()) as address:
        settings = TenantSettings(
            tenant_name="t",
            hub_url="http://hub.test",
            traces=traces or TracesTo(),
            model=Model(url=f"{address}/v1", name="real-model"),
            upstreams=[
                Upstream(
                    name="responses", url=f"{address}/v1", format="openai-responses", model="real-model"
                ),
                Upstream(
                    name="messages",
                    url="https://api.anthropic.com/v1" if is_public else f"{address}/v1",
                    format="anthropic-messages",
                    model="real-model",
                    key="SECRET_REF(model-upstream-key-2)",
                ),
            ],
        )
        async with fed(home, settings, vault) as base:
            token = local_token(home, "proxy")
            headers = {"authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(base_url=base, headers=headers, timeout=30) as client:
                built = Proxy(client, upstream, home, vault, base, token)
                built.configure(TenantConfig(version=1, agents=[AGENT]))
                yield built


@asynccontextmanager
async def fed(home: TenantHome, settings: TenantSettings, vault: Vault | None = None) -> AsyncIterator[str]:
    """A proxy and the daemon's side of its feed; the address of the proxy once it has heard everything."""
    with open_feed(home, settings, vault or Vault.open(home)):
        async with serving(create_app(home, settings, feed_address(home))) as base:
            await until_fed(base)
            yield base


async def until_fed(base: str) -> None:
    """Wait until the proxy has heard from the daemon."""
    async with httpx.AsyncClient(base_url=base) as client:

        async def is_fed() -> bool:
            return (await client.get("/healthz")).is_success

        await eventually(is_fed)
