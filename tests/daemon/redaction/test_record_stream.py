"""Streams of records: a text that is told over many of them is searched as one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.record_stream import RecordStreamRedactor

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
REDACTOR = Redactor([KnownSecret("key", SECRET)])
Json = dict[str, Any]


def _cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _chat(piece: str, number: int) -> Json:
    return {"id": "cc-1", "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}


def _message(piece: str, number: int) -> Json:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}


def _response(piece: str, number: int) -> Json:
    kind = "response.output_text.delta"
    return {"type": kind, "item_id": "msg_1", "delta": piece, "sequence_number": number}


def _call(piece: str, number: int) -> Json:
    call = {"index": number % 2, "function": {"arguments": piece}}
    return {"id": "cc-1", "choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}


def _line(piece: str, number: int) -> Json:
    return {"model": "small", "message": {"role": "assistant", "content": piece}, "done": False}


def _events(records: list[Json], head: str = "data: ") -> str:
    return "".join(f"{head}{json.dumps(record)}\n\n" for record in records) + f"{head}[DONE]\n\n"


def _through(text: str, size: int) -> str:
    stream = RecordStreamRedactor(REDACTOR)
    return "".join(map(stream.feed, _cut(text, size))) + stream.finish()


def _told(text: str) -> str:
    told = ""
    for line in text.splitlines():
        if (at := line.find("{")) >= 0:
            told += json.dumps(json.loads(line[at:]))
    return told


@pytest.mark.parametrize(
    "size", [pytest.param(1, marks=pytest.mark.slow), 7, pytest.param(100, marks=pytest.mark.slow), 100_000]
)
@pytest.mark.parametrize("piece", [1, pytest.param(3, marks=pytest.mark.slow), 5, 9])
@pytest.mark.parametrize("record", [_chat, _message, _response, _line])
@pytest.mark.parametrize("shown", [SECRET, SECRET.encode().hex()], ids=["plain", "hex"])
def test_secret_is_found_over_records(
    record: Callable[[str, int], Json], shown: str, piece: int, size: int
) -> None:
    pieces = _cut(f"The key is {shown} as of today.", piece)
    text = _events([record(part, number) for number, part in enumerate(pieces)])
    told = _through(text, size)
    assert "SECRET_REF(key)" in told
    left = [
        part for part in _cut(shown, piece) if json.dumps(part) in told and part not in "The key is as of"
    ]
    assert len(left) <= 3
    assert told.count("\n\n") == text.count("\n\n")
    assert _told(told)


@pytest.mark.parametrize("size", [1, 50, 100_000])
def test_secret_is_found_in_one_of_two_calls_that_come_at_the_same_time(size: int) -> None:
    first = _cut(json.dumps({"command": f"login {SECRET} now"}), 3)
    second = _cut(json.dumps({"query": "the opening hours of the bakery"}), 3)[: len(first)]
    turns = [part for pair in zip(first, second, strict=False) for part in pair]
    told = _through(_events([_call(part, number) for number, part in enumerate(turns)]), size)
    calls = [json.loads(line[6:])["choices"][0]["delta"]["tool_calls"][0] for line in told.split("\n\n")[:-2]]
    arguments = ["", ""]
    for call in calls:
        arguments[call["index"]] += call["function"]["arguments"]
    assert "SECRET_REF(key)" in arguments[0]
    assert SECRET[4:] not in arguments[0]
    assert arguments[1] == "".join(second)


@pytest.mark.parametrize("size", [1, 6, 41, 100_000])
@pytest.mark.parametrize("head", ["data: ", "data:", "", "event: x\r\ndata: "])
def test_what_holds_nothing_goes_on_as_it_came(head: str, size: int) -> None:
    records = [_chat(part, 0) for part in _cut('Good morning! "Ärger" is 12 {x} \\n and so on.\n', 4)]
    text = "hello\n: ping\n\n" + _events(records, head) + '{"not": json}\ndata: {broken\ndata\nbye {'
    assert _through(text, size) == text


def test_record_is_passed_on_once_nothing_is_open() -> None:
    stream = RecordStreamRedactor(Redactor([]))
    first, second = (_events([_chat(part, 0)]).split("data: [")[0] for part in ("Good ", "morning "))
    assert stream.feed(first).strip() == first.strip()
    assert second.strip() in stream.feed(second) + stream.feed("\n")


def test_text_around_records_is_searched_too() -> None:
    text = f"see {SECRET}\n" + _events([_chat("Good ", 0)]) + f"and {SECRET}\n"
    told = _through(text, 5)
    assert told == text.replace(SECRET, "SECRET_REF(key)")
