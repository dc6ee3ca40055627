"""Streams of each format: a secret cut anywhere is found, and nothing else changes."""

import json
from contextlib import suppress
from itertools import chain, cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats import FORMATS, AnswerChecker, ModelRequest
from tenant_daemon.egress.sse import EventReader
from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.settings import WireName
from tests.support.model_upstream import end_chunk, text_chunk, usage_chunk
from tests.support.vendor_streams import (
    message_events,
    message_usage,
    response_events,
    response_usage,
    text_block,
    tool_block,
)

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
REDACTOR = Redactor([KnownSecret("key", SECRET)])
NAMES: list[WireName] = ["openai-chat", "openai-responses", "anthropic-messages"]

words = st.sampled_from(
    ["the ", "password ", "is ", "fine, ", f"{SECRET} ", "\n", "ünïcode ", '"quoted" ', "9 "]
)
"""A word glued to the secret may go with it in a whole text, where what follows is seen too."""
cuts = st.lists(st.integers(1, 9), min_size=1, max_size=12)


def cut(text: str, sizes: list[int]) -> list[str]:
    """The text in pieces of these sizes, over and over."""
    pieces, position, turn = [], 0, 0
    while position < len(text):
        size = sizes[turn % len(sizes)]
        pieces.append(text[position : position + size])
        position, turn = position + size, turn + 1
    return pieces


def stream_of(name: WireName, said: list[str], called: list[str]) -> list[dict[str, Any]]:
    if name == "openai-responses":
        return response_events(said, called, response_usage(1, 1))
    if name == "anthropic-messages":
        return message_events([text_block(0, said), tool_block(1, called)], message_usage(1, 1))
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "shell", "arguments": ""}}
    deltas = [call, *[{"index": 0, "function": {"arguments": piece}} for piece in called]]
    calls = [
        {**text_chunk(""), "choices": [{"index": 0, "delta": {"tool_calls": [one]}, "finish_reason": None}]}
        for one in deltas
    ]
    return [*map(text_chunk, said), *calls, end_chunk("tool_calls"), usage_chunk(1, 1)]


def through(
    checker: AnswerChecker, events: list[dict[str, Any]], together: list[int]
) -> list[dict[str, Any]]:
    """What the client gets of a stream of which so many events come at the same moment."""
    frames: list[bytes] = []
    left = cycle(together)
    more = next(left)
    for event in events:
        more -= 1
        frames += checker.feed(json.dumps(event, ensure_ascii=False).encode(), waits=more > 0)
        if not more:
            frames += checker.settle()
            assert checker.settle() == []
            more = next(left)
    frames += [*checker.settle(), *checker.finish(), *checker.closing]
    return [json.loads(data) for data in EventReader().feed(b"".join(frames)) if data != b"[DONE]"]


def texts(name: WireName, events: list[dict[str, Any]]) -> tuple[str, str]:
    """What was said, and the arguments of the call."""
    said, called = "", ""
    for event in events:
        if name == "openai-responses" and event["type"] == "response.output_text.delta":
            said += event["delta"]
        elif name == "openai-responses" and event["type"] == "response.function_call_arguments.delta":
            called += event["delta"]
        elif name == "anthropic-messages" and event["type"] == "content_block_delta":
            said += event["delta"].get("text", "")
            called += event["delta"].get("partial_json", "")
        elif name == "openai-chat":
            for choice in event.get("choices", []):
                said += choice["delta"].get("content") or ""
                for call in choice["delta"].get("tool_calls", []):
                    called += call["function"].get("arguments", "")
    return said, called


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(said=st.lists(words, min_size=1, max_size=12).map("".join), sizes=cuts, together=cuts)
def test_secret_is_found_wherever_it_is_cut(
    name: WireName, said: str, sizes: list[int], together: list[int]
) -> None:
    arguments = json.dumps({"command": f"login -p {SECRET} now"})
    checker = FORMATS[name].checker(REDACTOR, ModelRequest({}, is_stream=True, prompt_tokens=1))
    events = through(checker, stream_of(name, cut(said, sizes), cut(arguments, sizes)), together)
    assert SECRET not in json.dumps(events)
    assert texts(name, events) == (REDACTOR.redact(said), REDACTOR.redact(arguments))
    if name != "openai-chat":
        assert checker.is_done
    assert checker.usage is not None


@pytest.mark.parametrize("name", NAMES)
def test_pieces_that_come_together_go_on_together(name: WireName) -> None:
    checker = FORMATS[name].checker(REDACTOR, ModelRequest({}, is_stream=True, prompt_tokens=1))
    said = ["Good ", "morning, ", "the ", "oven ", "is ", "hot. "]
    events = through(checker, stream_of(name, said, ["{}"]), [3])
    told = [text for event in events if (text := texts(name, [event])[0])]
    assert "".join(told) == "".join(said)
    assert len(told) < len(said)


