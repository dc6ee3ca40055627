"""The client against a gateway of our own: real websockets, scripted answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tenant_daemon.openclaw.client import GatewayGone, GatewayRefused, OpenClawClient
from tenant_daemon.openclaw.events import RunText
from tenant_daemon.openclaw.neutralise import neutralise

Json = dict[str, Any]
Script = Callable[["Peer"], Awaitable[None]]


class Peer:
    """The gateway's side of one connection."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket

    async def take(self) -> Json:
        return dict(json.loads(await self.socket.recv()))

    async def answer(self, request: Json, payload: Json) -> None:
        await self._send({"type": "res", "id": request["id"], "ok": True, "payload": payload})

    async def refuse(self, request: Json, code: str, message: str) -> None:
        error = {"code": code, "message": message}
        await self._send({"type": "res", "id": request["id"], "ok": False, "error": error})

    async def tell(self, name: str, payload: Json) -> None:
        await self._send({"type": "event", "event": name, "payload": payload})

    async def welcome(self) -> list[str]:
        """The handshake; gives the scopes that were asked for."""
        await self.tell("connect.challenge", {"nonce": "n"})
        request = await self.take()
        await self.answer(request, {"type": "hello-ok", "protocol": 4})
        return list(request["params"]["scopes"])

    async def _send(self, frame: Json) -> None:
        await self.socket.send(json.dumps(frame))


@asynccontextmanager
async def gateway(*scripts: Script) -> AsyncIterator[int]:
    """Serve each connection by the next script; its port."""
    waiting = iter(scripts)

    async def handle(socket: ServerConnection) -> None:
        await next(waiting)(Peer(socket))

    async with serve(handle, "127.0.0.1", 0) as server:
        yield next(iter(server.sockets)).getsockname()[1]


async def test_a_message_is_sent_neutralised_and_its_events_come_in_order() -> None:
    sent: list[Json] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        request = await peer.take()
        sent.append(request["params"])
        for text in ("a", "b"):
            await peer.tell("chat", {"runId": "k", "state": "delta", "deltaText": text})
        await peer.answer(request, {"runId": "k", "status": "started"})
        await peer.socket.close()

    async with gateway(script) as port, OpenClawClient(port, "t") as client:
        assert await client.send("agent:a:c-1", "/status", "k") == "k"
        events = [event async for event in client.events()]
    assert sent == [{"sessionKey": "agent:a:c-1", "message": neutralise("/status"), "idempotencyKey": "k"}]
    assert [event.text for event in events if isinstance(event, RunText)] == ["a", "b"]


async def test_a_lost_connection_ends_waiting_requests_and_events() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.take()
        await peer.socket.close()

    async with gateway(script) as port, OpenClawClient(port, "t") as client:
        with pytest.raises(GatewayGone):
            await client.health()
        assert [event async for event in client.events()] == []
        with pytest.raises(GatewayGone):
            await client.health()


async def test_a_frame_that_is_no_protocol_ends_the_connection() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.socket.send("boo")
        await peer.socket.wait_closed()

    async with gateway(script) as port, OpenClawClient(port, "t") as client:
        assert [event async for event in client.events()] == []


async def test_a_run_of_a_lost_connection_is_stopped_by_a_short_one_with_more_rights() -> None:
    scopes: list[list[str]] = []

    async def first(peer: Peer) -> None:
        scopes.append(await peer.welcome())
        await peer.refuse(await peer.take(), "INVALID_REQUEST", "unauthorized")
        await peer.socket.wait_closed()

    async def second(peer: Peer) -> None:
        scopes.append(await peer.welcome())
        request = await peer.take()
        assert request["method"] == "chat.abort"
        await peer.answer(request, {"aborted": True})
        await peer.socket.wait_closed()

    async with gateway(first, second) as port, OpenClawClient(port, "t") as client:
        assert await client.abort("agent:a:c-1") is True
    chat = ["operator.read", "operator.write"]
    assert scopes == [chat, [*chat, "operator.admin"]]


async def test_a_refusal_is_told_as_one() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.refuse(await peer.take(), "INVALID_REQUEST", "unknown session")
        await peer.socket.wait_closed()

    async with gateway(script) as port, OpenClawClient(port, "t") as client:
        with pytest.raises(GatewayRefused, match="unknown session"):
            await client.abort("agent:a:c-1")


async def test_a_gateway_that_still_starts_counts_as_gone() -> None:
    async def script(peer: Peer) -> None:
        await peer.tell("connect.challenge", {"nonce": "n"})
        await peer.refuse(await peer.take(), "UNAVAILABLE", "gateway starting")
        await peer.socket.wait_closed()

    async with gateway(script) as port:
        with pytest.raises(GatewayGone, match="still starting"):
            await OpenClawClient(port, "t").connect()


async def test_a_wrong_token_is_a_refusal() -> None:
    async def script(peer: Peer) -> None:
        await peer.tell("connect.challenge", {"nonce": "n"})
        await peer.refuse(await peer.take(), "UNAUTHORIZED", "token mismatch")
        await peer.socket.wait_closed()

    async with gateway(script) as port:
        with pytest.raises(GatewayRefused, match="token mismatch"):
            await OpenClawClient(port, "t").connect()


async def test_where_nobody_listens_it_is_gone() -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(GatewayGone, match=f"port {port}"):
        await OpenClawClient(port, "t").connect()


async def test_every_session_is_listed_page_by_page() -> None:
    keys = [f"agent:a:c-1-h-call{number}" for number in range(450)]
    asked: list[Json] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        for _ in range(3):
            request = await peer.take()
            asked.append(request["params"])
            start = request["params"]["offset"]
            page = keys[start : start + request["params"]["limit"]]
            await peer.answer(request, {"sessions": [{"key": key} for key in page]})
        await peer.socket.wait_closed()

    async with gateway(script) as port, OpenClawClient(port, "t") as client:
        assert await client.session_keys("a", "c-1") == keys
    assert {one["archived"] for one in asked} == {"all"}


async def test_history_tells_the_run_in_progress() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        payload = {
            "messages": [{"role": "user"}],
            "inFlightRun": {"runId": "k", "text": "so far"},
        }
        await peer.answer(await peer.take(), payload)
        await peer.socket.wait_closed()

    async with gateway(script) as port, OpenClawClient(port, "t") as client:
        history = await client.history("agent:a:c-1")
    assert (history.running_text, history.running_run_id) == ("so far", "k")
