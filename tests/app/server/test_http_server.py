"""The server as processes: workers behind one port, replaced when they die; a websocket that leaves ASGI."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from letsbe_app.server.frames import EXTENSION, Wire, handover_of
from letsbe_app.server.http_server import WORKER_SILENCE_SECONDS
from letsbe_app.server.websockets import READ_AHEAD, HubWebSocket
from tests.support.hub_process import HubProcess
from tests.support.live_hub import WAIT_SECONDS, eventually
from tests.support.prompt_server import PromptServer
from tests.support.redis import free_port

CLOSE_OF_OURS = 4409


class Echo:
    """A listener that sends every frame back, and closes when it is told to."""

    def __init__(self) -> None:
        self.wire: Wire | None = None
        self.is_over = asyncio.Event()

    def frame_received(self, frame: str | bytes) -> None:
        asyncio.get_running_loop().call_soon(self._answer, str(frame))

    def room_again(self) -> None:
        return

    def connection_lost(self) -> None:
        self.is_over.set()

    def _answer(self, frame: str) -> None:
        assert self.wire is not None
        if frame == "close":
            self.wire.close(CLOSE_OF_OURS, "as asked")
        else:
            self.wire.write(frame)


class Application:
    """Reads one frame by ASGI, and hands the rest over."""

    def __init__(self) -> None:
        self.echo = Echo()
        self.has_left_asgi = asyncio.Event()
        self.may_hand_over = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        await socket.send_text(f"asgi {await socket.receive_text()}")
        await self.may_hand_over.wait()
        self.echo.wire = handover_of(scope).hand_over(self.echo)
        self.has_left_asgi.set()


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
async def address(application: Application) -> AsyncIterator[str]:
    config = uvicorn.Config(application, port=0, lifespan="off", ws=HubWebSocket, log_level="critical")
    server = PromptServer(config)
    yield f"ws://127.0.0.1:{await server.begin()}"
    await server.end()


async def test_frames_keep_their_order_over_the_handover(application: Application, address: str) -> None:
    count = 3 * READ_AHEAD
    async with connect(address) as socket:
        for number in range(count):
            await socket.send(str(number))
        assert await socket.recv() == "asgi 0"
        application.may_hand_over.set()
        assert [await socket.recv() for _ in range(1, count)] == [str(one) for one in range(1, count)]
        assert application.has_left_asgi.is_set()


async def test_close_code_reaches_the_peer_and_the_listener_is_told(
    application: Application, address: str
) -> None:
    application.may_hand_over.set()
    async with connect(address) as socket:
        await socket.send("hello")
        await socket.recv()
        await socket.send("close")
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert (socket.close_code, socket.close_reason) == (CLOSE_OF_OURS, "as asked")
    await asyncio.wait_for(application.echo.is_over.wait(), 5)


async def test_listener_is_told_of_a_peer_that_left_before_the_handover(
    application: Application, address: str
) -> None:
    async with connect(address) as socket:
        await socket.send("hello")
        await socket.recv()
    application.may_hand_over.set()
    await asyncio.wait_for(application.echo.is_over.wait(), 5)


async def test_another_listener_hears_the_rest(application: Application, address: str) -> None:
    application.may_hand_over.set()
    second = Echo()
    async with connect(address) as socket:
        await socket.send("hello")
        await socket.recv()
        await application.has_left_asgi.wait()
        assert application.echo.wire is not None
        second.wire = application.echo.wire
        second.wire.pass_on(second)
        await socket.send("more")
        assert await socket.recv() == "more"
    await asyncio.wait_for(second.is_over.wait(), 5)
    assert not application.echo.is_over.is_set()


async def test_another_listener_is_told_of_a_peer_that_left(application: Application, address: str) -> None:
    application.may_hand_over.set()
    async with connect(address) as socket:
        await socket.send("hello")
        await socket.recv()
        await application.has_left_asgi.wait()
    await asyncio.wait_for(application.echo.is_over.wait(), 5)
    assert application.echo.wire is not None
    second = Echo()
    application.echo.wire.pass_on(second)
    assert second.is_over.is_set()


def test_another_server_is_told_apart() -> None:
    with pytest.raises(LookupError):
        handover_of({"extensions": {}})
    assert EXTENSION.startswith("letsbe.")


async def health(scope: Scope, receive: Receive, send: Send) -> None:
    """Says which process answers."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})


@pytest.mark.slow
async def test_a_worker_that_dies_is_replaced_behind_the_same_port() -> None:
    hub = HubProcess(
        free_port(), {}, target="tests.app.server.test_http_server:health", is_factory=False, workers=2
    )
    hub.start()
    try:
        await asyncio.to_thread(hub.wait)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{hub.port}") as client:
            first = int((await client.get("/")).text)
        os.kill(first, signal.SIGKILL)
        # Who dies while it is asked whether it lives is given the whole time to answer.
        await eventually(lambda: not psutil.pid_exists(first), WORKER_SILENCE_SECONDS + WAIT_SECONDS)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{hub.port}") as client:
            assert int((await client.get("/")).text) != first
    finally:
        hub.kill()
