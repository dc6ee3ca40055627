"""What was cut into lines, statements and sections of a text, and only makes sense as a whole."""

import base64
import gzip
import html
import json
from collections.abc import Callable

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
PHRASE = "oyster paddle eiche rabbit"
MARKED = "#a$5Z27j]njU|/h4L&Z[#+k"
REDACTOR = Redactor([KnownSecret("key", SECRET), KnownSecret("phrase", PHRASE)])


def _cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _wide(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-le")).decode().rstrip("=")


def _packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04X}" for character in text)


def _referred(text: str) -> str:
    return "".join(f"&#x{ord(character):x};" for character in text)


PREFIXES = [
    "I0303 10:11:{n:02d}.123456 1 main.go:77] ",
    "2026-03-03T10:11:{n:02d}Z INFO worker[12]: ",
    "web_1  | 10:11 ",
    "{n}: ",
    "{n:4d}\t",
    "config/app.env:{n}:",
    "rem ",
    "% ",
    " * ",
    "// ",
    "+ ",
]
ENCODINGS: list[Callable[[str], str]] = [_wide, _packed, lambda text: _base64(_base64(text)), _escaped]


@pytest.mark.parametrize("filler", ["", "All is well, and 12 of 14 are done.\n" * 400], ids=["short", "long"])
@pytest.mark.parametrize("encode", ENCODINGS)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_lines_that_begin_alike_are_read_without_their_beginnings(
    prefix: str, encode: Callable[[str], str], filler: str
) -> None:
    if filler and encode is _escaped:
        pytest.skip("cut escapes are put together in short texts only")
    pieces = _cut(encode(PHRASE), 17)
    lines = [prefix.format(n=number) + piece for number, piece in enumerate(pieces, start=7)]
    text = REDACTOR.redact(f"Here it is:\n{filler}" + "\n".join(lines) + f"\n{filler}That was all of it.\n")
    assert "SECRET_REF(phrase)" in text
    assert sum(piece in text for piece in pieces) <= len(pieces) // 3
    assert text.startswith("Here it is:\n")
    assert text.endswith("\nThat was all of it.\n")


@pytest.mark.parametrize("encode", [str, lambda text: json.dumps(text)[1:-1], lambda text: repr(text)[1:-1]])
@pytest.mark.parametrize(
    "container", ["{}", '{{"a": 1, "b": "{}", "c": [2]}}', "see `{}` ok", "<k><![CDATA[{}]]></k>"]
)
@pytest.mark.parametrize(
    "prefix", [*PREFIXES[:6], "[10:00:{n:02d}] INFO ", "Mar 03 10:00:{n:02d} srv app[812]: "]
)
@pytest.mark.parametrize("size", [4, pytest.param(5, marks=pytest.mark.slow), 8])
def test_short_pieces_behind_beginnings_are_put_together(
    prefix: str, container: str, encode: Callable[[str], str], size: int
) -> None:
    for secret in (SECRET, MARKED, PHRASE):
        pieces = _cut(secret, size)
        lines = encode(
            "\n".join(prefix.format(n=number) + piece for number, piece in enumerate(pieces, start=7))
        )
        text = Redactor([KnownSecret("s", secret)]).redact(container.format(lines))
        assert "SECRET_REF(s)" in text
        assert not any(piece in text for piece in pieces if len(piece) > 2)
        before, behind = container.format("\0").split("\0")
        assert text.startswith(before)
        assert text.endswith(behind)


@pytest.mark.parametrize("prefix", ["{n:4d}\t", "Mar 03 10:00:{n:02d} srv app[812]: ", "./a/.env:{n}:"])
@pytest.mark.parametrize("place", [9, 25, 40])
def test_such_lines_are_put_together_over_strings(prefix: str, place: int) -> None:
    lines = "\n".join(
        prefix.format(n=number) + piece for number, piece in enumerate(_cut(MARKED, 5), start=7)
    )
    redacted = str(Redactor([KnownSecret("s", MARKED)]).redact_payload([lines[:place], lines[place:]]))
    assert "SECRET_REF(s)" in redacted
    assert not any(piece in redacted for piece in _cut(MARKED, 5))


@pytest.mark.parametrize("place", [20, 48, 70])
def test_encoded_lines_are_put_together_over_strings(place: int) -> None:
    pieces = _cut(_packed(SECRET + PHRASE), 16)
    lines = "\n".join(f"[10:00:{number:02d}] INFO {piece}" for number, piece in enumerate(pieces, start=7))
    redacted = str(REDACTOR.redact_payload([{"t": lines[:place]}, {"t": lines[place:]}]))
    assert "SECRET_REF(" in redacted
    assert sum(piece in redacted for piece in pieces) <= 1


