"""The proxy and the daemon that it hears everything from: who comes first, who leaves, who pretends."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import openai
import pytest

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.egress import feed as feed_module
from tenant_daemon.egress.command import create_app, feed_address
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.feed import Feed, FeedAddress
from tenant_daemon.egress.known import Known
from tenant_daemon.feed import door as door_module
from tenant_daemon.feed.messages import FromProxy, written
from tenant_daemon.feed.opening import open_feed
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.outbox import open_store
from tenant_daemon.kit.notice import announce_config
from tenant_daemon.kit.unix_address import bind_private
from tenant_daemon.local_tokens import local_token
from tenant_daemon.settings import Model, TenantSettings, Upstream
from tenant_daemon.vault import Vault, VaultLocked
from tenant_daemon.vault.canary import plant
from tests.support.model_upstream import ModelUpstream, end_chunk, serving, text_chunk, usage_chunk
from tests.support.proxy import AGENT, SECRET, until_fed
from tests.support.waiting import eventually

ASKED = {"model": "m", "messages": [{"role": "user", "content": f"is it {SECRET}?"}]}


@dataclass
class Scene:
    """A proxy that runs, and a daemon that comes and goes."""

    home: TenantHome
    settings: TenantSettings
    vault: Vault
    upstream: ModelUpstream
    base: str
    client: httpx.AsyncClient
    _daemon: ExitStack = field(default_factory=ExitStack)

    async def daemon_comes(self) -> None:
        self._daemon.enter_context(open_feed(self.home, self.settings, self.vault))
        await until_fed(self.base)

    async def daemon_leaves(self) -> None:
        await asyncio.to_thread(self._daemon.close)

    async def ask(self, path: str = "chat/completions", **more: object) -> httpx.Response:
        return await self.client.post(f"/agents/sales/v1/{path}", json={**ASKED, **more})

    def waiting(self) -> list[dict[str, object]]:
        """What waits for the hub."""
        store = open_store(self.home.link_db)
        try:
            return [json.loads(message.payload) for message in store.waiting(after=0, limit=100)]
        finally:
            store.close()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    home = TenantHome(tmp_path / "home")
    home.create()
    home.config_file.write_text(TenantConfig(version=1, agents=[AGENT]).model_dump_json())
    vault = Vault.open(home)
    vault.put("db-password", SECRET, actor="test")
    upstream = ModelUpstream()
    headers = {"authorization": f"Bearer {local_token(home, 'proxy')}"}
    async with serving(upstream.app()) as address:
        more = Upstream(name="other", url=f"{address}/v1", format="anthropic-messages", model="real-model")
        model = Model(url=f"{address}/v1", name="real-model")
        settings = TenantSettings(tenant_name="t", hub_url="http://h", model=model, upstreams=[more])
        async with (
            serving(create_app(home, settings, feed_address(home))) as base,
            httpx.AsyncClient(base_url=base, headers=headers, timeout=30) as client,
        ):
            built = Scene(home, settings, vault, upstream, base, client)
            yield built
            await built.daemon_leaves()


async def test_nothing_leaves_before_the_daemon_has_said_what_is_secret(scene: Scene) -> None:
    for path in ("chat/completions", "messages"):
        answer = await scene.ask(path, max_tokens=100)
        assert answer.status_code == 503
        # The clients' own SDKs ask again by themselves.
        assert "x-should-retry" not in answer.headers
        assert answer.json()["error"]["message"] == (
            "The vault cannot be read, so nothing may leave this server."
        )
    assert (await scene.client.get("/healthz")).status_code == 503
    assert scene.upstream.bodies == []
    await scene.daemon_comes()
    assert (await scene.ask()).status_code == 200
    assert SECRET.encode() not in scene.upstream.bodies[0]


async def test_vendors_sdk_waits_for_a_daemon_that_is_late(scene: Scene) -> None:
    async def late() -> None:
        await scene.daemon_comes()

    async with openai.AsyncOpenAI(
        base_url=f"{scene.base}/agents/sales/v1",
        api_key=local_token(scene.home, "proxy"),
        max_retries=5,
        http_client=httpx.AsyncClient(trust_env=False),
    ) as client:
        coming = asyncio.create_task(late())
        answer = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
        await coming
    assert answer.choices[0].message.content == "hi"


async def test_nothing_leaves_while_the_daemon_is_gone_and_all_goes_on_when_it_is_back(scene: Scene) -> None:
    await scene.daemon_comes()
    assert (await scene.ask()).status_code == 200
    await scene.daemon_leaves()
    assert (await scene.ask()).json()["error"]["code"] == "vault_unavailable"
    # Stored while nobody could tell the proxy.
    scene.vault.put("new-key", "nQ4-violet-Crane-77", actor="user:usr_1")
    await scene.daemon_comes()
    asked = [{"role": "user", "content": f"{SECRET} or nQ4-violet-Crane-77"}]
    assert (await scene.ask(messages=asked)).status_code == 200
    assert len(scene.upstream.bodies) == 2
    [message] = scene.upstream.requests[1]["messages"]
    assert message["content"] == "SECRET_REF(db-password) or SECRET_REF(new-key)"


async def test_daemon_that_was_set_up_anew_is_believed(scene: Scene) -> None:
    await scene.daemon_comes()
    await scene.daemon_leaves()
    scene.vault.close()
    for path in scene.home.root.glob("vault.db*"):
        path.unlink()
    (scene.home.keys_dir / "vault.counter").unlink()
    scene.vault = Vault.open(scene.home)
    # The same number of changes as before.
    scene.vault.put("db-password", "nQ4-violet-Crane-77", actor="test")
    await scene.daemon_comes()
    await scene.ask(messages=[{"role": "user", "content": "nQ4-violet-Crane-77"}])
    assert b"nQ4-violet" not in scene.upstream.bodies[0]


async def test_answer_that_runs_when_the_daemon_leaves_is_finished_and_checked(scene: Scene) -> None:
    await scene.daemon_comes()
    scene.upstream.pause = asyncio.Event()
    scene.upstream.chunks = [
        text_chunk("It is what it is and "),
        text_chunk(f"{SECRET} it is"),
        end_chunk(),
        usage_chunk(7, 5),
    ]
    url = "/agents/sales/v1/chat/completions"
    async with scene.client.stream("POST", url, json={**ASKED, "stream": True}) as answer:
        lines = answer.aiter_lines()
        first = await anext(lines)
        await scene.daemon_leaves()
        scene.upstream.pause.set()
        rest = "".join([line async for line in lines])
    assert "It is" in first
    assert "SECRET_REF(db-password)" in rest
    assert "[DONE]" in rest
    assert SECRET not in rest


async def test_what_was_used_meanwhile_is_reported_when_the_daemon_is_back(scene: Scene) -> None:
    await scene.daemon_comes()
    scene.upstream.pause = asyncio.Event()
    scene.upstream.chunks = [text_chunk("Good morning to you "), end_chunk(), usage_chunk(10, 2)]
    url = "/agents/sales/v1/chat/completions"
    async with scene.client.stream("POST", url, json={**ASKED, "stream": True}) as answer:
        lines = answer.aiter_lines()
        await anext(lines)
        await scene.daemon_leaves()
        scene.upstream.pause.set()
        async for _ in lines:
            pass
    assert scene.waiting() == []
    await scene.daemon_comes()

    def totals() -> list[int]:
        return [message["buckets"][0]["prompt_tokens"] for message in scene.waiting()]  # type: ignore[index]

    await eventually(lambda: totals() == [10])


async def test_planted_secret_in_a_request_raises_the_alarm(scene: Scene) -> None:
    plant(scene.vault, "old-pay-key", actor="user:usr_1")
    await scene.daemon_comes()
    value = dict(scene.vault.known_secrets())["old-pay-key"]
    assert (await scene.ask(messages=[{"role": "user", "content": value}])).status_code == 200
    assert value.encode() not in scene.upstream.bodies[0]

    def alarms() -> list[tuple[object, object]]:
        seen = [message for message in scene.waiting() if message["kind"] == "canary.seen"]
        return [(message["name"], message["door"]) for message in seen]

    await eventually(lambda: alarms() == [("old-pay-key", "model request")])


async def test_nothing_leaves_while_the_vault_cannot_be_read(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.daemon_comes()

    def locked() -> int:
        raise VaultLocked("somebody changed it")

    monkeypatch.setattr(scene.vault, "version", locked)

    async def is_refused() -> bool:
        return (await scene.client.get("/healthz")).status_code == 503

    await eventually(is_refused)
    assert (await scene.ask()).json()["error"]["code"] == "vault_unavailable"
    monkeypatch.undo()
    await until_fed(scene.base)
    assert (await scene.ask()).status_code == 200
    assert len(scene.upstream.bodies) == 1


async def test_daemon_that_says_nothing_is_not_waited_for_for_ever(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.daemon_comes()
    monkeypatch.setattr(feed_module, "_CONFIRM_SECONDS", 0.1)
    announce_config(scene.home.notice_file)
    with scene.vault._ledger._database._lock:
        answer = await scene.ask()
    assert answer.json()["error"]["code"] == "vault_unavailable"
    assert scene.upstream.bodies == []


async def test_daemon_that_lets_in_and_says_nothing_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "_CONNECT_SECONDS", 0.1)
    silent = bind_private(tmp_path / "feed.sock")
    silent.settimeout(10)
    feed = Feed(FeedAddress(tmp_path / "feed.sock", os.geteuid(), lambda: "token"), Known())
    feed.start()
    first, _ = await asyncio.to_thread(silent.accept)
    second, _ = await asyncio.to_thread(silent.accept)
    await feed.close()
    for connection in (first, second, silent):
        connection.close()


async def test_proxy_says_nothing_to_somebody_else_who_listens_there(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    home.create()
    pretender = bind_private(home.feed_socket)
    pretender.settimeout(10)
    address = FeedAddress(home.feed_socket, 4_711, lambda: "the-token-of-the-feed")
    settings = TenantSettings(tenant_name="t", hub_url="http://h")
    async with (
        serving(create_app(home, settings, address)) as base,
        httpx.AsyncClient(base_url=base) as client,
    ):
        connection, _ = await asyncio.to_thread(pretender.accept)
        connection.settimeout(10)
        assert await asyncio.to_thread(connection.recv, 100) == b""
        assert (await client.get("/healthz")).status_code == 503
    connection.close()
    pretender.close()


async def test_secret_stored_by_another_process_is_known_to_the_next_request(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The daemon itself would not notice in time.
    monkeypatch.setattr(door_module, "_LOOK_SECONDS", 600.0)
    await scene.daemon_comes()
    for number in range(10):
        value = f"nQ4-violet-Crane-{number}"
        Vault.open(scene.home).put("new-key", value, actor="user:usr_1")
        assert (await scene.ask(messages=[{"role": "user", "content": value}])).status_code == 200
        assert value.encode() not in scene.upstream.bodies[-1]


async def test_notice_that_was_replaced_is_looked_at_anew(scene: Scene) -> None:
    await scene.daemon_comes()
    scene.home.notice_file.unlink()
    scene.vault.put("new-key", "nQ4-violet-Crane-77", actor="user:usr_1")

    async def is_known() -> bool:
        await scene.ask(messages=[{"role": "user", "content": "nQ4-violet-Crane-77"}])
        return bool(scene.upstream.bodies) and b"SECRET_REF(new-key)" in scene.upstream.bodies[-1]

    await eventually(is_known)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[FromProxy]:
    """What the proxy says to the daemon."""
    heard: list[FromProxy] = []

    def noted(message: FromProxy) -> bytes:
        heard.append(message)
        return written(message)

    monkeypatch.setattr(feed_module, "written", noted)
    return heard


async def test_daemon_is_asked_once_when_something_has_changed_and_else_never(
    scene: Scene, said: list[FromProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "_LOOK_SECONDS", 600.0)
    await scene.daemon_comes()
    is_told = asyncio.Event()
    feed = Feed(feed_address(scene.home), Known(), on_registry=is_told.set)
    feed.start()
    await is_told.wait()
    said.clear()
    for _ in range(20):
        await feed.confirm()
    assert said == []
    announce_config(scene.home.notice_file)
    await asyncio.gather(*[feed.confirm() for _ in range(20)])
    assert len(said) == 1
    await feed.close()
    with pytest.raises(Refused):
        await feed.confirm()
