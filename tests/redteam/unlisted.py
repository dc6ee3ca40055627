"""Disguises beyond what is promised; most of them have to be seen through all the same."""

import base64
import binascii
import bz2
import codecs
import json
import lzma
import random
import shlex
import textwrap
import unicodedata
from collections.abc import Callable

from tests.redteam.listed import Disguise, base64_of, packed, wrapped

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_GREEK = str.maketrans("ABEHIKMNOPTXYZovu", "ΑΒΕΗΙΚΜΝΟΡΤΧΥΖονυ")
_LETTERS_BESIDE = {"\u24b6": 65, "\u24d0": 97}


def _in_base(raw: bytes, alphabet: str) -> str:
    number = int.from_bytes(raw)
    digits = ""
    while number:
        number, rest = divmod(number, len(alphabet))
        digits = alphabet[rest] + digits
    return digits


def _base45(raw: bytes) -> str:
    out = ""
    for i in range(0, len(raw), 2):
        pair = raw[i : i + 2]
        number = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            number, rest = divmod(number, 45)
            out += _BASE45[rest]
    return out


def _z85(raw: bytes) -> str:
    table = str.maketrans(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~", _Z85
    )
    return base64.b85encode(raw).decode().translate(table)


def _uuencoded(raw: bytes) -> str:
    lines = [binascii.b2a_uu(raw[i : i + 45]).decode() for i in range(0, len(raw), 45)]
    return "begin 644 file\n" + "".join(lines) + "`\nend"


def _shifted(text: str, by: int) -> str:
    def moved(c: str) -> str:
        base = ord("a") if c.islower() else ord("A")
        return chr((ord(c) - base + by) % 26 + base) if c.isascii() and c.isalpha() else c

    return "".join(map(moved, text))


def _in_circles(text: str) -> str:
    return "".join(
        chr(0x24B6 + ord(c) - 65) if "A" <= c <= "Z" else chr(0x24D0 + ord(c) - 97) if "a" <= c <= "z" else c
        for c in text
    )


def _mathematical(text: str, capital: int, small: int) -> str:
    return "".join(
        chr(capital + ord(c) - 65) if "A" <= c <= "Z" else chr(small + ord(c) - 97) if "a" <= c <= "z" else c
        for c in text
    )


def _codes(form: str, joint: str = ", ") -> Disguise:
    return lambda s, r: joint.join(form.format(b) for b in s.encode())


def _characters(form: Callable[[int], str], joint: str) -> Disguise:
    return lambda s, r: joint.join(form(ord(c)) for c in s)


def _dumped(secret: str, source: random.Random) -> str:
    raw = b"value=" + secret.encode() + b"\n"
    rows = (raw[i : i + 16] for i in range(0, len(raw), 16))
    return "\n".join(
        f"{16 * i:08x}  {row.hex(' '):<47}  |{''.join(chr(b) if 32 <= b < 127 else '.' for b in row)}|"
        for i, row in enumerate(rows)
    )


def _octal_dump(secret: str, source: random.Random) -> str:
    raw = secret.encode()
    rows = (raw[i : i + 16] for i in range(0, len(raw), 16))
    return "\n".join(f"{16 * i:07o} " + " ".join(f"{b:03o}" for b in row) for i, row in enumerate(rows))


def _transposed(secret: str, source: random.Random) -> str:
    return secret[::2] + secret[1::2]


LETTERS: dict[str, Disguise] = {
    "rot13": lambda s, r: codecs.encode(s, "rot13"),
    "rot13 of base64": lambda s, r: codecs.encode(base64_of(s.encode()), "rot13"),
    "base64 of rot13": lambda s, r: base64_of(codecs.encode(s, "rot13").encode()),
    "rot47": lambda s, r: "".join(chr(33 + (ord(c) - 33 + 47) % 94) if 33 <= ord(c) < 127 else c for c in s),
    "caesar": lambda s, r: _shifted(s, r.randrange(1, 26)),
    "atbash": lambda s, r: "".join(
        chr(219 - ord(c)) if c.islower() else chr(155 - ord(c)) if c.isupper() else c
        for c in s
        if c.isascii()
    ),
    "pairs exchanged": lambda s, r: "".join(s[i : i + 2][::-1] for i in range(0, len(s), 2)),
    "every second first": _transposed,
    "Cyrillic letters": lambda s, r: s.translate(_CYRILLIC),
    "Greek letters": lambda s, r: s.translate(_GREEK),
    "full width": lambda s, r: "".join(chr(ord(c) + 0xFEE0) if 33 <= ord(c) < 127 else c for c in s),
    "circled": lambda s, r: _in_circles(s),
    "bold letters": lambda s, r: _mathematical(s, 0x1D400, 0x1D41A),
    "typewriter letters": lambda s, r: _mathematical(s, 0x1D670, 0x1D68A),
    "script letters": lambda s, r: _mathematical(s, 0x1D4D0, 0x1D4EA),
    "accents": lambda s, r: "".join(c + "\u0301" if c.isalpha() else c for c in s),
    "struck through": lambda s, r: "".join(c + "\u0336" for c in s),
    "Unicode tags": lambda s, r: "".join(chr(0xE0000 + ord(c)) if 32 <= ord(c) < 127 else c for c in s),
    "variation selectors": lambda s, r: "\ufe0f".join(s),
    "direction marks": lambda s, r: "\u202e" + "\u200f".join(s) + "\u202c",
    "decomposed": lambda s, r: unicodedata.normalize("NFD", s),
    "dots between": lambda s, r: ".".join(s),
    "dashes between": lambda s, r: wrapped(s, r.randrange(2, 6), "-"),
    "bars between": lambda s, r: " | ".join(s),
    "tags between": lambda s, r: wrapped(s, r.randrange(2, 6), "<b></b>"),
    "comments between": lambda s, r: wrapped(s, r.randrange(3, 6), "<!-- -->"),
    "Markdown emphasis": lambda s, r: "".join(f"**{c}**" for c in s),
    "colours": lambda s, r: wrapped(s, r.randrange(2, 6), "\x1b[31m"),
    "spelled out": lambda s, r: " ".join(f"'{c}'," for c in s),
    "numbered": lambda s, r: "\n".join(f"{i}. {c}" for i, c in enumerate(s, 1)),
}

