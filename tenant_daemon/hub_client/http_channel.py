"""
The road for networks that let no websocket through: frames in batches over plain HTTP.

Two requests go side by side: one pushes what is to be sent, one waits for what the hub has to say. Either
ends the channel when it fails; what was under way is then sent again on the next one, as after a lost
websocket.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from tenant_daemon.contracts.base import Message
from tenant_daemon.contracts.errors import (
    CLOSE_BAD_MESSAGE,
    CLOSE_TAKEN_OVER,
    CLOSE_TRY_LATER,
    CLOSE_UNAUTHENTICATED,
    CLOSE_VERSION_UNSUPPORTED,
)
from tenant_daemon.contracts.exchange import (
    MAX_BATCH_CHARACTERS,
    MAX_FRAMES,
    MAX_WAIT_SECONDS,
    OPEN_PATH,
    POLL_PATH,
    PUSH_PATH,
    FramesPoll,
    FramesPolled,
    FramesPush,
    FramesPushed,
    LinkOpen,
    LinkOpened,
    PollState,
)
from tenant_daemon.hub_client.channel import Channel, ChannelClosed
from tenant_daemon.kit.certificates import trusted_authorities

PUSH_EVERY_SECONDS: Final = 0.1
"""Least time between two pushes: the tokens of a running answer share one."""
_REQUEST_SECONDS: Final = 20.0
_QUEUED_FRAMES: Final = 512
"""Either way; with more the sender waits."""
_JSON: Final = {"Content-Type": "application/json"}
_CLOSE_CODES: Final = {
    401: CLOSE_UNAUTHENTICATED,
    409: CLOSE_TAKEN_OVER,
    413: CLOSE_BAD_MESSAGE,
    422: CLOSE_BAD_MESSAGE,
    426: CLOSE_VERSION_UNSUPPORTED,
    429: CLOSE_TRY_LATER,
    503: CLOSE_TRY_LATER,
}
"""What an answer's status means, in the words of the websocket."""

Result = TypeVar("Result", bound=Message)
Value = TypeVar("Value")


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="ignore")

    success: bool
    data: dict[str, object]


class _HttpChannel:
    """Opened by its first frame, which must be the hello."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._hello = ""
        self._outgoing: deque[str] = deque()
        self._has_outgoing = asyncio.Event()
        self._has_room = asyncio.Event()
        self._incoming: asyncio.Queue[str] = asyncio.Queue(_QUEUED_FRAMES)
        self._work: asyncio.Task[None] | None = None

    async def send(self, frame: str) -> None:
        if self._work is None:
            await self._open(frame)
            return
        while len(self._outgoing) >= _QUEUED_FRAMES:
            self._has_room.clear()
            await self._or_its_end(self._has_room.wait())
        self._raise_if_ended()
        self._outgoing.append(frame)
        self._has_outgoing.set()

    async def receive(self) -> str | bytes:
        if not self._incoming.empty():
            return self._incoming.get_nowait()
        return await self._or_its_end(self._incoming.get())

    async def close(self, code: int, reason: str) -> None:
        await self.end()

    async def end(self) -> None:
        """Stop both requests; what is on its way may arrive or not."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def _open(self, hello: str) -> None:
        opened = await self._post(OPEN_PATH, LinkOpen(hello=hello), LinkOpened)
        self._hello = hello
        self._incoming.put_nowait(opened.welcome)
        self._work = asyncio.create_task(self._both(opened.link_id), name="hub over http")

    async def _both(self, link_id: str) -> None:
        """Ends with ChannelClosed when either fails."""
        parts = {asyncio.create_task(self._push()), asyncio.create_task(self._poll(link_id))}
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _push(self) -> None:
        while True:
            await self._has_outgoing.wait()
            answer = await self._post(
                PUSH_PATH, FramesPush(hello=self._hello, frames=self._next_batch()), FramesPushed
            )
            await self._take(answer.frames)
            await asyncio.sleep(PUSH_EVERY_SECONDS)

    def _next_batch(self) -> list[str]:
        frames = [self._outgoing.popleft()]
        length = len(frames[0])
        while self._outgoing and len(frames) < MAX_FRAMES:
            length += len(self._outgoing[0])
            if length > MAX_BATCH_CHARACTERS:
                break
            frames.append(self._outgoing.popleft())
        if not self._outgoing:
            self._has_outgoing.clear()
        self._has_room.set()
        return frames

    async def _poll(self, link_id: str) -> None:
        state = PollState()
        while True:
            question = FramesPoll(hello=self._hello, link_id=link_id, state=state)
            answer = await self._post(POLL_PATH, question, FramesPolled, seconds=MAX_WAIT_SECONDS)
            state = answer.state
            await self._take(answer.frames)

    async def _take(self, frames: list[str]) -> None:
        for frame in frames:
            await self._incoming.put(frame)

    async def _post(
        self, path: str, question: Message, result: type[Result], *, seconds: float = 0.0
    ) -> Result:
        try:
            answer = await self._client.post(
                path,
                content=question.model_dump_json(),
                headers=_JSON,
                timeout=_REQUEST_SECONDS + seconds,
            )
        except httpx.HTTPError as exc:
            raise ChannelClosed(f"the hub cannot be reached: {type(exc).__name__}") from exc
        if answer.status_code != httpx.codes.OK:
            # No more than the status: the text of an answer is not ours to log.
            code = _CLOSE_CODES.get(answer.status_code)
            raise ChannelClosed(f"the hub answered {answer.status_code}", code)
        try:
            return result.model_validate(_Envelope.model_validate_json(answer.content).data)
        except ValidationError:
            raise ChannelClosed("the answer is not one of a hub") from None

    async def _or_its_end(self, part: Coroutine[object, object, Value]) -> Value:
        """Wait for a part; raises as the channel does when that ends first."""
        assert self._work is not None
        task = asyncio.ensure_future(part)
        try:
            await asyncio.wait({task, self._work}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                self._raise_if_ended()
            return task.result()
        finally:
            task.cancel()

    def _raise_if_ended(self) -> None:
        if self._work is not None and self._work.done():
            self._work.result()
            raise ChannelClosed("the connection ended")


@asynccontextmanager
async def open_http(link_url: str, api_key: str) -> AsyncIterator[Channel]:
    """
    The hub's HTTP routes as a channel; nothing is sent before its first frame.

    Args:
        link_url: Of the websocket; the routes lie beside it.
        api_key: Travels in a header, never in the address.
    """
    async with httpx.AsyncClient(
        base_url=f"http{link_url.removeprefix('ws').removesuffix('/link')}",
        headers={"Authorization": f"Bearer {api_key}"},
        follow_redirects=False,
        trust_env=False,
        verify=trusted_authorities(),
    ) as client:
        channel = _HttpChannel(client)
        try:
            yield channel
        finally:
            await channel.end()
