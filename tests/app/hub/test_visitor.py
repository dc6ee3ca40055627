"""At the door: who waits there, in which order, and what comes of whoever leaves or says nothing."""

import asyncio

import pytest

from letsbe_app.hub import visitor as visitor_module
from letsbe_app.hub.admission import AT_ONCE
from letsbe_app.hub.link import CLOSE_GONE
from letsbe_app.hub.visitor import FRAMES_AHEAD, Visitor
from letsbe_app.server.frames import FrameListener, Wire
from tenant_daemon.contracts.envelope import Hello
from tenant_daemon.contracts.errors import CLOSE_BAD_MESSAGE
from tenant_daemon.hub_client.protocol import encode
from tests.support.live_hub import Customer, LiveHub, daemon

HELLO = encode(Hello(daemon_version="1", config_version=10_000))


class Line:
    """A websocket that only remembers what is done with it."""

    def __init__(self) -> None:
        self.listener: FrameListener | None = None
        self.frames: list[str] = []
        self.closed_with: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.is_paused = False
        self.is_congested = False

    @property
    def wire(self) -> Wire:
        return self

    def hand_over(self, listener: FrameListener) -> Wire:
        self.listener = listener
        return self

    def pass_on(self, listener: FrameListener) -> None:
        self.listener = listener

    def write(self, frame: str) -> None:
        self.frames.append(frame)

    def close(self, code: int, reason: str) -> None:
        del reason
        self.closed_with.set_result(code)

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False


async def test_whoever_leaves_the_queue_is_not_looked_up(
    hub: LiveHub, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, line = hub.workers[0].services, Line()
    asked: list[str] = []

    async def authenticate(api_key: str) -> None:
        asked.append(api_key)

    monkeypatch.setattr(services.tenants, "authenticate", authenticate)
    all_inside = asyncio.Event()

    async def stand_in_the_way() -> None:
        async with services.admission.turn():
            await all_inside.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(stand_in_the_way())
        await asyncio.sleep(0)
        visitor = Visitor(customer.api_key, services)
        visitor.come(line)
        await asyncio.sleep(0)
        visitor.connection_lost()
        all_inside.set()
    assert await asyncio.wait_for(line.closed_with, 5) == CLOSE_GONE
    assert asked == []


async def test_who_says_nothing_is_not_waited_for_without_end(
    hub: LiveHub, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor_module, "HELLO_TIMEOUT_SECONDS", 0.05)
    async with daemon(hub.workers[0], customer.api_key, hello=False) as link:
        assert await link.close_code() == CLOSE_BAD_MESSAGE


async def test_a_stranger_is_not_read_without_end(hub: LiveHub) -> None:
    line, visitor = Line(), Visitor("nonsense", hub.workers[0].services)
    visitor.come(line)
    for _ in range(FRAMES_AHEAD):
        assert not line.is_paused
        visitor.frame_received(HELLO)
    assert line.is_paused
    await asyncio.wait_for(line.closed_with, 5)


async def test_what_came_behind_the_hello_reaches_the_link_in_its_order(
    hub: LiveHub, customer: Customer
) -> None:
    async with daemon(hub.workers[0], customer.api_key, hello=False) as link:
        # In one go: the link listens only when it is let in.
        await link.connection.send(HELLO)
        await link.connection.send(HELLO)
        await link.next("link.welcome")
        assert await link.close_code() == CLOSE_BAD_MESSAGE