BASES: dict[str, Disguise] = {
    "base58": lambda s, r: _in_base(s.encode(), _BASE58),
    "base62": lambda s, r: _in_base(s.encode(), _BASE62),
    "base36": lambda s, r: _in_base(s.encode(), _BASE36),
    "base32": lambda s, r: base64.b32encode(s.encode()).decode(),
    "base32 lower, bare": lambda s, r: base64.b32encode(s.encode()).decode().lower().rstrip("="),
    "base32hex": lambda s, r: base64.b32hexencode(s.encode()).decode(),
    "base32 amid others": lambda s, r: base64.b32encode(f"pw={s};".encode()).decode(),
    "base85": lambda s, r: base64.b85encode(s.encode()).decode(),
    "base85 amid others": lambda s, r: base64.b85encode(f"pw={s};".encode()).decode(),
    "ascii85": lambda s, r: base64.a85encode(s.encode(), adobe=True).decode(),
    "z85": lambda s, r: _z85(s.encode()),
    "base45": lambda s, r: _base45(s.encode()),
    "uuencode": lambda s, r: _uuencoded(s.encode()),
    "one number": lambda s, r: str(int.from_bytes(s.encode())),
    "one hex number": lambda s, r: hex(int.from_bytes(s.encode())),
    "base64 three times": lambda s, r: base64_of(base64_of(base64_of(s.encode()).encode()).encode()),
    "base64 five times": lambda s, r: base64_of(
        base64_of(base64_of(base64_of(base64_of(s.encode()).encode()).encode()).encode()).encode()
    ),
    "base64 with dots": lambda s, r: base64_of(s.encode()).replace("+", ".").replace("/", "_"),
    "bzip2": lambda s, r: base64_of(bz2.compress(s.encode())),
    "xz": lambda s, r: base64_of(lzma.compress(s.encode())),
    "gzip twice": lambda s, r: base64_of(packed(packed(s.encode(), 31), 31)),
    "gzip in base32": lambda s, r: base64.b32encode(packed(s.encode(), 31)).decode(),
    "gzip in base85": lambda s, r: base64.b85encode(packed(s.encode(), 31)).decode(),
    "utf-7": lambda s, r: s.encode("utf-7").decode(),
    "punycode": lambda s, r: s.encode("punycode").decode(),
    "bytes literal": lambda s, r: repr(s.encode()),
    "inverted bits": lambda s, r: bytes(255 - b for b in s.encode()).hex(),
    "xor with one byte": lambda s, r: bytes(b ^ 0x5A for b in s.encode()).hex(),
}

CODES: dict[str, Disguise] = {
    "decimal codes": _codes("{}"),
    "decimal codes with spaces": _codes("{}", " "),
    "decimal codes in a list": lambda s, r: json.dumps([ord(c) for c in s]),
    "octal codes": _codes("{:03o}", " "),
    "octal escapes": _codes("\\{:03o}", ""),
    "binary": _codes("{:08b}", " "),
    "binary without gaps": _codes("{:08b}", ""),
    "hex codes": _codes("{:02x}", ","),
    "hex codes with 0x": _codes("0x{:02X}", " "),
    "chr calls": _characters(lambda c: f"chr({c})", " + "),
    "fromCharCode": lambda s, r: f"String.fromCharCode({','.join(str(ord(c)) for c in s)})",
    "code points": _characters(lambda c: f"U+{c:04X}", " "),
    "braced escapes": _characters(lambda c: f"\\u{{{c:x}}}", ""),
    "long escapes": _characters(lambda c: f"\\U{c:08x}", ""),
    "CSS escapes": _characters(lambda c: f"\\{c:06x}", ""),
    "percent u": _characters(lambda c: f"%u{c:04x}", ""),
    "entities without semicolon": _characters(lambda c: f"&#{c}", " "),
    "printf": lambda s, r: "$(printf '" + "".join(f"\\{b:03o}" for b in s.encode()) + "')",
    "ANSI-C quotes": lambda s, r: "$'" + "".join(f"\\x{b:02x}" for b in s.encode()) + "'",
    "shell quotes": lambda s, r: shlex.quote(s),
    "hex dump": _dumped,
    "octal dump": _octal_dump,
    "list of characters": lambda s, r: json.dumps(list(s)),
    "object of characters": lambda s, r: json.dumps({str(i): c for i, c in enumerate(s)}),
    "indented lines": lambda s, r: textwrap.indent(wrapped(s, 5), "      "),
    "YAML folded": lambda s, r: ">-\n    " + wrapped(s, 9, "\n    "),
    "shell variables": lambda s, r: (
        f"A={shlex.quote(s[: len(s) // 2])}; B={shlex.quote(s[len(s) // 2 :])}; echo $A$B"
    ),
    "Python join": lambda s, r: f'"".join({wrapped(s, 4, chr(0)).split(chr(0))!r})',
    "JavaScript concat": lambda s, r: f"{s[: len(s) // 2]!r}.concat({s[len(s) // 2 :]!r})",
    "Python slice": lambda s, r: f"{s[::-1]!r}[::-1]",
}

UNLISTED: dict[str, Disguise] = {**LETTERS, **BASES, **CODES}
