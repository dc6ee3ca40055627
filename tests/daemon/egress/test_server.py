"""The proxy over real sockets, in front of a provider of our own."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.proxy_client import read_budgets
from tenant_daemon.local_tokens import local_token
from tenant_daemon.metering import Meter
from tenant_daemon.settings import Model, TenantSettings
from tests.support.model_upstream import end_chunk, text_chunk, usage_chunk
from tests.support.proxy import AGENT, SECRET, Proxy, fed, running
from tests.support.waiting import eventually


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    async with running(tmp_path) as built:
        yield built


def said(answer: str) -> tuple[str, list[dict[str, object]]]:
    """The text of a streamed answer and its events."""
    events = [json.loads(line[6:]) for line in answer.splitlines() if line.startswith("data: {")]
    deltas = [c["delta"].get("content") or "" for e in events for c in e.get("choices", [])]
    return "".join(deltas), events


def chat(text: str, **more: object) -> dict[str, object]:
    return {"model": "m", "messages": [{"role": "user", "content": text}], **more}


async def test_request_reaches_the_upstream_redacted_and_with_our_model(proxy: Proxy) -> None:
    answer = await proxy.ask(chat(f"the password is {SECRET}", stream=True))
    assert answer.status_code == 200
    assert SECRET.encode() not in proxy.upstream.bodies[0]
    assert proxy.upstream.requests[0] == {
        "model": "real-model",
        "messages": [{"role": "user", "content": "the password is SECRET_REF(db-password)"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert "authorization" not in proxy.upstream.headers[0]


async def test_upstream_key_comes_from_the_vault(proxy: Proxy) -> None:
    proxy.vault.put("model-upstream-key", "upstream-Key-4711-abcdef", actor="test")
    await proxy.ask(chat("hi"))
    assert proxy.upstream.headers[0]["authorization"] == "Bearer upstream-Key-4711-abcdef"


async def test_runtime_line_names_no_host(proxy: Proxy) -> None:
    line = (
        "Runtime: agent=main | host=shop-4711 | repo=/srv/t/workspaces/main | os=Linux 6.1 (x64) | node=v24"
    )
    await proxy.ask(chat(f"hello\n{line}\nbye"))
    text = proxy.upstream.requests[0]["messages"][0]["content"]
    assert text == "hello\nRuntime: [REDACTED:host-details]\nbye"


async def test_secret_that_the_model_says_in_pieces_is_caught(proxy: Proxy) -> None:
    proxy.upstream.chunks = [
        *[text_chunk(part) for part in ("it is ", SECRET[:7], SECRET[7:12], SECRET[12:], " as you know")],
        end_chunk(),
        usage_chunk(7, 5, 3),
    ]
    answer = await proxy.ask(chat("tell me", stream=True))
    text, events = said(answer.text)
    assert text == "it is SECRET_REF(db-password) as you know"
    assert answer.text.rstrip().endswith("data: [DONE]")
    assert events[-1]["choices"][0]["finish_reason"] == "stop"
    assert proxy.usage() == [("sales", 7, 5, 3, 1, 0)]


async def test_secret_in_tool_call_arguments_is_caught(proxy: Proxy) -> None:
    arguments = json.dumps({"command": f"mysql -p{SECRET} shop"})
    pieces = [arguments[i : i + 6] for i in range(0, len(arguments), 6)]
    first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "shell", "arguments": ""}}

    def chunk(call: dict[str, object]) -> dict[str, object]:
        return {"id": "c", "choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}]}

    proxy.upstream.chunks = [
        text_chunk("one moment"),
        chunk(first),
        *[chunk({"index": 0, "function": {"arguments": piece}}) for piece in pieces],
        end_chunk("tool_calls"),
        usage_chunk(7, 5),
    ]
    answer = await proxy.ask(chat("tell me", stream=True))
    text, events = said(answer.text)
    calls = [call for e in events for c in e.get("choices", []) for call in c["delta"].get("tool_calls", [])]
    assert text == "one moment"
    assert calls[0] == first
    joined = "".join(call["function"]["arguments"] for call in calls)
    assert json.loads(joined) == {"command": "mysql -pSECRET_REF(db-password) shop"}


@pytest.mark.parametrize(("field", "leaf"), [("function_call", "arguments"), ("audio", "transcript")])
async def test_secret_in_pieces_within_another_field_is_caught(proxy: Proxy, field: str, leaf: str) -> None:
    pieces = ["-p ", SECRET[:9], SECRET[9:11], SECRET[11:], " now"]
    first = {"index": 0, "delta": {field: {"id": "one", leaf: ""}}, "finish_reason": None}
    later = [{"index": 0, "delta": {field: {leaf: piece}}, "finish_reason": None} for piece in pieces]
    chunks = [{**text_chunk(""), "choices": [choice]} for choice in (first, *later)]
    proxy.upstream.chunks = [*chunks, end_chunk(), usage_chunk(1, 1)]
    _, events = said((await proxy.ask(chat("hi", stream=True))).text)
    deltas = [choice["delta"].get(field, {}) for event in events for choice in event.get("choices", [])]
    assert "".join(delta.get(leaf, "") for delta in deltas) == "-p SECRET_REF(db-password) now"
    assert [delta["id"] for delta in deltas if "id" in delta] == ["one"]


def thoughts_of(answer: str) -> list[dict[str, object]]:
    _, events = said(answer)
    deltas = [choice["delta"] for event in events for choice in event.get("choices", [])]
    return [item for delta in deltas for item in delta.get("reasoning_details", [])]


def thinking(*items: dict[str, object]) -> dict[str, object]:
    choice = {"index": 0, "delta": {"reasoning_details": list(items)}, "finish_reason": None}
    return {**text_chunk(""), "choices": [choice]}


@pytest.mark.parametrize("leaf", ["text", "summary"])
@pytest.mark.parametrize("form", ["unknown", "anthropic-claude-v1"])
@pytest.mark.parametrize("last", [True, False])
async def test_secret_in_pieces_within_a_thought_is_caught(
    proxy: Proxy, leaf: str, form: str, last: bool
) -> None:
    about = {"type": f"reasoning.{leaf}", "format": form}
    pieces = ["it is ", SECRET[:9], SECRET[9:11], SECRET[11:], " I think"]
    others = ["other ", SECRET[:5], SECRET[5:], "."]
    # With the last piece of the thought or without.
    ending = {leaf: others.pop()} if last or leaf == "summary" else {}
    proxy.upstream.chunks = [
        *[thinking({**about, leaf: piece, "index": 0}) for piece in pieces],
        *[thinking({**about, leaf: piece, "index": 1}) for piece in others],
        thinking({**about, **ending, "index": 1, "signature": "c2lnbmVkIGFuZCBzZWFsZWQ="}),
        thinking({"type": "reasoning.encrypted", "data": "ZW5jcnlwdGVkIHRob3VnaHQ=", "index": 2}),
        end_chunk(),
        usage_chunk(1, 1),
    ]
    answer = await proxy.ask(chat("hi", stream=True))
    assert SECRET not in answer.text
    items = thoughts_of(answer.text)
    texts = {
        index: "".join(str(item.get(leaf, "")) for item in items if item.get("index") == index)
        for index in (0, 1)
    }
    assert texts == {0: "it is SECRET_REF(db-password) I think", 1: "other SECRET_REF(db-password)."}
    assert [item["signature"] for item in items if "signature" in item] == ["c2lnbmVkIGFuZCBzZWFsZWQ="]
    assert [item["data"] for item in items if "data" in item] == ["ZW5jcnlwdGVkIHRob3VnaHQ="]
    # All of a thought comes before its signature.
    signed = next(place for place, item in enumerate(items) if "signature" in item)
    assert not any(item.get("index") == 1 and item.get(leaf) for item in items[signed + 1 :])


async def test_secret_beside_the_texts_of_a_chunk_is_caught(proxy: Proxy) -> None:
    choice = {
        "index": 0,
        "delta": {"content": "x", "annotations": [SECRET], SECRET: 1},
        "logprobs": {"t": SECRET},
    }
    around = {"id": SECRET, "system_fingerprint": f"fp {SECRET}", SECRET: {"a": [SECRET]}}
    proxy.upstream.chunks = [
        {**text_chunk(""), **around, "choices": [choice]},
        {**usage_chunk(1, 1), **around},
    ]
    answer = await proxy.ask(chat("hi", stream=True, stream_options={"include_usage": True}))
    assert "fp SECRET_REF(db-password)" in answer.text
    assert SECRET not in answer.text


async def test_first_words_arrive_while_the_model_still_speaks(proxy: Proxy) -> None:
    proxy.upstream.chunks = [
        text_chunk("Good morning to you "),
        text_chunk("all"),
        end_chunk(),
        usage_chunk(1, 1),
    ]
    proxy.upstream.pause = asyncio.Event()
    url = "/agents/sales/v1/chat/completions"
    async with proxy.client.stream("POST", url, json=chat("hi", stream=True)) as answer:
        async for line in answer.aiter_lines():
            if "Good morning to" in line:
                proxy.upstream.pause.set()
        assert proxy.upstream.pause.is_set()


async def test_connection_is_kept_when_its_end_comes_after_the_last_event(proxy: Proxy) -> None:
    upstream = proxy.upstream
    upstream.pause_after = len(upstream.chunks)
    for _ in range(20):
        upstream.pause = asyncio.Event()
        await proxy.ask(chat("hi", stream=True))
        upstream.pause.set()
    assert len(upstream.bodies) == 20
    assert len(upstream.connections) < 10


async def test_client_that_leaves_stops_the_upstream_and_is_counted(tmp_path: Path) -> None:
    async with running(tmp_path) as proxy:
        proxy.upstream.pause = asyncio.Event()
        proxy.upstream.chunks = [text_chunk("words and words "), end_chunk()]
        url = "/agents/sales/v1/chat/completions"
        async with proxy.client.stream("POST", url, json=chat("hi", stream=True)) as answer:
            await answer.aiter_bytes().__anext__()
        async with asyncio.timeout(30):
            await proxy.upstream.stopped.wait()
    [(agent, prompt, completion, _, requests, estimated)] = proxy.usage()
    assert (agent, requests, estimated) == ("sales", 1, 1)
    assert prompt > 0
    assert completion == 4


async def test_usage_goes_to_the_outbox_with_running_totals(tmp_path: Path) -> None:
    async with running(tmp_path) as proxy:
        for _ in range(3):
            await proxy.ask(chat("hi", stream=True))
    store = LinkStore(proxy.home.link_db)
    [message] = store.waiting(after=0, limit=10)
    store.close()
    [bucket] = json.loads(message.payload)["buckets"]
    assert (bucket["agent_id"], bucket["model"]) == ("sales", "real-model")
    assert (bucket["prompt_tokens"], bucket["completion_tokens"], bucket["request_count"]) == (30, 6, 3)


async def test_answer_that_does_not_stream_is_redacted(proxy: Proxy) -> None:
    message = {"role": "assistant", "content": f"it is {SECRET}"}
    proxy.upstream.answer = lambda: JSONResponse(
        {"choices": [{"index": 0, "message": message}], "usage": {"prompt_tokens": 4, "completion_tokens": 3}}
    )
    answer = await proxy.ask(chat("hi"))
    assert answer.json()["choices"][0]["message"]["content"] == "it is SECRET_REF(db-password)"
    assert proxy.usage() == [("sales", 4, 3, 0, 1, 0)]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b'{"messages": [', {"content-type": "application/json"}, 400),
        (b"[1]", {"content-type": "application/json"}, 400),
        (b'{"model": "m"}', {"content-type": "application/json"}, 400),
        (b'{"messages": [], "stream": "yes"}', {"content-type": "application/json"}, 400),
        (b'{"messages": [], "tools": {"type": "web_search"}}', {"content-type": "application/json"}, 400),
        (b'{"messages": [], "n": 4.0}', {"content-type": "application/json"}, 400),
        (b'{"messages": [], "temperature": 1e999}', {"content-type": "application/json"}, 400),
        (b'{"messages": ["\\ud800"]}', {"content-type": "application/json"}, 400),
        (b'{"messages":' + b"[" * 900 + b"]" * 900 + b"}", {"content-type": "application/json"}, 400),
        (b'\xef\xbb\xbf{"messages": []}', {"content-type": "application/json"}, 400),
        ('{"messages": []}'.encode("utf-16"), {"content-type": "application/json"}, 400),
        (b'{"messages": []}', {"content-type": "application/json", "content-encoding": "zstd"}, 415),
        (b'{"messages": []}', {"content-type": "application/json", "content-encoding": "identity, br"}, 415),
        (b'{"messages": []}', {"content-type": "text/plain"}, 415),
        (b'{"messages": []}', {"content-type": "application/json; charset=utf-16"}, 415),
        (b'{"messages": []}', {"content-type": "application/json; charset=utf-8; charset=utf-7"}, 415),
        (b'{"messages": []}', {"content-type": "application/json; charset\t= utf-7"}, 415),
        (
            gzip.compress(b'{"messages": []}', mtime=0),
            {"content-type": "application/json", "content-encoding": "gzip"},
            415,
        ),
        (b'{"messages": ["\xff"]}', {"content-type": "application/json"}, 400),
        (b" " * (32 * 1024 * 1024 + 1), {"content-type": "application/json"}, 413),
    ],
)
async def test_what_cannot_be_read_is_refused(
    proxy: Proxy, content: bytes, headers: dict[str, str], status: int
) -> None:
    url = "/agents/sales/v1/chat/completions"
    answer = await proxy.client.post(url, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert proxy.upstream.bodies == []


async def test_body_whose_length_nobody_told_is_limited_as_well(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenant_daemon.egress.request_body.MAX_BODY_BYTES", 1_000)

    async def body(size: int) -> AsyncIterator[bytes]:
        yield b'{"messages": []}'
        yield b" " * (size - 16)

    url, headers = "/agents/sales/v1/chat/completions", {"content-type": "application/json"}
    sizes = {
        size: await proxy.client.post(url, content=body(size), headers=headers) for size in (1_000, 1_001)
    }
    assert [answer.status_code for answer in sizes.values()] == [200, 413]


@pytest.mark.parametrize(
    "doubled",
    [
        [("content-encoding", "identity"), ("content-encoding", "gzip")],
        [("content-type", "text/plain")],
    ],
)
async def test_headers_that_contradict_each_other_are_refused(
    proxy: Proxy, doubled: list[tuple[str, str]]
) -> None:
    headers = [("content-type", "application/json"), *doubled]
    url = "/agents/sales/v1/chat/completions"
    answer = await proxy.client.post(url, content=b'{"messages": []}', headers=headers)
    assert answer.status_code == 415
    assert proxy.upstream.bodies == []


async def test_nobody_gets_in_without_the_token(proxy: Proxy) -> None:
    url = "/agents/sales/v1/chat/completions"
    answer = await proxy.client.post(url, json=chat("hi"), headers={"authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert proxy.upstream.bodies == []


async def test_no_other_address_is_served(proxy: Proxy) -> None:
    addresses = ("/v1/chat/completions", "/agents/sales/v1/chat/completions/", "/", "/http://example.org/")
    for path in (*addresses, "/agents/sales/v1/embeddings"):
        assert (await proxy.client.post(path, json={})).status_code == 404


async def test_unknown_and_stopped_agents_do_not_reach_the_model(proxy: Proxy) -> None:
    assert (await proxy.ask(chat("hi"), agent="nobody")).status_code == 403
    proxy.configure(TenantConfig(version=2, agents=[AGENT.model_copy(update={"is_stopped": True})]))
    assert (await proxy.ask(chat("hi"))).json()["error"]["message"] == "This agent is switched off."
    proxy.configure(TenantConfig(version=3, agents=[AGENT], is_stopped=True))
    assert (await proxy.ask(chat("hi"))).json()["error"]["code"] == "stopped"
    assert proxy.upstream.bodies == []


async def test_kill_switch_ends_an_answer_in_the_middle(proxy: Proxy) -> None:
    proxy.upstream.pause = asyncio.Event()
    proxy.upstream.chunks = [
        text_chunk("some words "),
        text_chunk("never seen"),
        end_chunk(),
        usage_chunk(1, 1),
    ]
    url = "/agents/sales/v1/chat/completions"
    async with proxy.client.stream("POST", url, json=chat("hi", stream=True)) as answer:
        lines = answer.aiter_lines()
        first = await anext(lines)
        proxy.configure(TenantConfig(version=2, agents=[AGENT], is_stopped=True))
        # Answered by what is in force by then, so that the proxy knows from here on.
        assert (await proxy.client.get("/agents/sales/v1/models")).status_code == 400
        proxy.upstream.pause.set()
        rest = "".join([line async for line in lines])
    assert "some" in first
    assert "never seen" not in rest
    assert "stopped" in rest


async def test_kill_switch_ends_an_answer_whose_provider_says_nothing(proxy: Proxy) -> None:
    proxy.upstream.pause = asyncio.Event()
    proxy.upstream.chunks = [text_chunk("some words "), end_chunk(), usage_chunk(1, 1)]
    url = "/agents/sales/v1/chat/completions"
    async with proxy.client.stream("POST", url, json=chat("hi", stream=True)) as answer:
        lines = answer.aiter_lines()
        first = await anext(lines)
        proxy.configure(TenantConfig(version=2, agents=[AGENT], is_stopped=True))
        async with asyncio.timeout(20):
            rest = "".join([line async for line in lines])
            await proxy.upstream.stopped.wait()
    assert "some" in first
    assert "stopped" in rest


@pytest.mark.parametrize("is_stream", [False, True])
async def test_kill_switch_ends_a_request_that_waits_for_its_answer(tmp_path: Path, is_stream: bool) -> None:
    async with running(tmp_path) as proxy:
        proxy.upstream.silence = asyncio.Event()
        asking = asyncio.create_task(proxy.ask(chat("hi", stream=is_stream)))
        await eventually(lambda: bool(proxy.upstream.bodies))
        proxy.configure(TenantConfig(version=2, agents=[AGENT], is_stopped=True))
        async with asyncio.timeout(20):
            answer = await asking
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "stopped")
    # The provider may charge for it all the same.
    [(_, prompt, _, _, requests, estimated)] = proxy.usage()
    assert (prompt > 0, requests, estimated) == (True, 1, 1)


async def test_kill_switch_of_one_agent_leaves_the_others_answers(proxy: Proxy) -> None:
    proxy.upstream.pause = asyncio.Event()
    proxy.upstream.chunks = [text_chunk("some words "), end_chunk(), usage_chunk(1, 1)]
    url = "/agents/sales/v1/chat/completions"
    async with proxy.client.stream("POST", url, json=chat("hi", stream=True)) as answer:
        lines = answer.aiter_lines()
        await anext(lines)
        other = AgentConfig(agent_id="marketing", name="Marketing", is_stopped=True)
        proxy.configure(TenantConfig(version=2, agents=[AGENT, other]))
        # Answered by what is in force by then.
        assert (await proxy.client.get("/agents/marketing/v1/models")).status_code == 400
        proxy.upstream.pause.set()
        rest = "".join([line async for line in lines])
    assert "[DONE]" in rest


async def test_budget_blocks_before_it_is_passed(proxy: Proxy) -> None:
    proxy.configure(TenantConfig(version=2, agents=[AGENT], period_token_limit=100))
    answer = await proxy.ask(chat("word " * 200))
    assert (answer.status_code, answer.headers["x-should-retry"]) == (400, "false")
    assert "used up" in answer.json()["error"]["message"]
    assert proxy.upstream.bodies == []


async def test_budget_limits_the_answer_to_what_is_left(proxy: Proxy) -> None:
    proxy.configure(TenantConfig(version=2, agents=[AGENT], period_token_limit=300))
    assert (await proxy.ask(chat("hi", max_tokens=5000))).status_code == 200
    assert 0 < proxy.upstream.requests[0]["max_tokens"] < 300


@pytest.mark.parametrize(("status", "seen"), [(429, 429), (500, 500), (401, 502), (302, 502), (400, 400)])
async def test_upstream_errors_are_passed_on_without_leaking(proxy: Proxy, status: int, seen: int) -> None:
    def fail() -> Response:
        body = {"error": {"message": f"bad thing about {SECRET}", "code": "oops"}}
        return JSONResponse(body, status, headers={"retry-after": "7", "location": "http://127.0.0.1:1/"})

    proxy.upstream.answer = fail
    answer = await proxy.ask(chat("hi", stream=True))
    assert answer.status_code == seen
    assert SECRET not in answer.text
    assert answer.json()["error"]["message"]
    assert len(proxy.upstream.bodies) == 1
    if status == 429:
        assert answer.headers["retry-after"] == "7"
        assert answer.json()["error"]["code"] == "oops"
    assert proxy.usage() == []


async def test_upstream_that_is_away_is_reported_plainly(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    home.create()
    home.config_file.write_text(TenantConfig(version=1, agents=[AGENT]).model_dump_json())
    settings = TenantSettings(
        tenant_name="t", hub_url="http://hub.test", model=Model(url="http://127.0.0.1:9/v1")
    )
    headers = {"authorization": f"Bearer {local_token(home, 'proxy')}"}
    async with (
        fed(home, settings) as base,
        httpx.AsyncClient(base_url=base, headers=headers) as client,
    ):
        answer = await client.post("/agents/sales/v1/chat/completions", json=chat("hi"))
    assert answer.status_code == 502
    assert "127.0.0.1" not in answer.text


async def test_request_that_cannot_be_written_down_is_not_sent(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Meter, "note", full)
    monkeypatch.setattr(Meter, "write", full)
    answer = await proxy.ask(chat("hi"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "metering_unavailable")
    assert proxy.upstream.bodies == []


@pytest.mark.parametrize("is_stream", [False, True])
async def test_answer_that_cannot_be_counted_at_once_is_passed_on_and_counted_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_stream: bool
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    async with running(tmp_path) as proxy:
        monkeypatch.setattr(Meter, "write", full)
        answer = await proxy.ask(chat("hi", stream=is_stream))
        assert answer.status_code == 200
        assert answer.text.rstrip().endswith("data: [DONE]" if is_stream else "}")
        monkeypatch.undo()
    async with running(tmp_path) as proxy:
        [(_, _, _, _, requests, estimated)] = proxy.usage()
    assert (requests, estimated) == (1, 1)


async def test_models_lists_the_one_model(proxy: Proxy) -> None:
    answer = await proxy.client.get("/agents/sales/v1/models")
    assert [model["id"] for model in answer.json()["data"]] == ["real-model"]
    wrong = {"authorization": "Bearer wrong"}
    assert (await proxy.client.get("/agents/sales/v1/models", headers=wrong)).status_code == 401
    assert (await proxy.client.get("/agents/nobody/v1/models")).status_code == 403


async def test_health_needs_no_token(proxy: Proxy) -> None:
    answer = await proxy.client.get("/healthz", headers={"authorization": ""})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_link_may_ask_why_an_agent_was_refused(proxy: Proxy) -> None:
    async def why() -> object:
        return (await proxy.client.get("/agents/sales/refusal")).json()["message"]

    assert await why() == ""
    proxy.upstream.answer = lambda: JSONResponse({}, 401)
    await proxy.ask(chat("hi", stream=True))
    assert await why() == "The model's provider does not accept this server's key."
    proxy.upstream.answer = None
    await proxy.ask(chat("hi", stream=True))
    assert await why() == ""
    answer = await proxy.client.get("/agents/sales/refusal", headers={"authorization": "Bearer wrong"})
    assert answer.status_code == 401


async def test_status_may_ask_where_the_budgets_stand(proxy: Proxy) -> None:
    port = int(proxy.url.rpartition(":")[2])
    assert await read_budgets(port, proxy.token) == []
    await proxy.ask(chat("hi"))
    budget = TokenBudget(period=BudgetPeriod.DAY, tokens=12, agent_id="sales")
    proxy.configure(TenantConfig(version=2, agents=[AGENT], budgets=[budget]))
    text = "sales, today: 12 of 12 tokens"
    assert await read_budgets(port, proxy.token) == [{"is_left": False, "text": text}]
    assert await read_budgets(port, "wrong") == []
    assert await read_budgets(9, proxy.token) == []


async def test_long_numbers_travel_unchanged_and_searched(proxy: Proxy) -> None:
    proxy.vault.put("account-number", "99887766554433221100123", actor="test")
    body = b'{"messages":[{"role":"user","content":[{"id":123456789012345678901234567890,"no":%s}]}]}'
    headers = {"content-type": "application/json"}
    url = "/agents/sales/v1/chat/completions"
    answer = await proxy.client.post(url, content=body % b"99887766554433221100123", headers=headers)
    assert answer.status_code == 200
    sent = proxy.upstream.bodies[0]
    assert b"123456789012345678901234567890" in sent
    assert b"998877665544" not in sent
    assert b"SECRET_REF(account-number)" in sent
