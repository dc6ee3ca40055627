"""The link without a websocket: the daemon's own channel and routes of two workers, any of which answers."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.envelope import Acknowledged, Hello, HubEnvelope, parse_hub_frame
from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.hub_client.channel import Channel, ChannelClosed, open_websocket
from tenant_daemon.hub_client.connection import HubConnection
from tenant_daemon.hub_client.http_channel import open_http
from tenant_daemon.hub_client.inbox import Incoming
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.protocol import encode
from tenant_daemon.hub_client.roads import Roads
from tenant_daemon.kit.backoff import Backoff
from tests.support.live_hub import Customer, LiveHub, ScriptedRun, Worker, daemon, eventually
from tests.support.middlebox import FrontDoor

HELLO = Hello(daemon_version="1", config_version=10_000)


@asynccontextmanager
async def over_http(worker: Worker, api_key: str, hello: Hello = HELLO) -> AsyncIterator[Channel]:
    """An open channel, welcomed."""
    async with open_http(f"{worker.ws}/api/v1/tenant/link", api_key) as channel:
        await channel.send(encode(hello))
        assert parse_hub_frame(await channel.receive()).payload.kind == "link.welcome"
        await channel.send(encode(heartbeat(hello.config_version)))
        yield channel


def heartbeat(config_version: int = 10_000) -> Heartbeat:
    return Heartbeat(
        daemon_version="1", openclaw_version="2026.9.6", config_version=config_version, is_ready=True
    )


async def heard(channel: Channel, kind: str) -> HubEnvelope:
    async with asyncio.timeout(30):
        while True:
            envelope = parse_hub_frame(await channel.receive())
            if envelope.payload.kind == kind:
                return envelope


async def closing(channel: Channel) -> ChannelClosed:
    """Why the channel ends."""
    async with asyncio.timeout(30):
        while True:
            try:
                await channel.receive()
            except ChannelClosed as exc:
                return exc


async def test_server_is_online_and_gets_messages_in_order_once(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    conversations = hub.workers[0].services.conversations
    await conversations.send(customer.actor, conversation_id, "one")
    async with over_http(hub.workers[1], customer.api_key) as channel:
        first = await heard(channel, "chat.send")
        assert await hub.workers[0].services.relay.presence.is_online(customer.tenant_id)
        await conversations.send(customer.actor, conversation_id, "two")
        second = await heard(channel, "chat.send")
        assert [first.payload.text, second.payload.text] == ["one", "two"]  # type: ignore[union-attr]
        assert second.seq > first.seq > 0
        await channel.send(encode(Acknowledged(ids=[first.id, second.id])))

        async def is_delivered() -> bool:
            page = await conversations.messages(customer.actor, conversation_id)
            return [message.status for message in page.items] == ["delivered", "delivered"]

        await eventually(is_delivered)


async def test_answer_is_committed_once_also_when_the_same_batch_comes_twice(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    run = ScriptedRun(conversation_id)
    run.started()
    for number in range(20):
        run.delta(f"{number} ")
    run.finished()
    async with over_http(hub.workers[0], customer.api_key) as channel:
        for event in run.events + run.events:
            await channel.send(encode(event))
        while True:
            ack = (await heard(channel, "run.ack")).payload
            if ack.seq == len(run.events):  # type: ignore[union-attr]
                break
    page = await hub.workers[1].services.conversations.messages(customer.actor, conversation_id)
    assert [(message.text, message.status) for message in page.items] == [(run.text, "completed")]


async def test_requests_of_one_link_may_go_to_different_workers(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    run = ScriptedRun(conversation_id)
    run.started()
    run.delta("half ")
    run.delta("whole")
    run.finished()
    hello = encode(HELLO)
    headers = {"Authorization": f"Bearer {customer.api_key}"}
    async with httpx.AsyncClient(headers=headers) as client:
        for number, event in enumerate(run.events):
            url = f"{hub.workers[number % 2].http}/api/v1/tenant/link/push"
            answer = await client.post(url, json={"hello": hello, "frames": [encode(event)]})
            [frame] = answer.json()["data"]["frames"]
            assert parse_hub_frame(frame).payload.seq == number + 1  # type: ignore[union-attr]
    page = await hub.workers[1].services.conversations.messages(customer.actor, conversation_id)
    assert page.items[0].text == "half whole"


async def test_configuration_is_offered_at_once_and_not_again_while_it_is_under_way(
    hub: LiveHub, customer: Customer
) -> None:
    services = hub.workers[0].services
    hello = Hello(daemon_version="1", config_version=0)
    async with over_http(hub.workers[0], customer.api_key, hello) as channel:
        first = (await heard(channel, "config.apply")).payload.config  # type: ignore[union-attr]
        began = time.monotonic()
        await services.agents.set_stopped(customer.actor, customer.tenant_id, "sales", True)
        second = (await heard(channel, "config.apply")).payload.config  # type: ignore[union-attr]
        assert second.version == first.version + 1
        assert time.monotonic() - began < 2
        await channel.send(encode(ConfigApplied(version=second.version, is_applied=True)))

        async def is_in_force() -> bool:
            tenant = await services.tenants.get(customer.actor, customer.tenant_id)
            return tenant.applied_config_version == second.version

        await eventually(is_in_force)


async def test_websocket_takes_over_from_http_and_http_from_a_websocket(
    hub: LiveHub, customer: Customer
) -> None:
    async with (
        over_http(hub.workers[0], customer.api_key) as channel,
        daemon(hub.workers[1], customer.api_key) as link,
    ):
        assert (await closing(channel)).code == 4409
        async with over_http(hub.workers[0], customer.api_key):
            assert await link.close_code() == 4409


async def test_revocation_ends_the_channel_within_two_seconds(hub: LiveHub, customer: Customer) -> None:
    async with over_http(hub.workers[0], customer.api_key) as channel:
        await hub.workers[1].services.tenants.revoke_key(customer.actor, customer.tenant_id)
        began = time.monotonic()
        assert (await closing(channel)).code == 4401
        assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("open", {"hello": "{"}, 422, "invalid_input"),
        ("open", {"hello": encode(heartbeat())}, 422, "invalid_input"),
        (
            "open",
            {"hello": encode(HELLO.model_copy(update={"protocol_version": 0}))},
            426,
            "version_unsupported",
        ),
        ("push", {"hello": encode(HELLO), "frames": ["nonsense"]}, 422, "invalid_input"),
        ("push", {"hello": encode(HELLO), "frames": [encode(HELLO)]}, 422, "invalid_input"),
        ("push", {"hello": encode(HELLO), "frames": ["{}"] * 201}, 422, "invalid_input"),
        ("push", {"hello": encode(HELLO), "frames": ["x" * 5_000_000]}, 413, "too_large"),
        ("poll", {"hello": encode(HELLO), "link_id": "mine"}, 422, "invalid_input"),
        ("poll", {"hello": encode(HELLO), "link_id": f"{1:020d}lnk_1"}, 409, "conflict"),
    ],
)
async def test_bad_input_has_its_status_and_code(
    hub: LiveHub, customer: Customer, path: str, body: dict[str, object], status: int, code: str
) -> None:
    async with daemon(hub.workers[0], customer.api_key):
        answer = await asyncio.to_thread(
            httpx.post,
            f"{hub.workers[1].http}/api/v1/tenant/link/{path}",
            json=body,
            headers={"Authorization": f"Bearer {customer.api_key}"},
        )
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


class _Handler:
    def __init__(self) -> None:
        self.texts: list[str] = []

    def on_welcome(self) -> None:
        pass

    def on_message(self, message: Incoming) -> None:
        self.texts.append(getattr(message.payload, "text", ""))


@pytest.mark.slow
async def test_link_goes_over_http_while_websockets_are_blocked_and_back_without_a_double(
    hub: LiveHub, customer: Customer, conversation_id: str, tmp_path: Path
) -> None:
    """The daemon's own connection behind a box that refuses upgrades, then lets them through, then not."""
    conversations = hub.workers[0].services.conversations
    store, handler = LinkStore(tmp_path / "link.db"), _Handler()
    async with FrontDoor([hub.workers[0].port], random.Random(1)).running() as box:
        url = f"ws://127.0.0.1:{box.port}/api/v1/tenant/link"
        roads = Roads(lambda: open_websocket(url, customer.api_key), lambda: open_http(url, customer.api_key))
        connection = HubConnection(
            store,
            roads.open,
            lambda: HELLO.model_copy(update={"link_number": store.next_link_number()}),
            handler,
            Backoff(base_seconds=0.02, cap_seconds=0.1),
        )
        task = asyncio.create_task(connection.run())
        try:
            for number, is_blocked in enumerate((True, False, True, False)):
                box.blocks_websockets = is_blocked
                roads._http_until = 0.0
                box.cut()
                await conversations.send(customer.actor, conversation_id, f"message {number}")
                store.put(ConfigApplied(version=number, is_applied=True))
                await eventually(lambda: roads.is_over_http is is_blocked and connection.is_online)  # noqa: B023
                await eventually(lambda: len(handler.texts) == number + 1 and store.depth() == 0)  # noqa: B023
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            store.close()
    assert handler.texts == [f"message {number}" for number in range(4)]
    assert box.refused >= 2
