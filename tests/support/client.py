"""A customer's program: signs in, talks, watches answers, decides. Resumes as the page does."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets

RETRY_SECONDS = 0.2


@dataclass
class Watched:
    """What a stream said about one conversation, in the order of arrival."""

    events: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    """Run number, sequence and body."""
    gaps: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def last_id(self) -> str:
        return f"{self.events[-1][0]}-{self.events[-1][1]}" if self.events else "0-0"

    def text(self, run_number: int) -> str:
        """The run's text as it was streamed."""
        return "".join(
            body["text"] for run, _seq, body in self.events if run == run_number and body["type"] == "delta"
        )

    def outcomes(self) -> dict[int, str]:
        """How each finished run ended."""
        return {run: body["outcome"] for run, _seq, body in self.events if body["type"] == "finished"}

    def is_in_order(self) -> bool:
        """Whether no event came twice or late. (Coalesced deltas carry the id of their last.)"""
        names = [(run, seq) for run, seq, _body in self.events]
        return names == sorted(set(names))

    async def until(self, is_true: Callable[["Watched"], bool], *, seconds: float = 60) -> None:
        """Wait until it is true of what has arrived; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not is_true(self):
                self.changed.clear()
                await self.changed.wait()

    async def next(self, seconds: float) -> None:
        """Wait for the next word of any kind since ``changed`` was cleared, or so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.changed.wait()


class OwnerClient:
    """A signed-in session."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=20, headers={"Origin": url})

    async def close(self) -> None:
        await self._http.aclose()

    async def sign_in(self, email: str, password: str) -> None:
        answer = await self._http.post("/public/sign-in", json={"email": email, "password": password})
        answer.raise_for_status()
        self._http.headers["X-CSRF-Token"] = self._http.cookies["letsbe_csrf"]

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """``data`` of the answer. Tries again while the hub is away: every call here is idempotent."""
        for _attempt in range(150):
            try:
                answer = await self._http.request(method, path, json=body)
            except httpx.TransportError:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if answer.status_code in (429, 503):
                await asyncio.sleep(RETRY_SECONDS)
                continue
            assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
            return answer.json()["data"]
        raise AssertionError(f"the hub stayed away: {method} {path}")

    async def tenant_id(self) -> str:
        return str((await self.call("GET", "/customer/tenants"))[0]["id"])

    async def start(self, agent_id: str) -> str:
        """A new conversation; returns its id."""
        path = f"/customer/tenants/{await self.tenant_id()}/conversations"
        return str((await self.call("POST", path, {"agent_id": agent_id}))["id"])

    async def say(self, conversation_id: str, text: str, message_id: str | None = None) -> None:
        body = {"text": text} | ({"message_id": message_id} if message_id else {})
        await self.call("POST", f"/customer/conversations/{conversation_id}/messages", body)

    async def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        return list(await self.call("GET", f"/customer/conversations/{conversation_id}/messages"))

    async def settled_messages(self, conversation_id: str) -> list[dict[str, Any]]:
        """
        The messages, once no answer is running any more.

        The last event of a run is in the stream a moment before its message is committed.
        """
        for _attempt in range(100):
            messages = await self.messages(conversation_id)
            if all(message["status"] not in ("streaming", "waiting") for message in messages):
                return messages
            await asyncio.sleep(RETRY_SECONDS)
        raise AssertionError(f"still running: {messages}")

    async def approvals(self, conversation_id: str) -> list[dict[str, Any]]:
        """What waits for a decision in this conversation."""
        waiting = await self.call("GET", "/customer/approvals")
        return [one for one in waiting if one["conversation_id"] == conversation_id]

    async def decide(self, approval_id: str, verdict: str, reason: str = "") -> None:
        body = {"verdict": verdict, "deny_reason": reason}
        await self.call("POST", f"/customer/approvals/{approval_id}/decision", body)

    @asynccontextmanager
    async def watching(self, conversation_id: str) -> AsyncIterator[Watched]:
        """A stream that comes back by itself and resumes by the last id."""
        watched = Watched()
        task = asyncio.create_task(self._watch(conversation_id, watched))
        try:
            yield watched
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self, conversation_id: str, watched: Watched) -> None:
        address = self._url.replace("http", "ws", 1) + "/api/v1/customer/stream"
        while True:
            cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
            headers = {"Cookie": cookies}
            with suppress(OSError, websockets.WebSocketException, TimeoutError):
                async with websockets.connect(
                    address, additional_headers=headers, origin=self._url, open_timeout=5, close_timeout=1
                ) as socket:
                    watch = {"type": "watch", "conversation_id": conversation_id, "after": watched.last_id}
                    await socket.send(json.dumps(watch))
                    async for frame in socket:
                        _note(json.loads(frame), watched)
            await asyncio.sleep(RETRY_SECONDS)


def _note(frame: dict[str, Any], watched: Watched) -> None:
    if frame["type"] == "run":
        run, seq = frame["id"].split("-")
        watched.events.append((int(run), int(seq), frame["body"]))
    elif frame["type"] == "gap":
        watched.gaps += 1
    watched.changed.set()
