"""A lost answer that may be charged is asked for again by people alone."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.repeats import Repeats
from tenant_daemon.openclaw.neutralise import neutralise
from tests.support.model_upstream import text_chunk
from tests.support.proxy import Proxy, running

FIRST = f"[Sun 2026-11-22 12:24 UTC] {neutralise('hello?')}"
AGAIN = "[Sun 2026-11-22 12:25 UTC] [Queued user message from a previous active turn] hello?"


def said(*texts: str, after: tuple[dict[str, object], ...] = ()) -> dict[str, object]:
    return {"model": "m", "messages": [*({"role": "user", "content": text} for text in texts), *after]}


def check(repeats: Repeats, value: dict[str, object], agent_id: str = "sales") -> bool:
    """Whether it is refused."""
    try:
        repeats.check(agent_id, json.dumps(value).encode(), value)
    except Refused as refused:
        return refused.code == "answer_lost"
    return False


@pytest.fixture
def clock() -> list[float]:
    return [100.0]


@pytest.fixture
def repeats(clock: list[float]) -> Repeats:
    made = Repeats(lambda: clock[0])
    made.note("sales", json.dumps(said(FIRST)).encode(), said(FIRST))
    return made


TOOL = {"role": "tool", "tool_call_id": "c", "content": "hi"}


@pytest.mark.parametrize(
    "value",
    [
        said(AGAIN),
        said(FIRST, AGAIN),
        said(AGAIN, after=(TOOL,)),
        {"input": AGAIN},
        {"input": [{"role": "user", "content": [{"type": "input_text", "text": AGAIN}]}]},
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": AGAIN}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]},
            ]
        },
    ],
)
def test_what_openclaw_says_for_itself_is_a_repetition(repeats: Repeats, value: dict[str, object]) -> None:
    assert check(repeats, value)


def test_a_persons_message_and_other_runs_are_none(repeats: Repeats, clock: list[float]) -> None:
    # Another conversation of the agent, in the middle of its work.
    assert not check(repeats, said("[now] \u2060other", after=(TOOL,)))
    assert not check(repeats, said(AGAIN), agent_id="marketing")
    assert check(repeats, said(AGAIN))
    # Asked again within the same minute, word for word.
    assert not check(repeats, said(FIRST))
    assert not check(repeats, said(AGAIN))


def test_an_hour_later_nothing_is_a_repetition(repeats: Repeats, clock: list[float]) -> None:
    clock[0] += 3_600
    assert not check(repeats, said(AGAIN))


def test_the_same_request_in_the_middle_of_a_run_is_one() -> None:
    repeats, value = Repeats(), said(FIRST, after=(TOOL,))
    repeats.note("sales", json.dumps(value).encode(), value)
    assert check(repeats, value)
    assert not check(repeats, said(FIRST, after=(TOOL, TOOL)))


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    async with running(tmp_path) as built:
        yield built


@pytest.mark.parametrize("is_stream", [False, True])
async def test_gateway_that_gave_up_is_asked_once(proxy: Proxy, is_stream: bool) -> None:
    proxy.upstream.answer = lambda: JSONResponse({"error": {"message": "no answer"}}, 504)
    assert (await proxy.ask({**said(FIRST), "stream": is_stream})).status_code == 504
    again = await proxy.ask({**said(AGAIN), "stream": is_stream})
    assert (again.status_code, again.json()["error"]["code"]) == (400, "answer_lost")
    assert len(proxy.upstream.bodies) == 1
    reason = (await proxy.client.get("/agents/sales/refusal")).json()["message"]
    assert "may have been charged" in reason
    proxy.upstream.answer = None
    assert (await proxy.ask(said(FIRST))).status_code == 200


async def test_stream_that_broke_off_is_asked_once(proxy: Proxy) -> None:
    proxy.upstream.chunks, proxy.upstream.ends_properly = [text_chunk("some words and ")], False
    assert "broke the answer off" in (await proxy.ask({**said(FIRST), "stream": True})).text
    assert (await proxy.ask({**said(AGAIN), "stream": True})).status_code == 400
    assert len(proxy.upstream.bodies) == 1


async def test_error_that_cost_nothing_may_be_asked_again(proxy: Proxy) -> None:
    proxy.upstream.answer = lambda: JSONResponse({"error": {"message": "busy"}}, 529)
    assert (await proxy.ask(said(FIRST))).status_code == 529
    proxy.upstream.answer = None
    assert (await proxy.ask(said(AGAIN))).status_code == 200
