"""What clients see, in each format, when the provider fails; and what is counted for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from tenant_daemon.contracts.health import ComponentHealth
from tenant_daemon.hub_client.proxy_client import model_health
from tests.support.model_upstream import end_chunk, text_chunk, usage_chunk
from tests.support.proxy import SECRET, Proxy, running
from tests.support.vendor_streams import (
    message_events,
    message_usage,
    response_events,
    response_usage,
    text_block,
)
from tests.support.waiting import eventually

BODIES: dict[str, dict[str, object]] = {
    "chat/completions": {"model": "m", "messages": [{"role": "user", "content": "hi"}]},
    "responses": {"model": "m", "input": "hi"},
    "messages": {"model": "m", "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}]},
}
PATHS = sorted(BODIES)


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    async with running(tmp_path) as built:
        yield built


async def ask(proxy: Proxy, path: str, *, stream: bool = False) -> httpx.Response:
    body = {**BODIES[path], **({"stream": True} if stream else {})}
    return await proxy.client.post(f"/agents/sales/v1/{path}", json=body)


def message_of(path: str, body: dict[str, object]) -> str:
    """The message of an error, which must have the shape of its format."""
    error = body["error"]
    assert isinstance(error, dict)
    if path == "messages":
        assert body["type"] == "error"
        assert set(error) == {"type", "message"}
    else:
        assert set(error) == {"message", "type", "param", "code"}
    return str(error["message"])


@pytest.mark.parametrize("path", PATHS)
async def test_silence_is_a_time_out_that_is_not_asked_again(
    tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tenant_daemon.egress.upstream._TIMEOUT", aiohttp.ClientTimeout(sock_connect=5, sock_read=0.2)
    )
    async with running(tmp_path) as proxy:
        proxy.upstream.silence = asyncio.Event()
        answer = await ask(proxy, path)
        assert (answer.status_code, answer.headers["x-should-retry"]) == (504, "false")
        assert message_of(path, answer.json()) == "The model's provider did not answer in time."
        if path == "messages":
            assert answer.json()["error"]["type"] == "timeout_error"
        # It may have been charged, so it is counted; how much is not known.
        [(_, _, _, _, requests, estimated)] = proxy.usage()
        assert (requests, estimated, len(proxy.upstream.bodies)) == (1, 1, 1)


async def told_of_model(proxy: Proxy) -> ComponentHealth | None:
    address = httpx.URL(proxy.url)
    assert address.port
    return await model_health(address.port, proxy.token)


@pytest.mark.parametrize("is_begun", [False, True])
async def test_silence_is_told_while_it_lasts(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, is_begun: bool
) -> None:
    """A provider that accepts and never answers, and one that sends single bytes and comments only."""
    monkeypatch.setattr("tenant_daemon.egress.provider_health._SILENT_SECONDS", 0.0)
    goes_on = asyncio.Event()

    async def drops() -> AsyncIterator[bytes]:
        yield b": still at it\n\nda"
        await goes_on.wait()
        yield b"ta: [DONE]\n\n"

    if is_begun:
        proxy.upstream.answer = lambda: StreamingResponse(drops(), media_type="text/event-stream")
    else:
        proxy.upstream.silence = goes_on
    assert await told_of_model(proxy) is None
    asking = asyncio.create_task(ask(proxy, "chat/completions", stream=True))
    await eventually(lambda: bool(proxy.upstream.bodies))
    assert await told_of_model(proxy) == ComponentHealth(name="model", is_healthy=True, detail="silent")
    monkeypatch.setattr("tenant_daemon.egress.provider_health._STUCK_SECONDS", 0.0)
    stuck = await told_of_model(proxy)
    assert stuck
    assert not stuck.is_healthy
    assert "has sent nothing" in stuck.detail
    goes_on.set()
    await asking
    assert await told_of_model(proxy) is None


async def test_silence_in_the_middle_is_a_time_out_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tenant_daemon.egress.upstream._TIMEOUT", aiohttp.ClientTimeout(sock_connect=5, sock_read=0.2)
    )

    async def half() -> AsyncIterator[bytes]:
        yield b'{"choices": ['
        await asyncio.Event().wait()

    async with running(tmp_path) as proxy:
        proxy.upstream.answer = lambda: StreamingResponse(half(), media_type="application/json")
        answer = await ask(proxy, "chat/completions")
        assert (answer.status_code, answer.headers["x-should-retry"]) == (504, "false")
        proxy.upstream.answer = None
        proxy.upstream.pause = asyncio.Event()
        answer = await ask(proxy, "chat/completions", stream=True)
        assert "upstream_timeout" in answer.text
        assert sum(row[4] for row in proxy.usage()) == 2


async def test_answer_that_is_too_deep_to_be_checked_is_not_passed_on(proxy: Proxy) -> None:
    deep = b'{"a":' + b"[" * 1_000 + b"]" * 1_000 + b"}"
    proxy.upstream.answer = lambda: Response(deep, media_type="application/json")
    answer = await ask(proxy, "chat/completions")
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "upstream_invalid")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("status", "seen"), [(400, 400), (404, 404), (408, 408), (429, 429), (500, 500), (503, 503), (599, 599)]
)
async def test_status_and_waiting_time_are_passed_on(proxy: Proxy, path: str, status: int, seen: int) -> None:
    headers = {
        "retry-after": "11",
        "x-ratelimit-reset-tokens": "6m0s",
        "anthropic-ratelimit-requests-remaining": "0",
        "set-cookie": "a=b",
        "x-internal": "no",
        "x-request-id": "\xe9",
        "request-id": SECRET,
        "x-ratelimit-note": "a" * 121,
    }
    error = {"message": f"about {SECRET}", "type": "some_error", "code": None}
    proxy.upstream.answer = lambda: JSONResponse({"error": error}, status, headers=headers)
    answer = await ask(proxy, path, stream=True)
    assert answer.status_code == seen
    assert message_of(path, answer.json()) == "about SECRET_REF(db-password)"
    assert answer.json()["error"]["type"] == "some_error"
    assert answer.headers["retry-after"] == "11"
    assert answer.headers["x-ratelimit-reset-tokens"] == "6m0s"
    assert answer.headers["anthropic-ratelimit-requests-remaining"] == "0"
    assert answer.headers["request-id"] == "SECRET_REF(db-password)"
    assert not {"set-cookie", "x-internal", "x-request-id", "x-ratelimit-note"} & set(answer.headers)
    assert proxy.usage() == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("status", [504, 524])
async def test_gateway_that_gave_up_is_not_asked_again_and_the_request_counted(
    tmp_path: Path, path: str, status: int
) -> None:
    async with running(tmp_path) as proxy:
        error = {"message": f"no answer, {SECRET}", "code": "gateway_timeout"}
        headers = {"x-should-retry": "true", "retry-after": "11"}
        proxy.upstream.answer = lambda: JSONResponse({"error": error}, status, headers=headers)
        answer = await ask(proxy, path, stream=True)
        assert (answer.status_code, answer.headers["x-should-retry"]) == (status, "false")
        assert message_of(path, answer.json()) == "no answer, SECRET_REF(db-password)"
        # The model may have answered all the same; how much is not known.
        [(_, prompt, _, _, requests, estimated)] = proxy.usage()
        assert (prompt > 0, requests, estimated) == (True, 1, 1)


@pytest.mark.parametrize("path", PATHS)
async def test_page_instead_of_an_error_is_not_passed_on(proxy: Proxy, path: str) -> None:
    proxy.upstream.answer = lambda: PlainTextResponse(f"<html>{SECRET} nginx</html>", 502)
    answer = await ask(proxy, path)
    assert answer.status_code == 502
    assert message_of(path, answer.json()) == "The model's provider answered with status 502."


@pytest.mark.parametrize("path", PATHS)
async def test_compressed_answer_is_not_passed_on(proxy: Proxy, path: str) -> None:
    proxy.upstream.answer = lambda: Response(
        b"\x1f\x8b", headers={"content-encoding": "gzip", "content-type": "application/json"}
    )
    answer = await ask(proxy, path)
    assert answer.status_code == 502
    assert "compressed" in message_of(path, answer.json())


async def test_account_without_credit_is_told_as_what_it_is(proxy: Proxy) -> None:
    proxy.upstream.answer = lambda: JSONResponse({"error": {"message": "add a card at ..."}}, 402)
    answer = await ask(proxy, "chat/completions")
    assert (answer.status_code, answer.json()["error"]["code"]) == (402, "upstream_quota")


@pytest.mark.parametrize(
    ("text", "headers"), [("no", {"content-encoding": "gzip"}), ("no" * 40_000, {})], ids=["packed", "long"]
)
async def test_error_that_cannot_be_read_within_bounds_is_not_passed_on(
    proxy: Proxy, text: str, headers: dict[str, str]
) -> None:
    proxy.upstream.answer = lambda: JSONResponse({"error": {"message": text}}, 500, headers=headers)
    answer = await ask(proxy, "chat/completions")
    assert message_of("chat/completions", answer.json()) == "The model's provider answered with status 500."


async def test_answer_that_is_too_large_is_not_passed_on(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenant_daemon.egress.upstream.MAX_ANSWER_BYTES", 100)
    proxy.upstream.answer = lambda: JSONResponse({"choices": ["a" * 100]})
    assert "too large" in (await ask(proxy, "chat/completions")).text


async def test_answer_that_is_compressed_and_not_is_not_passed_on(proxy: Proxy) -> None:
    def both() -> Response:
        answer = Response(b"\x1f\x8b", headers={"content-encoding": "identity"})
        answer.headers.append("content-encoding", "gzip")
        return answer

    proxy.upstream.answer = both
    assert "compressed" in (await ask(proxy, "chat/completions")).text


@pytest.mark.parametrize("path", PATHS)
async def test_redirect_is_not_followed(proxy: Proxy, path: str) -> None:
    location = {"location": f"/v1/{path}"}
    proxy.upstream.answer = lambda: Response(status_code=307, headers=location)
    answer = await ask(proxy, path)
    assert answer.status_code == 502
    assert len(proxy.upstream.bodies) == 1


@pytest.mark.parametrize("path", PATHS)
async def test_stream_that_ends_too_soon_says_so_and_is_counted(tmp_path: Path, path: str) -> None:
    async with running(tmp_path) as proxy:
        proxy.upstream.chunks = [text_chunk("some words and ")]
        proxy.upstream.events = (
            response_events(["some words and "], [], response_usage(1, 1))[:5]
            if path == "responses"
            else message_events([text_block(0, ["some words and "])], message_usage(20, 1))[:4]
        )
        proxy.upstream.ends_properly = False
        answer = await ask(proxy, path, stream=True)
    assert "some" in answer.text
    last = answer.text.rstrip().splitlines()[-1]
    error = json.loads(last.removeprefix("data: "))
    if path == "responses":
        assert error["type"] == "error"
        assert answer.text.rstrip().splitlines()[-2] == "event: error"
    else:
        assert message_of(path, error) == "The model's provider broke the answer off."
    [(_, prompt, completion, _, requests, estimated)] = proxy.usage()
    assert (completion, requests, estimated) == (4, 1, 1)
    assert prompt == 20 if path == "messages" else prompt > 0


@pytest.mark.parametrize("path", PATHS)
async def test_error_named_after_a_secret_has_no_name(proxy: Proxy, path: str) -> None:
    proxy.vault.put("lower-key", "kv9mq2xlp7zr4wt8nbc3", actor="test")
    error = {"message": "no", "type": "kv9mq2xlp7zr4wt8nbc3", "code": "kv9mq2xlp7zr4wt8nbc3"}
    proxy.upstream.answer = lambda: JSONResponse({"error": error}, 400)
    assert "kv9mq2" not in (await ask(proxy, path)).text
    frame = json.dumps({"type": "error", "error": error, **error, "message": "no"} | {"type": "error"})
    proxy.upstream.answer = lambda: PlainTextResponse(f"data: {frame}\n\n", media_type="text/event-stream")
    assert "kv9mq2" not in (await ask(proxy, path, stream=True)).text


async def test_stream_whose_last_event_is_not_ended_is_whole(proxy: Proxy) -> None:
    chunks = [text_chunk("hello"), end_chunk(), usage_chunk(7, 3)]
    text = "\n\n".join(f"data: {json.dumps(chunk)}" for chunk in chunks)
    proxy.upstream.answer = lambda: PlainTextResponse(text, media_type="text/event-stream")
    answer = await ask(proxy, "chat/completions", stream=True)
    assert "hello" in answer.text
    assert "error" not in answer.text
    assert proxy.usage() == [("sales", 7, 3, 0, 1, 0)]
    proxy.upstream.answer = lambda: PlainTextResponse(text[:-9], media_type="text/event-stream")
    answer = await ask(proxy, "chat/completions", stream=True)
    assert "The model's provider broke the answer off." in answer.text


async def test_thoughts_that_only_the_sum_holds_are_counted(proxy: Proxy) -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 110}
    proxy.upstream.answer = lambda: JSONResponse({"choices": [], "usage": usage})
    await ask(proxy, "chat/completions")
    assert proxy.usage() == [("sales", 7, 103, 0, 1, 0)]
