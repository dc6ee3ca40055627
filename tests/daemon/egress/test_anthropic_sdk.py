"""Anthropic's own Python SDK as the client of the proxy."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import anthropic
import pytest
from anthropic.types import RawMessageStreamEvent
from pydantic import TypeAdapter
from starlette.responses import JSONResponse, Response

from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget
from tenant_daemon.contracts.config import TenantConfig
from tests.support.proxy import AGENT, SECRET, Proxy, running
from tests.support.vendor_streams import (
    message,
    message_events,
    message_usage,
    text_block,
    thinking_block,
    tool_block,
)

EVENT: TypeAdapter[RawMessageStreamEvent] = TypeAdapter(RawMessageStreamEvent)
KEY = "upstream-Key-4711-abcdef"
ARGUMENTS = json.dumps({"command": f"mysql -p{SECRET} shop"})
# Looks like a secret to every rule there is, and must not be touched.
SIGNATURE = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds/kV9pA0hQmGx7Wc3TzR5uYw8eNb1KfLoVJ4=="
# Put together here, so that this file itself holds nothing that looks like a token.
THOUGHT = "the token ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a is in the file"


def pieces(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    async with running(tmp_path) as built:
        built.vault.put("model-upstream-key-2", KEY, actor="test")
        yield built


@pytest.fixture
async def client(proxy: Proxy) -> AsyncIterator[anthropic.AsyncAnthropic]:
    base_url = f"{proxy.url}/agents/sales"
    async with anthropic.AsyncAnthropic(base_url=base_url, api_key=proxy.token) as made:
        yield made


async def test_messages_stream(proxy: Proxy, client: anthropic.AsyncAnthropic) -> None:
    proxy.upstream.events = message_events(
        [
            thinking_block(0, pieces(THOUGHT, 6), SIGNATURE),
            text_block(1, pieces(f"it is {SECRET}, really", 4)),
            tool_block(2, pieces(ARGUMENTS, 5)),
        ],
        message_usage(10, 9, made=20, read=40),
        "tool_use",
    )
    stream = await client.messages.create(
        model="m",
        max_tokens=1000,
        system=f"the password is {SECRET}",
        messages=[
            {"role": "user", "content": "hi"},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": THOUGHT, "signature": SIGNATURE},
                    {"type": "redacted_thinking", "data": SIGNATURE},
                    {"type": "tool_use", "id": "toolu_01A", "name": "shell", "input": {"c": f"-p{SECRET}"}},
                ],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "toolu_01A", "content": f"pw={SECRET}"}],
            },
        ],
        stream=True,
    )
    events = [event async for event in stream]
    for event in events:
        EVENT.validate_python(event.model_dump())
    deltas = [event.delta for event in events if event.type == "content_block_delta"]
    assert "".join(d.thinking for d in deltas if d.type == "thinking_delta") == THOUGHT
    assert [d.signature for d in deltas if d.type == "signature_delta"] == [SIGNATURE]
    said = "".join(d.text for d in deltas if d.type == "text_delta")
    assert said == "it is SECRET_REF(db-password), really"
    called = "".join(d.partial_json for d in deltas if d.type == "input_json_delta")
    assert json.loads(called) == {"command": "mysql -pSECRET_REF(db-password) shop"}
    assert events[-1].type == "message_stop"

    sent = proxy.upstream.requests[0]
    assert SECRET.encode() not in proxy.upstream.bodies[0]
    assert sent["system"] == "the password is SECRET_REF(db-password)"
    assert sent["messages"][1]["content"][0] == {
        "type": "thinking",
        "thinking": THOUGHT,
        "signature": SIGNATURE,
    }
    assert sent["messages"][1]["content"][1]["data"] == SIGNATURE
    assert sent["messages"][1]["content"][2]["id"] == "toolu_01A"
    assert proxy.usage() == [("sales", 70, 9, 40, 1, 0)]


async def test_key_version_and_features_go_to_the_provider_and_the_local_token_does_not(
    proxy: Proxy, client: anthropic.AsyncAnthropic
) -> None:
    proxy.upstream.whole = message([{"type": "text", "text": "hi"}], message_usage(1, 1))
    await client.messages.create(
        model="m",
        max_tokens=10,
        messages=[{"role": "user", "content": "hi"}],
        extra_headers={"anthropic-beta": "prompt-caching-2024-07-31,token-efficient-tools-2025-02-19"},
    )
    [headers] = proxy.upstream.headers
    assert headers["x-api-key"] == KEY
    assert headers["anthropic-version"] == client.default_headers["anthropic-version"]
    assert headers["anthropic-beta"] == "prompt-caching-2024-07-31,token-efficient-tools-2025-02-19"
    assert proxy.token not in str(headers)
    assert "authorization" not in headers


async def test_the_sdks_own_accumulator_agrees(proxy: Proxy, client: anthropic.AsyncAnthropic) -> None:
    proxy.upstream.events = message_events(
        [text_block(0, pieces(f"it is {SECRET}", 3)), tool_block(1, pieces(ARGUMENTS, 9))],
        message_usage(3, 4),
    )
    async with client.messages.stream(
        model="m", max_tokens=10, messages=[{"role": "user", "content": "hi"}]
    ) as stream:
        final = await stream.get_final_message()
    assert final.content[0].type == "text"
    assert final.content[0].text == "it is SECRET_REF(db-password)"
    assert final.content[1].type == "tool_use"
    assert final.content[1].input == {"command": "mysql -pSECRET_REF(db-password) shop"}
    assert final.usage.output_tokens == 4


async def test_message_that_does_not_stream(proxy: Proxy, client: anthropic.AsyncAnthropic) -> None:
    thought = {"type": "thinking", "thinking": THOUGHT, "signature": SIGNATURE}
    proxy.upstream.whole = message(
        [thought, {"type": "text", "text": f"it is {SECRET}"}], message_usage(5, 6, read=7)
    )
    answer = await client.messages.create(
        model="m", max_tokens=10, messages=[{"role": "user", "content": "hi"}]
    )
    assert answer.content[0].model_dump() == thought
    assert answer.content[1].type == "text"
    assert answer.content[1].text == "it is SECRET_REF(db-password)"
    assert proxy.usage() == [("sales", 12, 6, 7, 1, 0)]


async def test_missing_key_is_said_in_the_sdks_way(tmp_path: Path) -> None:
    async with running(tmp_path, is_public=True) as proxy:
        base_url = f"{proxy.url}/agents/sales"
        async with anthropic.AsyncAnthropic(base_url=base_url, api_key=proxy.token, max_retries=0) as client:
            with pytest.raises(anthropic.InternalServerError) as caught:
                await client.messages.create(
                    model="m", max_tokens=10, messages=[{"role": "user", "content": "hi"}]
                )
    assert caught.value.body == {
        "type": "error",
        "error": {"type": "api_error", "message": "The key to the model's provider is not in the vault."},
    }


async def test_budget_is_an_error_that_the_sdk_does_not_repeat(
    proxy: Proxy, client: anthropic.AsyncAnthropic
) -> None:
    daily = TokenBudget(period=BudgetPeriod.DAY, tokens=10, agent_id="sales")
    proxy.configure(TenantConfig(version=2, agents=[AGENT], budgets=[daily]))
    with pytest.raises(anthropic.APIStatusError) as caught:
        await client.messages.create(
            model="m", max_tokens=10, messages=[{"role": "user", "content": "hi " * 50}]
        )
    assert caught.value.status_code == 400
    body = caught.value.body
    assert isinstance(body, dict)
    assert body["error"]["type"] == "invalid_request_error"
    assert "The tokens that Sales may use today are used up" in body["error"]["message"]
    assert proxy.upstream.bodies == []


async def test_wrong_token_is_an_authentication_error(proxy: Proxy) -> None:
    base_url = f"{proxy.url}/agents/sales"
    async with anthropic.AsyncAnthropic(base_url=base_url, api_key="wrong") as client:
        with pytest.raises(anthropic.AuthenticationError):
            await client.messages.create(
                model="m", max_tokens=10, messages=[{"role": "user", "content": "hi"}]
            )


async def test_overload_is_passed_on(proxy: Proxy, client: anthropic.AsyncAnthropic) -> None:
    def fail() -> Response:
        error = {"type": "overloaded_error", "message": "Overloaded"}
        headers = {"retry-after": "3", "request-id": "req_011CSHoEeqs5C35K2UUqR7Fy"}
        return JSONResponse({"type": "error", "error": error}, 529, headers=headers)

    proxy.upstream.answer = fail
    with pytest.raises(anthropic.APIStatusError) as caught:
        await client.with_options(max_retries=0).messages.create(
            model="m", max_tokens=10, messages=[{"role": "user", "content": "hi"}]
        )
    assert caught.value.status_code == 529
    assert caught.value.response.headers["retry-after"] == "3"
    assert caught.value.request_id == "req_011CSHoEeqs5C35K2UUqR7Fy"
    assert caught.value.body == {
        "type": "error",
        "error": {"type": "overloaded_error", "message": "Overloaded"},
    }


async def test_error_in_the_middle_raises(proxy: Proxy, client: anthropic.AsyncAnthropic) -> None:
    broken = {"type": "error", "error": {"type": "overloaded_error", "message": f"no {SECRET}"}}
    proxy.upstream.events = [
        *message_events([text_block(0, ["some "])], message_usage(5, 1))[:4],
        broken,
    ]
    stream = await client.messages.create(
        model="m", max_tokens=10, messages=[{"role": "user", "content": "hi"}], stream=True
    )
    with pytest.raises(anthropic.APIStatusError) as caught:
        async for _ in stream:
            pass
    assert caught.value.body == {
        "type": "error",
        "error": {"type": "overloaded_error", "message": "no SECRET_REF(db-password)"},
    }


async def test_leaving_stops_the_upstream_and_counts_the_prompt_as_told(tmp_path: Path) -> None:
    async with running(tmp_path) as proxy:
        proxy.upstream.pause, proxy.upstream.pause_after = asyncio.Event(), 3
        proxy.upstream.events = message_events(
            [text_block(0, ["words and words ", "more"])], message_usage(500, 100, read=12)
        )
        base_url = f"{proxy.url}/agents/sales"
        async with anthropic.AsyncAnthropic(base_url=base_url, api_key=proxy.token) as client:
            stream = await client.messages.create(
                model="m", max_tokens=10, messages=[{"role": "user", "content": "hi"}], stream=True
            )
            async for event in stream:
                if event.type == "content_block_delta":
                    break
            await stream.close()
            async with asyncio.timeout(30):
                await proxy.upstream.stopped.wait()
    assert proxy.usage() == [("sales", 512, 4, 0, 1, 1)]


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"mcp_servers": [{"type": "url", "url": "https://example.org", "name": "x"}]},
        {"max_tokens": "many"},
    ],
)
async def test_what_is_not_passed_on(
    proxy: Proxy, client: anthropic.AsyncAnthropic, fields: dict[str, object]
) -> None:
    with pytest.raises(anthropic.BadRequestError):
        await client.messages.create(
            model="m", max_tokens=10, messages=[{"role": "user", "content": "hi"}], extra_body=fields
        )
    assert proxy.upstream.bodies == []
