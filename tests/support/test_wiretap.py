"""The wiretap sees what passes, also under a websocket's mask: what its users prove rests on that."""

import asyncio

import pytest
import websockets

from tests.support.wiretap import wiretap


@pytest.mark.parametrize("compression", [None, "deflate"])
async def test_wiretap_sees_both_directions_of_a_websocket(compression: str | None) -> None:
    async def echo(connection: websockets.ServerConnection) -> None:
        async for message in connection:
            await connection.send(f"answer to {message!s}")

    async with websockets.serve(echo, "127.0.0.1", 0) as server:
        with wiretap(server.sockets[0].getsockname()[1]) as tap:
            async with websockets.connect(f"ws://127.0.0.1:{tap.port}", compression=compression) as client:
                await client.send("a word that only the client says")
                await client.recv()
            recorded = tap.recorded()
    assert b"answer to a word that only" in recorded
    assert b"\na word that only the client says" in recorded


async def test_cut_breaks_open_connections_and_accepts_new_ones() -> None:
    async def hold(connection: websockets.ServerConnection) -> None:
        await connection.wait_closed()

    async with websockets.serve(hold, "127.0.0.1", 0) as server:
        with wiretap(server.sockets[0].getsockname()[1]) as tap:
            async with websockets.connect(f"ws://127.0.0.1:{tap.port}") as first:
                await asyncio.to_thread(tap.cut)
                await asyncio.wait_for(first.wait_closed(), timeout=5)
            async with websockets.connect(f"ws://127.0.0.1:{tap.port}") as second:
                assert await second.ping()
