"""The connection against a real websocket server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tenant_daemon.contracts.chat import RunFinished, RunOutcome, StopRun, TextDelta
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.envelope import Hello
from tenant_daemon.contracts.errors import CLOSE_TAKEN_OVER, ErrorCode
from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.hub_client import connection, inbox
from tenant_daemon.hub_client.channel import ChannelClosed, open_websocket
from tenant_daemon.hub_client.connection import HubConnection
from tenant_daemon.hub_client.inbox import Incoming
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.backoff import Backoff
from tests.support.link_hub import API_KEY, LinkHub, running_hub

HEARTBEAT = Heartbeat(daemon_version="0.1.0", openclaw_version="2026.9.6", config_version=0, is_ready=False)


class _Handler:
    def __init__(self) -> None:
        self.messages: list[Incoming] = []

    def on_welcome(self) -> None:
        pass

    def on_message(self, message: Incoming) -> None:
        self.messages.append(message)


class _Link:
    def __init__(self, store: LinkStore, url: str) -> None:
        self.store = store
        self.handler = _Handler()
        self.hub = HubConnection(
            store,
            lambda: open_websocket(url, API_KEY),
            lambda: Hello(daemon_version="0.1.0", config_version=0),
            self.handler,
            Backoff(base_seconds=0.02, cap_seconds=0.1),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.hub.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def hub() -> AsyncIterator[LinkHub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
def link(tmp_path: Path, hub: LinkHub) -> _Link:
    return _Link(LinkStore(tmp_path / "link.db"), hub.url)


def _run(link: _Link, *texts: str) -> None:
    link.store.journal.begin("r1", ChatSession("it-admin", "cnv1"))
    for text in texts:
        link.store.journal.append("r1", TextDelta(text=text))


def _text(hub: LinkHub) -> str:
    return "".join(event.body.text for event in hub.runs.get("r1", []) if isinstance(event.body, TextDelta))


async def test_key_travels_in_the_header_alone(link: _Link, hub: LinkHub) -> None:
    async with link.running():
        await hub.until(lambda hub: hub.connection_count == 1)
    assert hub.headers[0]["Authorization"] == f"Bearer {API_KEY}"
    assert "Sec-WebSocket-Extensions" not in hub.headers[0]


async def test_messages_are_sent_until_they_are_confirmed(link: _Link, hub: LinkHub) -> None:
    hub.confirms = False
    link.store.put(ConfigApplied(version=1, is_applied=True))
    async with link.running():
        await hub.until(lambda hub: len(hub.of_kind("config.applied")) == 1)
        hub.confirms = True
        hub.cut()
        await hub.until(lambda hub: len(hub.of_kind("config.applied")) == 2)
        link.store.put(ConfigApplied(version=2, is_applied=True))
        link.hub.wake()
        await hub.until(lambda hub: len(hub.of_kind("config.applied")) == 3)
        first, second, _ = hub.of_kind("config.applied")
        assert first.id == second.id
        await hub.settle()
        assert link.store.depth() == 0


async def test_connection_lost_in_the_middle_of_a_run_leaves_no_gap_and_no_double(
    link: _Link, hub: LinkHub
) -> None:
    words = [f"word{number} " for number in range(200)]
    _run(link)
    async with link.running():
        for number, word in enumerate(words):
            link.store.journal.append("r1", TextDelta(text=word))
            link.hub.wake()
            if number % 40 == 20:
                await hub.until(lambda hub, least=number - 10: len(hub.runs.get("r1", [])) > least)
                hub.cut()
        link.store.journal.append("r1", RunFinished(outcome=RunOutcome.COMPLETED, text="".join(words)))
        link.hub.wake()
        await hub.until(lambda hub: len(hub.runs["r1"]) == 202)
        await hub.settle()
        assert link.store.journal.get("r1") is None
    assert _text(hub) == "".join(words)
    assert [event.seq for event in hub.runs["r1"]] == list(range(1, 203))
    assert hub.connection_count >= 5


async def test_hub_that_lost_a_run_gets_it_again(link: _Link, hub: LinkHub) -> None:
    _run(link, "a", "b")
    async with link.running():
        await hub.until(lambda hub: len(hub.runs.get("r1", [])) == 3)
        assert hub.doubles == 0
        hub.runs.clear()
        link.store.journal.append("r1", TextDelta(text="c"))
        link.hub.wake()
        await hub.until(lambda hub: len(hub.runs.get("r1", [])) == 4)
    assert _text(hub) == "abc"


async def test_run_that_is_gone_here_is_said_to_be(link: _Link, hub: LinkHub) -> None:
    async with link.running():
        await hub.until(lambda hub: hub.connection_count == 1 and bool(hub.received))
        await hub.send_raw(
            '{"sent_at":"2026-11-21T00:00:00Z","payload":{"kind":"run.resend","run_id":"r9","from_seq":1}}'
        )
        await hub.until(lambda hub: bool(hub.of_kind("link.reject")))
    (rejected,) = hub.of_kind("link.reject")
    assert rejected.payload.model_dump()["id"] == "r9"
    assert rejected.payload.model_dump()["code"] == ErrorCode.NOT_FOUND


async def test_message_of_the_hub_is_stored_before_it_is_confirmed_and_applied_once(
    link: _Link, hub: LinkHub
) -> None:
    async with link.running():
        await hub.until(lambda hub: bool(hub.received))
        for _ in range(2):
            await hub.send(StopRun(conversation_id="cnv1"), "obx1")
        await hub.until(lambda hub: len(hub.of_kind("link.ack")) == 2)
    assert [message.id for message in link.handler.messages] == ["obx1"]
    assert [message.id for message in link.store.inbox.pending()] == ["obx1"]


async def test_newest_heartbeat_goes_out(link: _Link, hub: LinkHub) -> None:
    link.hub.send_heartbeat(HEARTBEAT)
    newest = HEARTBEAT.model_copy(update={"config_version": 5})
    link.hub.send_heartbeat(newest)
    async with link.running():
        await hub.until(lambda hub: bool(hub.of_kind("health.heartbeat")))
    assert [envelope.payload for envelope in hub.of_kind("health.heartbeat")] == [newest]


async def test_nonsense_closes_the_connection_and_it_comes_back(link: _Link, hub: LinkHub) -> None:
    async with link.running():
        await hub.until(lambda hub: bool(hub.received))
        await hub.send_raw("nonsense")
        await hub.until(lambda hub: hub.connection_count == 2)


async def test_hub_that_confirms_nothing_is_given_up(
    link: _Link, hub: LinkHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_STALL_SECONDS", 0.2)
    monkeypatch.setattr(connection, "_LOOK_SECONDS", 0.05)
    hub.confirms = False
    link.store.put(ConfigApplied(version=1, is_applied=True))
    async with link.running():
        await hub.until(lambda hub: hub.connection_count == 2)


async def test_taken_over_link_does_not_come_back_at_once(link: _Link, hub: LinkHub) -> None:
    is_waiting = asyncio.Event()

    def uniform(low: float, _high: float) -> float:
        is_waiting.set()
        return low

    link.hub.backoff.uniform = uniform
    async with link.running():
        await hub.until(lambda hub: bool(hub.received))
        await hub.drop(CLOSE_TAKEN_OVER)
        async with asyncio.timeout(30):
            await is_waiting.wait()
        assert str(CLOSE_TAKEN_OVER) in link.hub.last_problem
    assert hub.connection_count == 1


async def test_hub_that_is_away_is_named_as_such() -> None:
    with pytest.raises(ChannelClosed, match="cannot be reached"):
        async with open_websocket("ws://127.0.0.1:1/link", API_KEY):
            pass


async def test_it_connects_anew_at_once_after_a_change_of_the_key(link: _Link, hub: LinkHub) -> None:
    link.hub.backoff = Backoff(base_seconds=60, cap_seconds=60)
    async with link.running():
        await hub.until(lambda hub: hub.connection_count == 1)
        link.hub.reopen()
        await hub.until(lambda hub: hub.connection_count == 2)


async def test_full_inbox_lets_nothing_overtake_what_it_refused(
    link: _Link, hub: LinkHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PENDING_LIMIT", 2)
    monkeypatch.setattr(connection, "_LOOK_SECONDS", 0.02)
    stops = [StopRun(conversation_id=f"cnv{number}") for number in range(4)]
    async with link.running():
        await hub.until(lambda hub: hub.connection_count == 1)
        for number, stop in enumerate(stops[:3]):
            await hub.send(stop, f"m{number}")
        await hub.until(lambda hub: {"m0", "m1"} <= hub.confirmed)
        # There is room again, but what was refused must come first.
        link.store.inbox.done("m0")
        await hub.send(stops[3], "m3")
        await hub.until(lambda hub: hub.connection_count == 2)
        for number in (2, 3):
            link.store.inbox.done(f"m{number - 1}")
            await hub.send(stops[number], f"m{number}")
        await hub.until(lambda hub: "m3" in hub.confirmed)
    assert [message.id for message in link.handler.messages] == ["m0", "m1", "m2", "m3"]
