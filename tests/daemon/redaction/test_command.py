"""``python -m tenant_daemon redact --jsonl``."""

import io

import orjson

from tenant_daemon.redaction.command import redact_lines

REGISTRY = [{"name": "key", "value": "kV9mQ2xLp7zR4wT8"}]


def answers(*lines: bytes) -> list[dict[str, object]]:
    target = io.BytesIO()
    redact_lines(io.BytesIO(b"\n".join(lines)), target)
    return [orjson.loads(line) for line in target.getvalue().splitlines()]


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
    assert [answer["id"] for answer in blocked] == [None, None, None, 5]
    assert all(answer["blocked"] for answer in blocked)
