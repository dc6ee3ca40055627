"""A secret that was cut into several strings of a JSON text."""

import json

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "9830e15d-9f3d-46ea-8142-6fb1287ba93d"
REDACTOR = Redactor([KnownSecret("key", SECRET)])
HIDDEN = [SECRET, SECRET.encode().hex(), SECRET[::-1]]


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(
    "shape",
    [
        lambda one, two, three: {"a": one, "b": [two, three], "n": "stays"},
        lambda one, two, three: [[one], {"rest": {"x": two}}, [three]],
        lambda one, two, three: {"first": one + two, "second": three},
    ],
)
@pytest.mark.parametrize("first", [9, 14, 21])
def test_pieces_are_found_behind_each_other(shape: object, hidden: str, first: int) -> None:
    value = shape(hidden[:first], hidden[first : first + 9], hidden[first + 9 :])  # type: ignore[operator]
    for text in (
        json.dumps(value),
        f"out: {json.dumps(value, indent=2)}",
        json.dumps({"o": json.dumps(value)}),
    ):
        redacted = REDACTOR.redact(text)
        assert not any(hidden[at : at + 8] in redacted for at in range(len(hidden) - 8))
        assert ("stays" in text) == ("stays" in redacted)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("first", [9, 14, 21])
def test_pieces_are_found_in_lines_and_calls(hidden: str, first: int) -> None:
    pieces = [hidden[:first], hidden[first : first + 9], hidden[first + 9 :]]
    lines = "\n".join(json.dumps({"n": number, "t": piece}) for number, piece in enumerate(pieces))
    calls = [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": "w", "arguments": json.dumps({"p": piece})},
        }
        for number, piece in enumerate(pieces)
    ]
    redacted = str(
        REDACTOR.redact_payload([lines, {"messages": [{"role": "assistant", "tool_calls": calls}]}])
    )
    assert not any(hidden[at : at + 8] in redacted for at in range(len(hidden) - 8))
    assert redacted.count('"n": ') == redacted.count("call_") == len(pieces)


def test_a_string_that_does_not_go_on_stays() -> None:
    text = json.dumps({"a": "9830e15d-9f3d", "b": "4 apples", "c": ["46eb-8142"]})
    assert REDACTOR.redact(text) == text


def test_blanks_of_printable_mail_are_read() -> None:
    phrase = "Kelp Yonder Cerise Fjord Walnut 748"
    shown = phrase.replace(" ", "=20")
    assert Redactor([KnownSecret("key", phrase)]).redact(f"is {shown}!") == "is SECRET_REF(key)!"


def test_name_behind_a_cut_secret_stays() -> None:
    secret = "Rdoyypzvuzd5O_v4azonrjQ7sg0JJgh3Wjqijx8BNpMbjzz4uAt6oP8N_tkknn"
    first, second = (json.dumps({"text": piece}) for piece in (f"x={secret[:-5]}", f"{secret[-5:]}'"))
    calls = [{"name": "note", "arguments": text} for text in (first, second)]
    assert Redactor([KnownSecret("key", secret)]).redact_payload(calls) == [
        {"name": "note", "arguments": json.dumps({"text": "x=SECRET_REF(key)"})},
        {"name": "note", "arguments": json.dumps({"text": "'"})},
    ]
