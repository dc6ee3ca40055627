"""
The hub against the daemon's own connection, while everything between them breaks.

Two workers, of which one is replaced; Redis is killed; the
daemon's and the tab's connections are cut after a random time.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tenant_daemon.contracts.chat import (
    RunFinished,
    RunOutcome,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from tenant_daemon.contracts.envelope import Hello
from tenant_daemon.hub_client.channel import Channel, open_websocket
from tenant_daemon.hub_client.connection import HubConnection
from tenant_daemon.hub_client.inbox import Incoming
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.backoff import Backoff
from tests.support.live_hub import Customer, LiveHub, Worker, eventually, live_hub, new_customer, tab
from tests.support.redis import running_redis

WORDS = 120
RUNS = 3


class Inbox:
    """Where the daemon's handler would act."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def on_welcome(self) -> None:
        pass

    def on_message(self, message: Incoming) -> None:
        self.texts.append(getattr(message.payload, "text", ""))


class Faults:
    """Chooses workers and breaking points."""

    def __init__(self, hub: LiveHub, seed: int) -> None:
        self._hub = hub
        self._random = random.Random(seed)
        self.cuts = 0

    def worker(self) -> Worker:
        living = [worker for worker in self._hub.workers if not worker.is_stopped]
        return self._random.choice(living)

    def seconds(self) -> float:
        self.cuts += 1
        return self._random.uniform(0.05, 0.5)


def connection(store: LinkStore, faults: Faults, api_key: str, inbox: Inbox) -> HubConnection:
    @asynccontextmanager
    async def breaking() -> AsyncIterator[Channel]:
        async with open_websocket(f"{faults.worker().ws}/api/v1/tenant/link", api_key) as channel:
            loop = asyncio.get_running_loop()
            # Cut, without a closing handshake: what is on its way either way is lost.
            cut = loop.call_later(faults.seconds(), channel._socket.transport.abort)
            try:
                yield channel
            finally:
                cut.cancel()

    return HubConnection(
        store,
        breaking,
        lambda: Hello(daemon_version="1", config_version=10_000),
        inbox,
        Backoff(base_seconds=0.02, cap_seconds=0.1),
    )


class Page:
    """What a tab shows: it resumes by id, and reads by REST what it is told is missing."""

    def __init__(self, faults: Faults, customer: Customer, conversation_id: str) -> None:
        self.texts: dict[str, str] = {}
        self._faults = faults
        self._customer = customer
        self._conversation_id = conversation_id
        self._after = "0-0"
        self._ended: set[str] = set()

    async def read(self) -> None:
        """Follow the stream through lost connections until all runs have ended."""
        while len(self._ended) < RUNS:
            try:
                worker = self._faults.worker()
                async with tab(worker, self._customer.session_token) as one:
                    await one.watch(self._conversation_id, self._after)
                    await self._reload(worker)
                    asyncio.get_running_loop().call_later(
                        self._faults.seconds(), one.connection.transport.abort
                    )
                    while len(self._ended) < RUNS:
                        frame = await one.until(lambda frame: frame["type"] in ("run", "gap"))
                        await self._take(worker, frame)
            except (ConnectionClosed, OSError):
                continue

    async def _take(self, worker: Worker, frame: dict[str, Any]) -> None:
        if frame["type"] == "gap":
            await self._reload(worker)
            return
        run_id, body = frame["run_id"], frame["body"]
        self._after = frame["id"]
        if body["type"] == "delta" and run_id not in self._ended:
            self.texts[run_id] = self.texts.get(run_id, "") + body["text"]
        elif body["type"] == "finished":
            self._ended.add(run_id)

    async def _reload(self, worker: Worker) -> None:
        """As a page does after a reconnect or a gap: answers that are over are read whole."""
        page = await worker.services.conversations.messages(self._customer.actor, self._conversation_id)
        for message in page.items:
            if message.role == "agent" and message.status == "completed":
                self.texts[message.id] = message.text
                self._ended.add(message.id)


async def speak(store: LinkStore, link: HubConnection, conversation_id: str, answers: dict[str, str]) -> None:
    """The daemon's part: journal, then knock."""
    for number in range(RUNS):
        run_id = f"run_{conversation_id[-10:]}_{number}"
        store.journal.begin(run_id, ChatSession("sales", conversation_id))
        store.journal.append(run_id, ToolStarted(tool_call_id="tc1", tool_name="shell", summary="df"))
        answers[run_id] = ""
        for word in range(WORDS):
            answers[run_id] += f"{word} "
            store.journal.append(run_id, TextDelta(text=f"{word} "))
            link.wake()
            await asyncio.sleep(0)
            if word % 10 == 0:
                await asyncio.sleep(0.04)
        store.journal.append(run_id, ToolFinished(tool_call_id="tc1", status="executed"))
        store.journal.append(run_id, RunFinished(outcome=RunOutcome.COMPLETED, text=answers[run_id]))
        link.wake()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_doubled_or_reordered(tmp_path: Path, database_url: str, seed: int) -> None:
    with running_redis() as redis:
        async with live_hub(tmp_path / "data", redis.url, workers=2, database_url=database_url) as hub:
            services = hub.workers[1].services
            customer = await new_customer(services)
            conversation = await services.conversations.start(customer.actor, customer.tenant_id, "sales")
            store, inbox, faults = LinkStore(tmp_path / "link.db"), Inbox(), Faults(hub, seed)
            link = connection(store, faults, customer.api_key, inbox)
            answers: dict[str, str] = {}
            page = Page(faults, customer, conversation.id)
            running = asyncio.create_task(link.run())
            reader = asyncio.create_task(page.read())
            speaker = asyncio.create_task(speak(store, link, conversation.id, answers))
            try:
                for number in range(8):
                    await services.conversations.send(customer.actor, conversation.id, f"message {number}")
                    if number == 3:
                        redis.kill()
                        redis.start()
                    if number == 5:
                        await hub.workers[0].stop()
                        await hub.start_worker()
                await asyncio.wait_for(asyncio.gather(speaker, reader), 25)
                await eventually(lambda: len(inbox.texts) == 8 and store.journal.unconfirmed() == [])
            finally:
                running.cancel()
                reader.cancel()
                ends = await asyncio.gather(running, reader, return_exceptions=True)
                store.close()
            assert [end for end in ends if isinstance(end, Exception)] == []
            stored = await services.conversations.messages(customer.actor, conversation.id)
    assert faults.cuts > 4
    assert inbox.texts == [f"message {number}" for number in range(8)]
    said = [message for message in stored.items if message.role == "agent"]
    assert {message.id: message.text for message in said} == answers
    assert all([call.status for call in message.tool_calls] == ["executed"] for message in said)
    assert page.texts == answers
