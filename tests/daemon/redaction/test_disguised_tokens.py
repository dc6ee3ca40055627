"""Tokens of vendors that nobody told us about, in disguises that children and prompt injections use."""

import base64
import codecs

import pytest

from tenant_daemon.redaction import Redactor
from tenant_daemon.redaction.ruleset import expand

REDACTOR = Redactor([])
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
GROUPS = [TOKEN[start : start + 5] for start in range(0, len(TOKEN), 5)]
SPOKEN = """
Anton Berta Cäsar Dora Emil Friedrich Gustav Heinrich Ida Julius Kaufmann Ludwig Martha Nordpol Otto Paula
Quelle Richard null eins zwei drei vier fünf sechs sieben acht neun Unterstrich
"""
GERMAN = dict(zip("abcdefghijklmnopqr0123456789_", SPOKEN.split(), strict=True))


def _in_german(sign: str) -> str:
    case = "groß " if sign.isupper() else "klein " if sign.islower() else ""
    return case + GERMAN[sign.lower()]


DISGUISES = {
    "rot13": codecs.encode(TOKEN, "rot13"),
    "rot47": "".join(chr(33 + (ord(sign) + 14) % 94) for sign in TOKEN),
    "reversed": TOKEN[::-1],
    "base85": base64.b85encode(TOKEN.encode()).decode(),
    "base32 in lower case": base64.b32encode(TOKEN.encode()).decode().lower().rstrip("="),
    "rot13 in base64": base64.b64encode(codecs.encode(TOKEN, "rot13").encode()).decode(),
    "dots": ".".join(TOKEN),
    "tags": "".join(f"<b>{sign}</b>" for sign in TOKEN),
    "a list": "\n".join(f"- {sign}" for sign in TOKEN),
    "numbered": " ".join(f"{place}={sign}" for place, sign in enumerate(TOKEN)),
    "a sum": " + ".join(f"'{group}'" for group in GROUPS),
    "variables": "; ".join(f"{name}={group}" for name, group in zip("abcdefgh", GROUPS, strict=True)),
    "groups": " / ".join(GROUPS),
    "pairs": " ".join(TOKEN[at : at + 2] for at in range(0, len(TOKEN), 2)),
    "pairs with dashes": "-".join(TOKEN[at : at + 2] for at in range(0, len(TOKEN), 2)),
    "look-alikes in a JSON text": TOKEN.translate({ord("p"): "\\u0440", ord("a"): "\\u0430"}),
    "read out in German": ", ".join(_in_german(sign) for sign in TOKEN),
    "hex with h": ";".join(f"{ord(sign):x}h" for sign in TOKEN),
    "small capitals": TOKEN.translate(
        {ord("g"): "ɢ", ord("h"): "ʜ", ord("i"): "ɪ", ord("a"): "ᴀ", ord("q"): "ǫ"}
    ),
    "keys with digits": "".join(f"{sign}\ufe0f\u20e3" if sign.isdigit() else sign for sign in TOKEN + "z"),
    "variables of a program in JSON": '\\"; b = \\"'.join([f'a = \\"{GROUPS[0]}', *GROUPS[1:]]),
    "0x": ", ".join(f"0x{ord(sign):02x}" for sign in TOKEN),
    "code points": " ".join(f"U+{ord(sign):04X}" for sign in TOKEN),
    "decimal digits": "".join(f"{ord(sign):03d}" for sign in TOKEN),
    "one number": str(int.from_bytes(TOKEN.encode(), "big")),
}
HARMLESS = [
    "Keys for tests begin with sk-test, those of the live mode with sk-live; ghp_ is for classic tokens.",
    "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\ng = 7\nh = 8\ni = 9\nj = 10\nk = 11\nl = 12\n",
    "| 1 | 0 | 3 | 4 | 5 | 0 | 0 | 1 | 7 | 8 | 9 | 2 |",
    "[12, 7, 33, 48, 59, 61, 77, 80]\n0x10, 0x20, 0x30, 0x40, 0xff, 0xfe, 0x00, 0x01, 0x02, 0x03, 0x04",
    "31415926535897932384626433832795028841971693993751",
    "sk -p 80 gh ax 12 hf _x gl pa ss npm run sk is for skill and AI za is nothing",
    "Anton, Berta, Emil und Paula treffen sich um acht mit Otto, Ida und Richard in Essen, Berlin oder Köln.",
]


@pytest.mark.parametrize("shown", DISGUISES.values(), ids=DISGUISES.keys())
def test_token_is_found(shown: str) -> None:
    text = REDACTOR.redact(f"note: {shown}\nthe end")
    assert shown[len(shown) // 3 : -len(shown) // 3] not in text
    assert text.startswith("note: ")
    assert text.endswith("\nthe end")


def test_one_character_a_line_is_read_in_a_json_text() -> None:
    shown = "\\n".join(TOKEN)
    redacted = REDACTOR.redact(f'{{"path": "a.txt", "content": "see\\n{shown}\\n"}}')
    assert shown[9:-9] not in redacted
    assert redacted.startswith('{"path": "a.txt", "content": "see')


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_a_little_like_it_stays(text: str) -> None:
    assert REDACTOR.redact(text) == text


@pytest.mark.parametrize("joint", ["+", ", ", "', '", "<b>"])
def test_token_is_found_in_a_long_text_of_single_characters(joint: str) -> None:
    """So long that its windows are read side by side."""
    rest = joint.join(chr(97 + number * 7 % 26) for number in range(12_000))
    token = joint.join(TOKEN)
    text = f"{rest}. {token}. {rest}"
    redacted = REDACTOR.redact(text)
    assert token[20:-20] not in redacted
    assert redacted.startswith(rest[:40_000])
    assert redacted.endswith(rest[-10_000:])


def test_assignment_of_single_characters_is_read() -> None:
    text = "-".join(expand("shopPassword={a4}7{a4}9{a4}"))
    redacted = Redactor([]).redact(f"take {text} please")
    assert redacted.startswith(f"take {text[: 2 * len('shopPassword=')]}[REDACTED:")
    assert redacted.endswith("] please")