def test_what_waits_goes_on_though_the_last_event_is_about_something_else() -> None:
    checker = FORMATS["anthropic-messages"].checker(
        REDACTOR, ModelRequest({}, is_stream=True, prompt_tokens=1)
    )
    *begun, _, _, _ = message_events([text_block(0, ["Good ", "morning "])], message_usage(1, 1))
    frames = [checker.feed(json.dumps(event).encode(), waits=True) for event in begun]
    assert b"Good" not in b"".join(chain.from_iterable(frames))
    ping = checker.feed(b'{"type": "ping"}')
    assert b"Good" in b"".join([*ping, *checker.settle()])


values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**30) | st.text(max_size=8) | st.just(SECRET),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "delta", "index", "text", "content_block", "item", "usage", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
kinds = st.sampled_from(
    [
        "content_block_start",
        "content_block_delta",
        "message_start",
        "message_delta",
        "message_stop",
        "error",
        "response.output_text.delta",
        "response.output_text.done",
        "response.completed",
        "response.new_thing.delta",
        SECRET,
    ]
)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(kinds, st.dictionaries(st.sampled_from(["delta", "index", "message", "y"]), values)),
        max_size=5,
    )
)
def test_any_events_are_checked_or_refused(name: WireName, events: list[tuple[str, dict[str, Any]]]) -> None:
    checker = FORMATS[name].checker(REDACTOR, ModelRequest({}, is_stream=True, prompt_tokens=1))
    frames: list[bytes] = []
    with suppress(Refused):
        for kind, event in events:
            frames += checker.feed(json.dumps({"type": kind, **event}).encode(), waits=len(kind) % 2 == 0)
            frames += checker.settle() if len(event) % 2 else []
    frames += [*checker.finish(), *checker.closing, checker.failure(Refused(502, "x", "y"))]
    assert SECRET not in b"".join(frames).decode()


def interleaved(name: WireName, texts: list[list[str]]) -> list[dict[str, Any]]:
    """Calls whose arguments come at the same time, a piece of each in turn."""
    turns = [(n, piece) for pieces in zip(*texts, strict=True) for n, piece in enumerate(pieces)]
    if name == "openai-responses":
        kind = "response.function_call_arguments.delta"
        return [{"type": kind, "item_id": f"fc_{n}", "output_index": n, "delta": piece} for n, piece in turns]
    if name == "anthropic-messages":
        return [
            {
                "type": "content_block_delta",
                "index": n,
                "delta": {"type": "input_json_delta", "partial_json": piece},
            }
            for n, piece in turns
        ]
    return [
        {
            **text_chunk(""),
            "choices": [
                {"index": 0, "delta": {"tool_calls": [{"index": n, "function": {"arguments": piece}}]}}
            ],
        }
        for n, piece in turns
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("shown", [SECRET, SECRET.encode().hex()], ids=["plain", "hex"])
@pytest.mark.parametrize("name", NAMES)
def test_secret_is_found_in_one_of_two_calls_that_come_at_the_same_time(
    name: WireName, shown: str, size: int
) -> None:
    checker = FORMATS[name].checker(REDACTOR, ModelRequest({}, is_stream=True, prompt_tokens=1))
    arguments = json.dumps({"command": f"login -p {shown} now"})
    pieces = cut(arguments, [size])
    others = [*cut('{"query": "opening hours of the bakery on the market"}', [size]), *[" "] * len(pieces)]
    events = through(checker, interleaved(name, [pieces, others[: len(pieces)]]), [1])
    of_first = [event for event in events if not _number(event)]
    assert shown[6:] not in "".join(texts(name, of_first))
    assert shown[:6] not in "".join(texts(name, of_first))
    assert "SECRET_REF(key)" in "".join(texts(name, of_first))


def _number(event: dict[str, Any]) -> int:
    if choices := event.get("choices"):
        return int(choices[0]["delta"]["tool_calls"][0]["index"])
    return int(event.get("output_index", event.get("index", 0)))


@pytest.mark.parametrize("name", NAMES)
def test_call_is_told_to_its_end_before_the_next_one_begins(name: WireName) -> None:
    checker = FORMATS[name].checker(REDACTOR, ModelRequest({}, is_stream=True, prompt_tokens=1))
    pieces = cut(json.dumps({"command": f"login -p {SECRET} now"}), [4])
    events = interleaved(name, [pieces, [""] * len(pieces)])
    events = [*(e for e in events if not _number(e)), *(e for e in events if _number(e))]
    told = through(checker, events, [1])
    last_of_first = max(place for place, event in enumerate(told) if not _number(event))
    assert all(_number(event) for event in told[last_of_first + 1 :])
    assert texts(name, told)[1] == '{"command": "login -p SECRET_REF(key) now"}'
