"""The connection to a provider: who is asked is who was meant."""

import asyncio
from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from tenant_daemon.egress import upstream as connection
from tenant_daemon.egress.addresses import Addresses
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.known import Known
from tenant_daemon.egress.upstream import Provider
from tenant_daemon.redaction import Redactor
from tenant_daemon.settings import Upstream
from tests.support.certificate import certificate
from tests.support.receiver import receiver


async def ask(url: str) -> int:
    """The status of the answer of a provider there."""
    provider = Provider(Known(), Addresses())
    try:
        upstream = Upstream(name="one", url=url, model="m")
        answer = await provider.ask(upstream, "chat/completions", b"{}", {}, Redactor([]))
        provider.leave(answer, is_done=False)
        return answer.status
    finally:
        await provider.close()


async def test_host_name_is_the_same_in_capital_letters(tmp_path: Path) -> None:
    async with receiver() as server:
        server.answer = lambda _one: JSONResponse({})
        port = server.url.rpartition(":")[2]
        assert await ask(f"http://LocalHost:{port}/v1") == 200
        assert server.received[0].path == "/v1/chat/completions"


async def test_proxies_of_the_environment_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiver() as elsewhere, receiver() as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere.url)
        monkeypatch.delenv("no_proxy", raising=False)
        server.answer = elsewhere.answer = lambda _one: JSONResponse({})
        assert await ask(f"{server.url}/v1") == 200
        assert (len(server.received), elsewhere.received) == (1, [])


async def test_nothing_is_said_to_a_server_whose_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    async with receiver(*certificate(tmp_path, "localhost")) as server:
        port = server.url.rpartition(":")[2]
        with pytest.raises(Refused) as caught:
            await ask(f"https://localhost:{port}/v1")
        assert (caught.value.code, server.received) == ("upstream_unreachable", [])


async def test_idle_connection_to_a_model_nearby_is_closed_before_its_server_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that closes it first may do so just when a request is on its way, which is then lost."""
    monkeypatch.setattr(connection, "_KEPT_NEARBY_SECONDS", 0.05)
    is_closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n{}")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        if not await reader.read(1):
            is_closed.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    provider = Provider(Known(), Addresses())
    try:
        port = server.sockets[0].getsockname()[1]
        nearby = Upstream(name="one", url=f"http://127.0.0.1:{port}/v1", model="m")
        answer = await provider.ask(nearby, "chat/completions", b"{}", {}, Redactor([]))
        assert await answer.read() == b"{}"
        async with asyncio.timeout(10):
            await is_closed.wait()
    finally:
        await provider.close()
        server.close()
