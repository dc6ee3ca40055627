"""A secret whose pieces stand in the same field of record after record."""

import base64
import gzip
import json
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.views import records
from tenant_daemon.redaction.views.view import original

SECRET = "kV9mQ2xLp7zR4wT8nBc3Wd5"
REDACTOR = Redactor([KnownSecret("key", SECRET)])
HIDDEN = {
    "plain": SECRET,
    "reversed": SECRET[::-1],
    "hex": SECRET.encode().hex(),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 of base64": base64.b64encode(base64.b64encode(SECRET.encode())).decode(),
    "gzip": base64.b64encode(gzip.compress(SECRET.encode(), mtime=0)).decode(),
}
RECORDS: dict[str, Callable[[int, str], dict[str, object]]] = {
    "numbered": lambda number, piece: {"seq": number, "data": piece},
    "beside a constant": lambda number, piece: {"path": "/tmp/notes.txt", "append": piece},
    "deep": lambda number, piece: {"a": {"b": [piece]}, "n": number},
    "in a text": lambda number, piece: {"body": json.dumps({"value": piece})},
}


def _lines(texts: Sequence[str]) -> object:
    return "\n".join(texts)


def _array(texts: Sequence[str]) -> object:
    return json.dumps([json.loads(text) for text in texts], indent=2)


def _call(number: int, arguments: str) -> dict[str, object]:
    function = {"name": "save", "arguments": arguments}
    return {"role": "assistant", "tool_calls": [{"id": f"call_{number}", "function": function}]}


def _calls(texts: Sequence[str]) -> object:
    messages: list[dict[str, object]] = [{"role": "user", "content": "Go on."}]
    for number, text in enumerate(texts):
        messages += _call(number, text), {"role": "tool", "content": "!"}
    return {"messages": messages}


def _pieces(hidden: str, seed: int) -> list[str]:
    source = random.Random(seed)
    pieces = []
    while hidden:
        size = source.randint(1, source.choice((1, 4, 9, 15)))
        pieces.append(hidden[:size])
        hidden = hidden[size:]
    return pieces


def _strings(value: object) -> list[str]:
    """All values of a JSON value, in order, and of JSON texts in it."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return [text for line in value.split("\n{") for text in _strings(_loaded(line))]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [str(value)]


def _loaded(line: str) -> object:
    return json.loads(line if line[:1] in ("{", "[") else "{" + line)


@pytest.mark.parametrize("shape", [_lines, _array, _calls])
@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("seed", range(3))
def test_pieces_go_and_what_is_around_them_stays(
    shape: Callable[[Sequence[str]], object], record: str, hidden: str, seed: int
) -> None:
    pieces = _pieces(HIDDEN[hidden], seed)
    payload = shape([json.dumps(RECORDS[record](number, piece)) for number, piece in enumerate(pieces)])
    before, after = _strings(payload), _strings(REDACTOR.redact_payload(payload))
    assert len(before) == len(after)
    left = "".join(text for text, was in zip(after, before, strict=True) if text == was and was in pieces)
    assert len(left) < len(HIDDEN[hidden]) / 2, left
    assert all(text == was for text, was in zip(after, before, strict=True) if was not in pieces)
    assert "SECRET_REF(key)" in after


@pytest.mark.slow
def test_pieces_that_came_in_several_requests_are_found() -> None:
    messages: list[object] = [{"role": "user", "content": "Go on."}]
    for number, piece in enumerate(_pieces(HIDDEN["base64"], 5)):
        messages += (
            _call(number, json.dumps({"n": number, "data": piece})),
            {"role": "tool", "content": "x " * 3_000},
        )
        last = REDACTOR.redact_payload({"messages": messages})
        assert last == Redactor([KnownSecret("key", SECRET)]).redact_payload({"messages": messages})
    assert "SECRET_REF(key)" in str(last)  # fmt: skip


@pytest.mark.parametrize("cut", [1, 2, 5])
def test_escapes_that_were_cut_in_any_place_are_read(cut: int) -> None:
    phrase = "amber lagoon pepper harbor 517"
    hidden = "".join(f"\\u{ord(character):04x}" for character in phrase)
    pieces = [hidden[at : at + cut] for at in range(0, len(hidden), cut)]
    lines = "\n".join(json.dumps({"c": piece, "ts": f"2026-11-0{len(piece)}"}) for piece in pieces)
    redacted = Redactor([KnownSecret("key", phrase)]).redact(lines)
    values = [json.loads(line) for line in redacted.split("\n")]
    assert {value["c"] for value in values} == {"SECRET_REF(key)", ""}
    assert [value["ts"] for value in values] == [f"2026-11-0{len(piece)}" for piece in pieces]


def test_fields_of_other_names_are_read_in_their_order() -> None:
    names = ["alpha", "beta", "gamma", "delta", "eps", "zeta"]
    text = json.dumps(dict(zip(names, _pieces(SECRET, 2), strict=False)))
    redacted = json.loads(REDACTOR.redact(text))
    assert redacted == {**dict.fromkeys(names, ""), "alpha": "SECRET_REF(key)"}


@pytest.mark.parametrize("hidden", HIDDEN.values())
def test_a_short_beginning_and_all_the_rest_go_together(hidden: str) -> None:
    payload = _calls([json.dumps({"data": hidden[:3]}), json.dumps({"data": hidden[3:]})])
    assert hidden[:3] not in str(REDACTOR.redact_payload(payload))


def test_what_lies_within_one_value_is_found_there() -> None:
    packed = "".join(f"\\x{byte:02x}" for byte in gzip.compress(SECRET.encode(), mtime=0))
    text = json.dumps({"host": "a", "v": packed}, indent=1)
    assert json.loads(REDACTOR.redact(text)) == {"host": "a", "v": "SECRET_REF(key)"}


def test_rules_do_not_read_over_records() -> None:
    pieces = ["sk_live", "_4eC39HqLy", "jWDarjtT1zdp7dc"]
    lines = "\n".join(json.dumps({"n": number, "t": piece}) for number, piece in enumerate(pieces))
    assert REDACTOR.redact(lines) == lines


VALUES = st.text('ab"\\ :{\n', max_size=9) | st.lists(st.text("xyz", max_size=3), max_size=3)
ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "bc", "same end of it", "the same end of it"]), VALUES))


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(st.lists(ROWS, max_size=4), st.sampled_from([None, 1]))
def test_short_and_long_texts_are_read_alike(rows: list[list[dict[str, object]]], indent: int | None) -> None:
    text = "\n\x1e\n".join(json.dumps([json.dumps(row), row], indent=indent) for row in rows)
    short, long = (_columns_of(text.encode() + b"\n\x1e\n" + b" " * size) for size in (0, 5_000))
    assert long <= short


def _columns_of(data: bytes) -> set[tuple[tuple[int, int], ...]]:
    return {tuple(values()) for _, _, values in records._columns(data)}


def test_a_text_without_fields_has_no_records() -> None:
    for text in (b"", b'"', b'":":', b'{"a": "b"}', b'"":"' * 2_000, b'\\":' * 2_000, b'{"a":"b"' * 3_000):
        for reading in records.read_records(original(text)):
            assert reading is None or len(reading.data) <= len(text)