def test_lines_without_a_secret_stay() -> None:
    text = "".join(f"[10:00:{number:02d}] INFO step {number} of kV9mQ done\n" for number in range(9))
    assert REDACTOR.redact(text) == text


@pytest.mark.parametrize(
    "joint",
    [
        "'\nk += '",
        "';\n$k .= '",
        "'\nK+='",
        "')\nk = k .. ('",
        "')\nbuf.append('",
        "').append('",
        "').concat('",
    ],
)
@pytest.mark.parametrize("encode", [str, _packed, _referred])
def test_statements_that_add_to_a_text_are_read_as_one(joint: str, encode: Callable[[str], str]) -> None:
    pieces = _cut(encode(SECRET), 5)
    text = REDACTOR.redact("k = '" + joint.join(pieces) + "'\nprint(k)")
    assert "SECRET_REF(key)" in text
    assert sum(piece in text for piece in pieces if len(piece) > 3) <= 1
    assert text.startswith("k = '")
    assert text.endswith("'\nprint(k)")


@pytest.mark.parametrize(
    "joint",
    [
        *(
            "]]><![CDATA[",
            "]]>\n<![CDATA[",
            '${""}',
            "${''}",
            "</td><td>",
            '</td>\n  <td class="b">',
            "</li><li>",
        ),
        *("\\\n    ", "\r\n6\r\n", "} . q{", "'\\\n'", '"\n    .ascii "'),
    ],
)
@pytest.mark.parametrize("encode", [str, _packed, _base64])
def test_sections_are_read_as_one(joint: str, encode: Callable[[str], str]) -> None:
    pieces = _cut(encode("6255371580"), 6)
    redactor = Redactor([KnownSecret("pin", "6255371580")])
    text = redactor.redact("<v><![CDATA[" + joint.join(pieces) + "]]></v> and so on")
    assert "SECRET_REF(pin)" in text
    assert pieces[0] not in text
    assert text.endswith("]]></v> and so on")


def test_marks_that_are_escaped_for_a_shell_or_for_markdown_are_read() -> None:
    for shown in (_referred(SECRET), html.escape(_referred(SECRET))):
        slashed = "".join(c if c.isalnum() else "\\" + c for c in shown)
        text = REDACTOR.redact(f"login {slashed} now")
        assert text.replace("\\", "") == "login SECRET_REF(key) now"


@pytest.mark.parametrize("width", [16, 20, 60])
def test_wrapped_lines_may_end_with_a_blank(width: int) -> None:
    shown = " \n".join(_cut(_base64(f'<add key="a" value="{_referred(SECRET)}" mode="ro"/>'), width))
    text = REDACTOR.redact(f"see\n{shown}\nthere")
    assert "SECRET_REF(key)" in text


def test_a_literal_may_be_the_end_of_a_text() -> None:
    shown = _packed(SECRET)
    text = REDACTOR.redact(f"key = '{shown[:20]}' + '{shown[20:40]}' + '{shown[40:]}'")
    assert "SECRET_REF(key)" in text


@pytest.mark.parametrize("mark", ["\u034f", "\u061c", "\u202a", "\u2066", "\ufe0f", "\u0301", "\u3164"])
def test_marks_inside_encoded_data_show_as_nothing(mark: str) -> None:
    shown = mark.join(_cut(_packed(SECRET), 3))
    assert "SECRET_REF(key)" in REDACTOR.redact(f"data: {shown} .")


def test_lists_of_code_are_left_as_they_are() -> None:
    text = (
        "    first_long_name = other_long_function\n    second_long_name = another_long_function\n"
        "k += 'one word'\nk += 'another'\n<v><![CDATA[text]]></v>\n- configuration\n- documentation\n"
    )
    assert REDACTOR.redact(text) == text


@pytest.mark.parametrize("encode", [str, _packed, _base64])
@pytest.mark.parametrize(
    "shown",
    ["printf %s '{}' >> key", "part {n}: {}", "echo -n {} >>/tmp/k", "chunk {n}/4 = {} (more follows)"],
)
def test_strings_that_begin_and_end_alike_are_read_as_one(shown: str, encode: Callable[[str], str]) -> None:
    pieces = _cut(encode(SECRET), 7)
    texts = [shown.format(piece, n=number) for number, piece in enumerate(pieces)]
    calls = [{"type": "tool_use", "id": f"t{n}", "input": {"command": text}} for n, text in enumerate(texts)]
    payload = {"messages": [{"role": "assistant", "content": calls}]}
    told = str(REDACTOR.redact_payload(payload))
    assert "SECRET_REF(key)" in told
    assert sum(piece in told for piece in pieces if len(piece) > 4) == 0
    assert shown.split("{")[0] in told
