"""Requests: to the judged address alone, bounded, no redirect followed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tenant_daemon.execution import ActionFailed, Limits
from tenant_daemon.execution.http import call_http
from tenant_daemon.policy.actions import HttpCall

Answer = Callable[[bytes], bytes]


@asynccontextmanager
async def tool(answer: Answer) -> AsyncIterator[int]:
    """A tool's web server on loopback that answers each request as told."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(head))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def reply(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def test_judged_address_is_asked_under_the_tools_name() -> None:
    async with tool(lambda head: reply(head)) as port:
        call = HttpCall(
            "POST", f"http://ghost.invalid:{port}/posts?x=1", "127.0.0.1", port,
            (("X-Key", "k"), ("Host", "evil.invalid")), "{}",
        )  # fmt: skip
        outcome = await call_http(call, Limits())

    assert outcome.is_success
    assert "POST /posts?x=1 HTTP/1.1" in outcome.output
    assert f"Host: ghost.invalid:{port}" in outcome.output
    assert "evil" not in outcome.output
    assert "X-Key: k" in outcome.output


async def test_redirect_is_shown_and_not_followed() -> None:
    asked: list[bytes] = []

    def answer(head: bytes) -> bytes:
        asked.append(head)
        return reply(b"", "302 Found", "Location: http://169.254.169.254/")

    async with tool(answer) as port:
        outcome = await call_http(HttpCall("GET", f"http://t:{port}/", "127.0.0.1", port), Limits())

    assert len(asked) == 1
    assert outcome.output == "HTTP 302\nlocation: http://169.254.169.254/"


async def test_error_of_the_tool_is_no_success() -> None:
    async with tool(lambda _head: reply(b"nope", "403 Forbidden")) as port:
        outcome = await call_http(HttpCall("GET", f"http://t:{port}/", "127.0.0.1", port), Limits())

    assert (outcome.is_success, outcome.output) == (False, "HTTP 403\n\nnope")


async def test_long_answer_is_cut() -> None:
    async with tool(lambda _head: reply(b"line\n" * 10_000)) as port:
        outcome = await call_http(
            HttpCall("GET", f"http://t:{port}/", "127.0.0.1", port), Limits(http_bytes=1_003)
        )

    assert outcome.output.endswith("[... cut after 1000 bytes]")


async def test_silent_and_absent_tools_are_said() -> None:
    async with tool(lambda _head: b"") as port:
        with pytest.raises(ActionFailed, match="could not be asked"):
            await call_http(HttpCall("GET", f"http://t:{port}/", "127.0.0.1", port), Limits())
    with pytest.raises(ActionFailed, match="could not be asked: ConnectError"):
        await call_http(HttpCall("GET", f"http://t:{port}/", "127.0.0.1", port), Limits())


async def test_slow_tool_runs_into_the_time_limit() -> None:
    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(ActionFailed):
        await call_http(HttpCall("GET", f"http://t:{port}/", "127.0.0.1", port), Limits(http_seconds=0.2))
    server.close()
