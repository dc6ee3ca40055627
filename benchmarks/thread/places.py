"""The places behind the model at which an answer's growth is watched, and the bare ways beside them."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import time
from typing import Any, Self

import httpx

from benchmarks.thread.timeline import Growth
from letsbe_app.composition import Services
from letsbe_app.db.models import ChatMessage, MessageRole, MessageStatus
from letsbe_app.kit.clock import utc_now
from letsbe_app.kit.ids import new_id
from tenant_daemon.home import TenantHome
from tenant_daemon.local_tokens import local_token
from tenant_daemon.openclaw.client import OpenClawClient
from tenant_daemon.openclaw.events import RunCompleted, RunText
from tenant_daemon.settings import load_settings
from tests.support.wiretap import Wiretap

_EARLIER = (
    "The **sourdough** sold out before noon on both days. Three things stood out:\n\n"
    "- rye was ordered twice as often as last week\n"
    "- two cakes for Saturday are not paid yet (`2019-114`, `2019-117`)\n"
    "- the oven in the second shop was serviced\n\n"
    "Shall I write to the two customers? A short reminder is enough, I think.\n"
)


@dataclass
class TraceFile:
    """The practice model's own record of when each word left it."""

    path: Path
    _read_to: int = 0

    def new_lines(self) -> list[str]:
        """What was written since the last call."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self._read_to)
            data = file.read()
        self._read_to += len(data)
        return data.decode().splitlines()


@dataclass
class Gateway:
    """OpenClaw's own events, as any client of its gateway hears them."""

    _grown: dict[str, list[Growth]] = field(default_factory=dict)

    def text_of(self, conversation_id: str) -> list[Growth]:
        """How the newest answer of the conversation grew; forgets it."""
        keys = [key for key in self._grown if conversation_id in key]
        return [growth for key in keys for growth in self._grown.pop(key)]

    async def hear(self, client: OpenClawClient) -> None:
        """Until the connection ends."""
        async for event in client.events():
            if isinstance(event, RunText):
                self._note(event.session_key, event.so_far)
            elif isinstance(event, RunCompleted) and event.text:
                self._note(event.session_key, event.text)

    def _note(self, session_key: str, text: str) -> None:
        self._grown.setdefault(session_key, []).append(Growth(time(), len(text)))


@asynccontextmanager
async def listening_gateway(home: TenantHome) -> AsyncIterator[Gateway]:
    """A second client of the tenant's OpenClaw."""
    gateway = Gateway()
    port = load_settings(home).ports.gateway
    async with OpenClawClient(port, local_token(home, "gateway")) as client:
        task = asyncio.create_task(gateway.hear(client))
        try:
            yield gateway
        finally:
            task.cancel()


@dataclass(frozen=True)
class LinkEvent:
    """A run event as it left the daemon."""

    at: float
    id: str
    body: dict[str, Any]

    @classmethod
    def of(cls, event: dict[str, Any]) -> Self:
        moment = datetime.fromisoformat(event["created_at"]).timestamp()
        return cls(moment, f"{event['run_number']}-{event['seq']}", event["body"])

    @property
    def place(self) -> tuple[int, ...]:
        """Sorts the events of a conversation."""
        return tuple(map(int, self.id.split("-")))


def link_events(tap: Wiretap, conversation_id: str) -> list[LinkEvent]:
    """The run events of a conversation that passed from the daemon to the hub, each once, in order."""
    needle = f'"{conversation_id}"'.encode()
    found: dict[str, LinkEvent] = {}
    for line in tap.recorded().split(b"\n"):
        if not line.startswith(b"{") or b"run.event" not in line or needle not in line:
            continue
        try:
            frame = json.loads(line)
        except ValueError:
            # A raw piece of the connection that only looks like a frame.
            continue
        found |= {event.id: event for event in map(LinkEvent.of, _run_events(frame))}
    return sorted(found.values(), key=lambda event: event.place)


def _run_events(value: object) -> Iterable[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("kind") == "run.event":
            yield value
        for inner in value.values():
            yield from _run_events(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _run_events(inner)


async def add_earlier_messages(services: Services, conversation_id: str, count: int) -> None:
    """Questions and answers of yesterday, straight into the hub's database."""
    begin = utc_now() - timedelta(days=1)
    async with services.database.write() as session:
        for position in range(1, count + 1):
            moment = begin + timedelta(seconds=30 * position)
            is_question = position % 2 == 1
            session.add(
                ChatMessage(
                    id=new_id("msg" if is_question else "run"),
                    conversation_id=conversation_id,
                    position=position,
                    role=MessageRole.USER if is_question else MessageRole.AGENT,
                    status=MessageStatus.DELIVERED if is_question else MessageStatus.COMPLETED,
                    text="How were sales last week?" if is_question else _EARLIER,
                    created_at=moment,
                    finished_at=None if is_question else moment,
                )
            )


async def read_bare(url: str, token: str, question: str) -> tuple[list[Growth], int]:
    """
    The model's answer to one request, read by a plain client without anything of ours behind it.

    Returns how it grew, and the bytes of the event stream.
    """
    body = {
        "model": "practice",
        "stream": True,
        "messages": [{"role": "user", "content": question}],
    }
    grown, size, length = [], 0, 0
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(timeout=60) as client,
        client.stream("POST", f"{url}/chat/completions", json=body, headers=headers) as answer,
    ):
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            size += len(line.encode()) + 1
            if not line.startswith("data: {"):
                continue
            choices = json.loads(line.removeprefix("data: ")).get("choices") or [{}]
            piece = choices[0].get("delta", {}).get("content") or ""
            if piece:
                length += len(piece)
                grown.append(Growth(time(), length))
    return grown, size
