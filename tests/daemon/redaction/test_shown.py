"""Known secrets as programs show them: dumps, lists of numbers, names of characters, markup, cut escapes."""

import json

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

TOKEN = "rT5vQ9bXw2LmKz8YcH3nPd7J"
MARKED = 'vB7&zQ4ä\\nM"x%2<kT9'
PLAIN = "Wq4.Lm9-Zt2_Rk7"
REDACTOR = Redactor([KnownSecret("token", TOKEN), KnownSecret("marked", MARKED), KnownSecret("plain", PLAIN)])


def _dump(address: str, groups: list[str]) -> str:
    rows = (groups[at : at + 4] for at in range(0, len(groups), 4))
    return "\n".join(f"{address % (16 * number)}{' '.join(row)} " for number, row in enumerate(rows))


def _words(size: int) -> list[str]:
    raw = TOKEN.encode()
    return [raw[at : at + size].hex() for at in range(0, len(raw), size)]


def _little(separator: str) -> str:
    raw = TOKEN.encode()
    words = [f"{int.from_bytes(raw[at : at + 2], 'little'):04x}" for at in range(0, len(raw), 2)]
    return "\n".join(
        f"{at * 2:07x}{separator}{separator.join(words[at : at + 8])}" for at in range(0, len(words), 8)
    )


def _names(value: str) -> str:
    return "".join(
        f"\\N{{LATIN {'CAPITAL' if c.isupper() else 'SMALL'} LETTER {c.upper()}}}" if c.isalpha() else c
        for c in value
    )


SHOWN = {
    "hexdump -x": _little("    "),
    "objdump -s": _dump(" %04x ", _words(4)),
    "curl --trace": _dump(
        "%04x: ", [" ".join(word[i : i + 2] for i in range(0, 8, 2)) for word in _words(4)]
    ),
    "bytes of utf-16": str(list(TOKEN.encode("utf-16-le"))),
    "lines of utf-16": "\n".join(map(str, TOKEN.encode("utf-16-be"))),
    "signed bytes": str([byte - 256 if byte > 127 else byte for byte in MARKED.encode()]),
    "names": _names(TOKEN),
    "struck over": "".join(f"{c}\b{c}" for c in TOKEN),
    "underlined": "".join(f"_\b{c}" for c in TOKEN),
    "office": "".join(f"_x{ord(c):04X}_" for c in TOKEN),
    "all marks, lower": "key=" + PLAIN.replace(".", "=2e").replace("-", "=2d").replace("_", "=5f"),
    "directory": "cn=" + PLAIN.replace(".", "\\2e").replace("-", "\\2D").replace("_", "\\5F"),
    "zone": 'TXT "' + PLAIN.replace(".", "\\046").replace("-", "\\045").replace("_", "\\095") + '"',
    "letters in a list": json.dumps(list(MARKED)),
    "escapes cut in a list": repr(
        [
            text[at : at + 4]
            for text in ["".join(f"\\u{ord(c):04x}" for c in TOKEN)]
            for at in range(0, 144, 4)
        ]
    ),
    "numbered object": "{\n" + ",\n".join(f"  '{n}': '{c}'" for n, c in enumerate(TOKEN)) + "\n}",
    "numbered letters": "\n".join(f"[{n}]={c}" for n, c in enumerate(MARKED)),
    "bytes in a string": json.dumps({"out": "\n".join(f"0x{byte:02x}," for byte in TOKEN.encode())}),
    "shell": f"K={TOKEN[:5]}\nK+={TOKEN[5:9]}\nK+={TOKEN[9:14]}\nK+={TOKEN[14:19]}\nK+={TOKEN[19:]}",
    "picture": "".join(f'<tspan x="{at * 9}" y="20">{TOKEN[at : at + 3]}</tspan>' for at in range(0, 24, 3)),
    "forum": "".join(f"[b]{TOKEN[at : at + 3]}[/b]{TOKEN[at + 3 : at + 6]}" for at in range(0, 24, 6)),
    "document": "".join(
        f'<text:span text:style-name="T{n}">{TOKEN[at : at + 5]}</text:span>'
        for n, at in enumerate(range(0, 24, 5))
    ),
}


@pytest.mark.parametrize("shown", SHOWN.values(), ids=list(SHOWN))
def test_a_secret_is_found_as_it_is_shown(shown: str) -> None:
    redacted = REDACTOR.redact(f"Here it is:\n{shown}\nThat was all.\n")
    gone = len(shown) + len("Here it is:\n\nThat was all.\n") - len(redacted.replace("SECRET_REF(", ""))
    assert "SECRET_REF(" in redacted
    assert gone > len(shown) // 6
    assert redacted.startswith("Here it is:\n")
    assert redacted.endswith("That was all.\n")


def test_backslashes_of_a_literal_are_its_own() -> None:
    """Only as many as stand before the opening quote escape the closing one."""
    pieces = ["rT5vQ9bXw2LmKz8\\", "u0059cH3n", "\\u0050d7J"]
    assert REDACTOR.redact(repr(pieces)) == "['SECRET_REF(token)']"


def test_numbers_with_zeros_between_stay() -> None:
    text = "[0, 12, 0, 15, 0, 17, 0, 21, 0, 33, 0, 40, 0, 51, 0, 62, 0, 70]"
    assert REDACTOR.redact(text) == text
