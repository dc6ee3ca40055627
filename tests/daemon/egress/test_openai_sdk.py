"""OpenAI's own Python SDK as the client of the proxy."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import openai
import pytest
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter
from starlette.responses import JSONResponse, Response

from tenant_daemon.contracts.config import TenantConfig
from tests.support.model_upstream import end_chunk, text_chunk, usage_chunk
from tests.support.proxy import AGENT, SECRET, Proxy, running
from tests.support.vendor_streams import (
    call_item,
    check_response_event,
    response,
    response_events,
    response_usage,
    text_item,
)

EVENT: TypeAdapter[ResponseStreamEvent] = TypeAdapter(ResponseStreamEvent)
ARGUMENTS = json.dumps({"command": f"mysql -p{SECRET} shop"})
REASONING = {
    "id": "rs_1",
    "type": "reasoning",
    "summary": [],
    "encrypted_content": "gAAAAABo7kQ9vXbT0s8Jm2LkQw3Rt5Yz7UaIoPeDfGhJkLzXcVbNm1Q2w3E4r5T6y7U8i9O0pAsDfGh",
}


def pieces(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    async with running(tmp_path) as built:
        yield built


@pytest.fixture
async def client(proxy: Proxy) -> AsyncIterator[openai.AsyncOpenAI]:
    base_url = f"{proxy.url}/agents/sales/v1"
    async with openai.AsyncOpenAI(base_url=base_url, api_key=proxy.token) as made:
        yield made


async def test_chat_streams(proxy: Proxy, client: openai.AsyncOpenAI) -> None:
    proxy.upstream.chunks = [
        *[text_chunk(piece) for piece in pieces(f"it is {SECRET} here", 3)],
        end_chunk(),
        usage_chunk(7, 5, 3),
    ]
    stream = await client.chat.completions.create(
        model="m",
        messages=[{"role": "user", "content": f"is it {SECRET}?"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    for chunk in chunks:
        ChatCompletionChunk.model_validate(chunk.model_dump())
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert text == "it is SECRET_REF(db-password) here"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 12
    assert SECRET.encode() not in proxy.upstream.bodies[0]


async def test_responses_stream(proxy: Proxy, client: openai.AsyncOpenAI) -> None:
    proxy.upstream.events = response_events(
        pieces(f"it is {SECRET}, really", 4), pieces(ARGUMENTS, 5), response_usage(70, 9, 64), REASONING
    )
    stream = await client.responses.create(
        model="m",
        input=[
            {"role": "user", "content": f"the password is {SECRET}"},
            {**REASONING, "id": "rs_0"},
            {"type": "function_call", "call_id": "call_a1B2", "name": "shell", "arguments": ARGUMENTS},
            {"type": "function_call_output", "call_id": "call_a1B2", "output": f"DB_PASSWORD={SECRET}"},
        ],
        stream=True,
        store=False,
        include=["reasoning.encrypted_content"],
    )
    events = [event.model_dump(mode="json") async for event in stream]
    for event in events:
        EVENT.validate_python(event)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    said = "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta")
    assert said == "it is SECRET_REF(db-password), really"
    called = "".join(e["delta"] for e in events if e["type"] == "response.function_call_arguments.delta")
    assert json.loads(called) == {"command": "mysql -pSECRET_REF(db-password) shop"}
    whole = events[-1]["response"]
    assert whole["output"][0]["encrypted_content"] == REASONING["encrypted_content"]
    assert whole["output"][1]["content"][0]["text"] == said
    assert whole["output"][2]["arguments"] == called
    assert SECRET not in json.dumps(events)

    sent = proxy.upstream.requests[0]
    assert SECRET.encode() not in proxy.upstream.bodies[0]
    assert sent["model"] == "real-model"
    assert sent["input"][1]["encrypted_content"] == REASONING["encrypted_content"]
    assert (sent["input"][2]["call_id"], sent["input"][3]["call_id"]) == ("call_a1B2", "call_a1B2")
    assert proxy.usage() == [("sales", 70, 9, 64, 1, 0)]


async def test_held_back_text_comes_before_what_follows_it(proxy: Proxy, client: openai.AsyncOpenAI) -> None:
    proxy.upstream.events = response_events(["all is well, see pass", "word"], ["{}"], response_usage(1, 1))
    stream = await client.responses.create(model="m", input="hi", stream=True)
    kinds = [event.type async for event in stream]
    assert kinds.index("response.output_text.done") > max(
        index for index, kind in enumerate(kinds) if kind == "response.output_text.delta"
    )


async def test_the_sdks_own_accumulator_agrees(proxy: Proxy, client: openai.AsyncOpenAI) -> None:
    proxy.upstream.events = response_events([f"it is {SECRET}"], [], response_usage(1, 1))
    async with client.responses.stream(model="m", input="hi") as stream:
        final = await stream.get_final_response()
    assert final.output_text == "it is SECRET_REF(db-password)"


async def test_response_that_does_not_stream(proxy: Proxy, client: openai.AsyncOpenAI) -> None:
    proxy.upstream.whole = response(
        [text_item(f"it is {SECRET}"), call_item(ARGUMENTS)], usage=response_usage(8, 2, 1)
    )
    answer = await client.responses.create(model="m", input=f"is it {SECRET}?", instructions="be kind")
    assert answer.output_text == "it is SECRET_REF(db-password)"
    assert proxy.usage() == [("sales", 8, 2, 1, 1, 0)]


async def test_budget_is_an_error_that_the_sdk_does_not_repeat(
    proxy: Proxy, client: openai.AsyncOpenAI
) -> None:
    proxy.configure(TenantConfig(version=2, agents=[AGENT], period_token_limit=10))
    with pytest.raises(openai.APIStatusError) as caught:
        await client.responses.create(model="m", input="hi " * 50)
    assert (caught.value.status_code, caught.value.code) == (400, "token_budget_reached")
    assert "used up" in str(caught.value)
    assert proxy.upstream.bodies == []


async def test_rate_limit_is_passed_on_and_waited_for(proxy: Proxy, client: openai.AsyncOpenAI) -> None:
    def fail() -> Response:
        proxy.upstream.answer = None
        error = {"message": "slow down", "type": "tokens", "code": "rate_limit_exceeded", "param": None}
        return JSONResponse({"error": error}, 429, headers={"retry-after-ms": "1"})

    proxy.upstream.answer = fail
    proxy.upstream.whole = response([text_item("ok")], usage=response_usage(1, 1))
    answer = await client.responses.create(model="m", input="hi")
    assert answer.output_text == "ok"
    assert len(proxy.upstream.bodies) == 2
    assert proxy.usage() == [("sales", 1, 1, 0, 1, 0)]


async def test_rate_limit_has_its_own_exception(proxy: Proxy, client: openai.AsyncOpenAI) -> None:
    error = {"message": "slow down", "type": "tokens", "code": "rate_limit_exceeded", "param": None}
    proxy.upstream.answer = lambda: JSONResponse({"error": error}, 429, headers={"retry-after": "20"})
    with pytest.raises(openai.RateLimitError) as caught:
        await client.with_options(max_retries=0).responses.create(model="m", input="hi")
    assert caught.value.response.headers["retry-after"] == "20"
    assert (caught.value.code, caught.value.type) == ("rate_limit_exceeded", "tokens")


async def test_what_may_have_been_charged_is_not_asked_twice(
    proxy: Proxy, client: openai.AsyncOpenAI
) -> None:
    proxy.upstream.answer = lambda: Response(b"{half", media_type="application/json")
    with pytest.raises(openai.APIStatusError):
        await client.responses.create(model="m", input="hi")
    assert len(proxy.upstream.bodies) == 1
    [(_, prompt, _, _, requests, estimated)] = proxy.usage()
    assert (prompt > 0, requests, estimated) == (True, 1, 1)


async def test_error_in_the_middle_of_a_chat_raises(proxy: Proxy, client: openai.AsyncOpenAI) -> None:
    broken = {"error": {"message": f"trouble with {SECRET}", "type": "server_error", "code": None}}
    proxy.upstream.chunks = [text_chunk("some words "), broken]
    stream = await client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "hi"}], stream=True
    )
    with pytest.raises(openai.APIError, match=r"trouble with SECRET_REF\(db-password\)"):
        [chunk async for chunk in stream]


async def test_error_in_the_middle_is_an_event(proxy: Proxy, client: openai.AsyncOpenAI) -> None:
    begun = response_events(["some words "], [], response_usage(1, 1))[:5]
    broken = {
        "type": "error",
        "code": "server_error",
        "message": f"trouble with {SECRET}",
        "param": None,
        "sequence_number": 5,
    }
    proxy.upstream.events = [*begun, check_response_event(broken)]
    stream = await client.responses.create(model="m", input="hi", stream=True)
    events = [event.model_dump() async for event in stream]
    assert events[-1]["type"] == "error"
    assert events[-1]["code"] == "server_error"
    assert events[-1]["message"] == "trouble with SECRET_REF(db-password)"


async def test_leaving_stops_the_upstream(tmp_path: Path) -> None:
    async with running(tmp_path) as proxy:
        proxy.upstream.pause, proxy.upstream.pause_after = asyncio.Event(), 4
        proxy.upstream.events = response_events(["words and words ", "more"], [], response_usage(1, 1))
        base_url = f"{proxy.url}/agents/sales/v1"
        async with openai.AsyncOpenAI(base_url=base_url, api_key=proxy.token) as client:
            stream = await client.responses.create(model="m", input="hi", stream=True)
            async for event in stream:
                if event.type == "response.output_text.delta":
                    break
            await stream.close()
            async with asyncio.timeout(30):
                await proxy.upstream.stopped.wait()
    [(agent, prompt, completion, _, requests, estimated)] = proxy.usage()
    assert (agent, completion, requests, estimated) == ("sales", 4, 1, 1)
    assert prompt > 0


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [{"type": "web_search"}]},
        {"tools": [{"type": "mcp", "server_label": "x", "server_url": "https://example.org"}]},
        {"background": True},
    ],
)
async def test_what_the_provider_would_do_by_itself_is_refused(
    proxy: Proxy, client: openai.AsyncOpenAI, fields: dict[str, object]
) -> None:
    with pytest.raises(openai.BadRequestError):
        await client.responses.create(model="m", input="hi", extra_body=fields)
    assert proxy.upstream.bodies == []


@pytest.mark.parametrize(
    "fields",
    [{"web_search_options": {}}, {"tools": [{"type": "web_search_preview"}]}, {"tools": [{"type": "mcp"}]}],
)
async def test_a_chats_provider_does_nothing_by_itself_either(
    proxy: Proxy, client: openai.AsyncOpenAI, fields: dict[str, object]
) -> None:
    with pytest.raises(openai.BadRequestError):
        await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "hi"}], extra_body=fields
        )
    assert proxy.upstream.bodies == []


async def test_models_are_listed(client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["real-model"]
