"""The practice model over HTTP, in process."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tenant_daemon.practice.pacing import Pace
from tenant_daemon.practice.server import PracticeServer
from tenant_daemon.practice.site import PracticeSite

SHELL = [{"type": "function", "function": {"name": "shell"}}]


@pytest.fixture
def trace_file(tmp_path: Path) -> Path:
    return tmp_path / "trace.jsonl"


@pytest.fixture
async def client(tmp_path: Path, trace_file: Path) -> AsyncIterator[httpx.AsyncClient]:
    practice = PracticeServer(8110, PracticeSite(tmp_path / "site.json"), Pace(5_000, trace_file))
    transport = httpx.ASGITransport(practice.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8110") as client:
        yield client


def body(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "practice", "messages": [{"role": "user", "content": text}], **more}


async def stream(client: httpx.AsyncClient, request: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.post("/v1/chat/completions", json={**request, "stream": True})
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


async def test_words_stream_one_by_one_and_usage_comes_last(client: httpx.AsyncClient) -> None:
    request = body("a long story of 30 words", stream_options={"include_usage": True})
    *chunks, usage = await stream(client, request)
    words = [chunk["choices"][0]["delta"].get("content") for chunk in chunks]
    assert len("".join(filter(None, words)).split()) == 30
    assert len([word for word in words if word]) == 30
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert usage["choices"] == []
    assert usage["usage"]["completion_tokens"] > 30
    assert usage["usage"]["prompt_tokens_details"] == {"cached_tokens": 0}


async def test_a_tool_call_streams_as_one(client: httpx.AsyncClient) -> None:
    chunks = await stream(client, body("how much disk space?", tools=SHELL))
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    (call,) = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
    assert call["function"] == {"name": "shell", "arguments": '{"command": "df -h ."}'}
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


async def test_without_streaming_the_answer_is_one_object(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/v1/chat/completions", json=body("hello"))).json()
    assert "practice mode" in answer["choices"][0]["message"]["content"]


async def test_earlier_messages_count_as_cached(client: httpx.AsyncClient) -> None:
    messages = [{"role": "user", "content": "x" * 400}] * 3
    answer = (await client.post("/v1/chat/completions", json={"messages": messages})).json()
    usage = answer["usage"]
    assert 0 < usage["prompt_tokens_details"]["cached_tokens"] < usage["prompt_tokens"]


async def test_the_trace_names_each_token_without_its_text(
    client: httpx.AsyncClient, trace_file: Path
) -> None:
    await stream(client, body("a long story of 5 words"))
    lines = [json.loads(line) for line in trace_file.read_text().splitlines()]  # noqa: ASYNC240
    assert [line["index"] for line in lines] == [0, 1, 2, 3, 4]
    assert set(lines[0]) == {"request_id", "index", "characters", "monotonic_ns", "realtime_ns"}


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}"])
async def test_a_bad_request_is_refused(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await client.post("/v1/chat/completions", content=content)
    assert answer.status_code == 400


async def test_models_and_health(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/models")).json()["data"][0]["id"] == "practice"
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_a_post_appears_on_the_site_as_text(client: httpx.AsyncClient) -> None:
    post = {"title": "Hello <script>", "text": "We are open."}
    published = await client.post("/practice-site/api/posts", json=post)
    assert published.status_code == 201
    assert (await client.get("/practice-site/api/posts")).json() == [published.json()]
    page = await client.get("/practice-site/")
    assert "Hello &lt;script&gt;" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_a_post_without_a_title_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/practice-site/api/posts", json={"text": "x"})
    assert answer.status_code == 422
