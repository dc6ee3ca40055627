"""
A browser tab as the page's own script behaves: resumes by id, reads anew what it is told is missing.

It keeps what it was shown, so that the end can tell whether a token was lost, doubled or out of order.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.support.hub import PUBLIC_URL

EventId = tuple[int, int]


@dataclass
class Shown:
    """What one conversation looked like."""

    last: EventId = (0, 0)
    streamed: dict[str, str] = field(default_factory=dict)
    """Run id -> its deltas in the order of arrival."""
    complete: set[str] = field(default_factory=set)
    """Runs that were streamed to their end without a gap."""
    gapped: set[str] = field(default_factory=set)
    """Runs of which a gap was said; their text was then read whole."""
    read: dict[str, str] = field(default_factory=dict)
    """Run id -> text as it was read from the API."""
    late: list[str] = field(default_factory=list)
    """Events that came twice or behind a later one."""


class Page:
    """One tab that watches several conversations through lost connections, until it is cancelled."""

    def __init__(
        self,
        url: str,
        cookie: str,
        conversations: Sequence[str],
        read_messages: Callable[[str], Awaitable[dict[str, str]]],
    ) -> None:
        """
        Args:
            url: Of the stream.
            cookie: The signed-in session's.
            conversations: What is open in the tab.
            read_messages: Gives the finished answers of a conversation by run id.
        """
        self._url = url
        self._cookie = cookie
        self._read_messages = read_messages
        self.shown = {one: Shown() for one in conversations}
        self.connects = 0
        self.gaps = 0
        self.frames = 0
        self.progress = asyncio.Event()

    async def run(self) -> None:
        while True:
            try:
                await self._watch()
            except (OSError, WebSocketException, TimeoutError):
                # A page waits longer; here the next fault is to find it at work.
                await asyncio.sleep(0.05)

    async def _watch(self) -> None:
        async with connect(
            self._url,
            additional_headers={"Cookie": self._cookie, "Origin": PUBLIC_URL},
            compression=None,
            open_timeout=5,
            close_timeout=1,
            proxy=None,
        ) as socket:
            self.connects += 1
            for conversation_id, shown in self.shown.items():
                after = "{}-{}".format(*shown.last)
                await socket.send(
                    json.dumps({"type": "watch", "conversation_id": conversation_id, "after": after})
                )
            async for text in socket:
                frame = json.loads(text)
                self.frames += 1
                self.progress.set()
                if frame["type"] == "run":
                    self._take(frame)
                elif frame["type"] == "gap":
                    await self._fill(frame)
                elif frame["type"] == "wake" and frame["topic"] in ("conversation", "resumed"):
                    await self._read_again(frame["id"])

    def _take(self, frame: dict[str, Any]) -> None:
        shown = self.shown[frame["conversation_id"]]
        run, seq = frame["id"].split("-")
        event_id, run_id, body = (int(run), int(seq)), frame["run_id"], frame["body"]
        if event_id <= shown.last:
            shown.late.append(frame["id"])
            return
        shown.last = event_id
        if body["type"] == "delta":
            shown.streamed[run_id] = shown.streamed.get(run_id, "") + body["text"]
        elif body["type"] == "finished" and run_id not in shown.gapped:
            shown.complete.add(run_id)

    async def _fill(self, frame: dict[str, Any]) -> None:
        self.gaps += 1
        if frame["run_id"]:
            self.shown[frame["conversation_id"]].gapped.add(frame["run_id"])
        await self._read_again(frame["conversation_id"])

    async def _read_again(self, conversation_id: str) -> None:
        for one in [conversation_id] if conversation_id else self.shown:
            if one in self.shown:
                self.shown[one].read |= await self._read_messages(one)
