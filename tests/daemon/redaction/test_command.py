"""``python -m tenant_daemon redact --jsonl``."""

import io
import json

import orjson

from tenant_daemon.redaction.command import redact_lines

REGISTRY = [{"name": "key", "value": "kV9mQ2xLp7zR4wT8"}]


def answers(*lines: bytes) -> list[dict[str, object]]:
    target = io.BytesIO()
    redact_lines(io.BytesIO(b"\n".join(lines)), target)
    return [json.loads(line) for line in target.getvalue().splitlines()]


def line(**fields: object) -> bytes:
    return orjson.dumps(fields)


def test_each_line_is_answered_with_its_own_vault() -> None:
    assert answers(
        line(id=1, payload={"text": "kV9mQ2xLp7zR4wT8"}, registry=REGISTRY),
        line(id="b", payload="kV9mQ2xLp7zR4wT8 stays", registry=[]),
    ) == [
        {"id": 1, "payload": {"text": "SECRET_REF(key)"}},
        {"id": "b", "payload": "kV9mQ2xLp7zR4wT8 stays"},
    ]


def test_stream_chunks_come_back_as_many() -> None:
    chunks = ["it is kV9mQ", "2xLp7z", "R4wT8 ok"]
    [answer] = answers(line(id=1, payload={"stream_chunks": chunks}, registry=REGISTRY))
    pieces = answer["payload"]["stream_chunks"]  # type: ignore[index, call-overload]
    assert len(pieces) == 3
    assert "".join(pieces) == "it is SECRET_REF(key) ok"


def test_what_cannot_be_read_is_blocked_with_a_reason() -> None:
    blocked = answers(b"{", b"[1]", line(id=4), line(id=5, payload="x", registry=[{"name": "a"}]))
    assert [answer["id"] for answer in blocked] == [None, None, 4, 5]
    assert all(answer["blocked"] for answer in blocked)


def test_a_line_that_is_nested_too_deep_does_not_keep_the_next_from_its_answer() -> None:
    deep = b'{"id": 1, "payload": %s"x"%s}' % (b"[" * 300, b"]" * 300)
    deepest = b'{"id": 2, "payload": %s"x"%s}' % (b"[" * 30_000, b"]" * 30_000)
    assert [answer["id"] for answer in answers(deep, deepest, line(id=3, payload="ok"))] == [1, 2, 3]


def test_an_id_at_the_end_of_a_line_that_cannot_be_read_is_found() -> None:
    assert answers(b'{"payload": [}, "id": "a-7"}') == [{"id": "a-7", "blocked": "not valid JSON"}]


def test_a_number_too_large_to_be_held_is_refused_and_not_turned_into_nothing() -> None:
    assert answers(b'{"id": 1, "payload": {"x": -1e400}}')[0]["blocked"] == "not valid JSON: no number"


def test_halves_of_characters_and_long_numbers_stay() -> None:
    odd = b'{"id": 1, "payload": {"a": "x\\ud800y", "b": 123456789012345678901234567890}}'
    assert answers(odd)[0]["payload"] == {"a": "x\ud800y", "b": 123456789012345678901234567890}


def test_what_is_no_json_is_blocked_under_its_id() -> None:
    assert answers(b'{"id": 7, "payload": NaN}')[0] == {"id": 7, "blocked": "not valid JSON: no number"}


def test_values_that_no_vault_takes_do_not_break_the_text() -> None:
    registry = [{"name": "p", "value": "the"}]
    assert answers(line(id=1, payload="the cat", registry=registry))[0]["payload"] == "the cat"
