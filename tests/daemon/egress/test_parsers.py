"""Fuzzing what the proxy reads: it refuses, and never fails in another way."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.egress.answer_stream import AnswerStream
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats import FORMATS
from tenant_daemon.egress.request_body import parse_body
from tenant_daemon.egress.sse import EventReader, written
from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.settings import WireName

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
REDACTOR = Redactor([KnownSecret("key", SECRET)])

texts = st.text(max_size=12) | st.just(SECRET)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**12) | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["content", "choices", "delta", "tool_calls", "function", "arguments", "index", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused(body: bytes) -> None:
    with suppress(Refused):
        assert isinstance(parse_body(body), dict)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(messages=st.lists(values, max_size=4), rest=values)
def test_no_request_carries_the_secret_on(messages: list[object], rest: object) -> None:
    bodies: dict[WireName, dict[str, object]] = {
        "openai-chat": {"messages": messages},
        "openai-responses": {"input": messages},
        "anthropic-messages": {"messages": messages, "max_tokens": 5},
    }
    for name, body in bodies.items():
        request = FORMATS[name].prepare({**body, "metadata": rest}, REDACTOR, "m")
        assert SECRET not in request.encoded().decode()


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({"choices": values | st.lists(st.fixed_dictionaries({"delta": values}))}),
        max_size=4,
    )
)
def test_no_answer_carries_the_secret_on(chunks: list[dict[str, object]]) -> None:
    answer = AnswerStream(REDACTOR, keeps_usage=True)
    out: list[bytes] = []
    with suppress(Refused):
        for chunk in chunks:
            out.extend(answer.feed(json.dumps(chunk).encode()))
    out.extend(answer.finish())
    assert SECRET not in b"".join(out).decode()


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    events=st.lists(st.text("ab{}:", min_size=1).map(str.encode), max_size=5),
    cuts=st.lists(st.integers(1, 20), max_size=10),
)
def test_events_are_read_however_they_are_cut(events: list[bytes], cuts: list[int]) -> None:
    wire = b": hello\n\n" + b"".join(map(written, events))
    reader, seen, position = EventReader(), [], 0
    for size in [*cuts, len(wire)]:
        seen.extend(reader.feed(wire[position : position + size]))
        position += size
    assert seen == events


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    events=st.lists(st.text("ab{}:", min_size=1).map(str.encode), max_size=5),
    end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    is_ended=st.booleans(),
    cuts=st.lists(st.integers(1, 3), max_size=40),
)
def test_every_end_of_line_of_the_standard_is_one(
    events: list[bytes], end: bytes, mark: bytes, is_ended: bool, cuts: list[int]
) -> None:
    wire = mark + b"".join(b"data: " + event + end + end for event in events)
    wire = wire if is_ended else wire.removesuffix(end).removesuffix(end)
    reader, seen, position = EventReader(), [], 0
    for size in [*cuts, len(wire)]:
        if piece := wire[position : position + size]:
            seen.extend(reader.feed(piece))
        position += size
    if is_ended:
        assert seen == events
    assert seen + reader.finish() == events


def test_deep_numbers_are_refused_as_all_that_is_deep() -> None:
    for depth in (1_000, 1_020):
        with pytest.raises(Refused):
            parse_body(b'{"a":' + b"[" * depth + b"1" * 30 + b"]" * depth + b"}")


def test_event_without_end_is_refused() -> None:
    with pytest.raises(Refused):
        EventReader().feed(b"x" * 5_000_000)
    with pytest.raises(Refused):
        EventReader().feed((b"data: " + b"x" * 1_000_000 + b"\n") * 5)
