"""
A server's daemon with a scripted agent: everything but OpenClaw is real, and it may be killed at any moment.

    python -m tests.soak.answerer HOME LINK_URL SEED     (the API key comes on standard input)

Its answer to a message follows from the message, so a daemon that was killed goes on where its journal ends.
"""

import asyncio
import random
import sys
from datetime import timedelta
from pathlib import Path

from tenant_daemon.contracts.approvals import ApprovalRequested
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.chat import (
    RunFinished,
    RunOutcome,
    SendMessage,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from tenant_daemon.contracts.envelope import Hello
from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.hub_client.channel import open_websocket
from tenant_daemon.hub_client.connection import HubConnection
from tenant_daemon.hub_client.http_channel import open_http
from tenant_daemon.hub_client.inbox import Incoming
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.roads import Roads
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.backoff import Backoff
from tests.soak.script import approval_id, words_of

CONFIG_VERSION = 10_000
"""Newer than any: the soak is not about configuration."""
HEARTBEAT_SECONDS = 5.0


class Answerer:
    """Answers the messages of each conversation one after the other."""

    def __init__(self, store: LinkStore, seed: int, tasks: asyncio.TaskGroup) -> None:
        self._store = store
        self._tasks = tasks
        self._random = random.Random(seed)
        self._queues: dict[str, asyncio.Queue[Incoming]] = {}
        self.connection: HubConnection | None = None

    def restore(self) -> None:
        """Take up what the last life of this process left."""
        for incoming in self._store.inbox.pending():
            self.on_message(incoming)

    def on_welcome(self) -> None:
        """Nothing to do."""

    def on_message(self, message: Incoming) -> None:
        if not isinstance(message.payload, SendMessage):
            self._store.inbox.done(message.id)
            return
        conversation_id = message.payload.conversation_id
        if conversation_id not in self._queues:
            self._queues[conversation_id] = asyncio.Queue()
            self._tasks.create_task(self._work(conversation_id))
        self._queues[conversation_id].put_nowait(message)

    async def _work(self, conversation_id: str) -> None:
        while True:
            incoming = await self._queues[conversation_id].get()
            assert isinstance(incoming.payload, SendMessage)
            await self._answer(incoming.id, incoming.payload)

    async def _answer(self, inbox_id: str, message: SendMessage) -> None:
        journal, run_id = self._store.journal, f"run_{message.message_id}"
        words = words_of(message.text)
        if journal.get(run_id) is None:
            self._store.put(_approval(message))
            session = ChatSession(message.agent_id, message.conversation_id)
            journal.begin(run_id, session, in_reply_to=message.message_id, inbox_id=inbox_id)
            journal.append(run_id, ToolStarted(tool_call_id=run_id, tool_name="shell", summary="df"))
            self._wake()
        for word in words[len(journal.text(run_id).split()) :]:
            journal.append(run_id, TextDelta(text=f"{word} "))
            self._wake()
            await asyncio.sleep(self._random.uniform(0, 0.04))
        journal.append(run_id, ToolFinished(tool_call_id=run_id, status="executed"))
        text = "".join(f"{word} " for word in words)
        journal.append(run_id, RunFinished(outcome=RunOutcome.COMPLETED, text=text))
        self._wake()

    def _wake(self) -> None:
        assert self.connection is not None
        self.connection.wake()


def _approval(message: SendMessage) -> ApprovalRequested:
    """Told again after a kill in between; its id says that it is the same."""
    now = utc_now()
    return ApprovalRequested(
        approval_id=approval_id(message.message_id),
        conversation_id=message.conversation_id,
        agent_id=message.agent_id,
        tool_call_id=message.message_id,
        tool_name="shell",
        tier=Tier.RED,
        is_external=False,
        summary="rm",
        reason="It removes files.",
        risk="They cannot be brought back.",
        argv=["rm"],
        tool_args={},
        call_digest="00",
        created_at=now,
        expires_at=now + timedelta(days=1),
    )


async def run(home: Path, link_url: str, api_key: str, seed: int) -> None:
    """Answer until killed."""
    store = LinkStore(home / "link.db")
    roads = Roads(lambda: open_websocket(link_url, api_key), lambda: open_http(link_url, api_key))
    # Short stints and waits: an hour's worth of reconnects fits into minutes.
    roads._stint_seconds = 2.0
    async with asyncio.TaskGroup() as tasks:
        answerer = Answerer(store, seed, tasks)
        answerer.connection = HubConnection(
            store,
            roads.open,
            lambda: Hello(
                daemon_version="1", config_version=CONFIG_VERSION, link_number=store.next_link_number()
            ),
            answerer,
            Backoff(base_seconds=0.05, cap_seconds=0.5),
        )
        answerer.restore()
        tasks.create_task(answerer.connection.run())
        tasks.create_task(_beat(answerer.connection))


async def _beat(connection: HubConnection) -> None:
    while True:
        connection.send_heartbeat(
            Heartbeat(
                daemon_version="1", openclaw_version="2026.9.6", config_version=CONFIG_VERSION, is_ready=True
            )
        )
        await asyncio.sleep(HEARTBEAT_SECONDS)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.stdin.readline().strip(), int(sys.argv[3])))
