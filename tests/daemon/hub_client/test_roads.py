"""Which road is taken to the hub, and how it changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tenant_daemon.hub_client.channel import (
    Channel,
    ChannelClosed,
    OpenChannel,
    WebsocketBlocked,
    open_websocket,
)
from tenant_daemon.hub_client.roads import FIRST_STINT_SECONDS, Roads
from tests.support.middlebox import answering


class _Road:
    """A channel whose ``receive`` gives a frame, or raises."""

    def __init__(self, heard: str | ChannelClosed) -> None:
        self._heard = heard

    async def send(self, frame: str) -> None:
        pass

    async def receive(self) -> str | bytes:
        if isinstance(self._heard, ChannelClosed):
            raise self._heard
        return self._heard

    async def close(self, code: int, reason: str) -> None:
        pass


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _opening(heard: str | ChannelClosed) -> OpenChannel:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Channel]:
        if isinstance(heard, WebsocketBlocked):
            raise heard
        yield _Road(heard)

    return opened


async def _hear(roads: Roads) -> str | bytes:
    async with roads.open() as channel:
        return await channel.receive()


def _roads(websocket: str | ChannelClosed, clock: _Clock) -> Roads:
    return Roads(_opening(websocket), _opening("by http"), clock)


async def test_websocket_is_the_first_choice() -> None:
    roads = _roads("by websocket", _Clock())
    assert await _hear(roads) == "by websocket"
    assert not roads.is_over_http


async def test_blocked_websocket_is_replaced_at_once_and_tried_again_after_a_stint() -> None:
    clock = _Clock()
    roads = _roads(WebsocketBlocked("403"), clock)
    assert await _hear(roads) == "by http"
    assert roads.is_over_http
    roads.websocket = _opening("by websocket")
    assert await _hear(roads) == "by http"
    clock.now = FIRST_STINT_SECONDS
    assert await _hear(roads) == "by websocket"
    assert not roads.is_over_http


async def test_websocket_that_stays_blocked_is_tried_less_and_less() -> None:
    clock = _Clock()
    roads = _roads(WebsocketBlocked("403"), clock)
    stints = []
    for _ in range(7):
        await _hear(roads)
        stints.append(roads._http_until - clock.now)
        clock.now = roads._http_until
    assert stints == [60, 120, 240, 480, 960, 1_800, 1_800]


async def test_stint_ends_by_itself() -> None:
    clock = _Clock()
    roads = _roads(WebsocketBlocked("403"), clock)
    async with roads.open() as channel:
        await channel.receive()
        clock.now = FIRST_STINT_SECONDS
        with pytest.raises(ChannelClosed, match="websocket again"):
            await channel.receive()


async def test_websocket_through_which_nothing_comes_is_blocked_at_the_second_time() -> None:
    roads = _roads(ChannelClosed("the connection ended"), _Clock())
    for _ in range(2):
        with pytest.raises(ChannelClosed):
            await _hear(roads)
    assert await _hear(roads) == "by http"


async def test_refusal_by_the_hub_itself_is_no_blockade() -> None:
    roads = _roads(ChannelClosed("the key is not valid", 4401), _Clock())
    for _ in range(3):
        with pytest.raises(ChannelClosed):
            await _hear(roads)
    assert not roads.is_over_http


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n",
        b"",
        b"\x15\x03\x01\x00\x02\x02\x28",
    ],
    ids=["forbidden", "page", "upgrade-required", "hung-up", "no-http"],
)
async def test_what_a_middlebox_answers_is_known_as_a_blockade(answer: bytes) -> None:
    async with answering(answer) as port:
        with pytest.raises(WebsocketBlocked):
            async with open_websocket(f"ws://127.0.0.1:{port}/link", "key"):
                pass
