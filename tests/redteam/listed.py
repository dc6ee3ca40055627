"""The disguises that the promise names: none of them may let a secret through."""

import base64
import gzip
import html
import html.entities
import json
import quopri
import random
import zlib
from collections.abc import Callable
from urllib.parse import quote, quote_plus

Disguise = Callable[[str, random.Random], str]

_LINE_BREAKS = ("\n", "\r\n", "\n  ", "\n\t", "\n> ", "\\n", "\n+", "\n    | ")
_NAMES = {code: name for name, code in html.entities.name2codepoint.items()} | {
    33: "excl", 35: "num", 36: "dollar", 37: "percnt", 40: "lpar", 41: "rpar", 42: "ast", 43: "plus",
    44: "comma", 46: "period", 47: "sol", 58: "colon", 59: "semi", 61: "equals", 63: "quest", 64: "commat",
    91: "lsqb", 92: "bsol", 93: "rsqb", 94: "Hat", 95: "lowbar", 96: "grave", 123: "lcub", 124: "vert",
    125: "rcub",
}  # fmt: skip


def base64_of(raw: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(raw).decode()


def wrapped(text: str, width: int, joint: str = "\n") -> str:
    """``text`` in lines of ``width``."""
    return joint.join(text[i : i + width] for i in range(0, len(text), width))


def packed(raw: bytes, window_bits: int, level: int = 9) -> bytes:
    """Deflate of any kind: gzip (31), zlib (15) or bare (-15)."""
    packer = zlib.compressobj(level, zlib.DEFLATED, window_bits)
    return packer.compress(raw) + packer.flush()


def _nested(value: str, depth: int, *, is_ascii: bool = True) -> str:
    for _ in range(depth):
        value = json.dumps(value, ensure_ascii=is_ascii)
    return value


def _some(text: str, source: random.Random, change: Callable[[str], str]) -> str:
    return "".join(change(c) if source.random() < 0.5 else c for c in text)


def _inserted(text: str, source: random.Random, marks: str) -> str:
    """One mark at one to three places, or after each character."""
    if source.random() < 0.3:
        return source.choice(marks).join(text)
    for _ in range(source.randrange(1, 4)):
        at = source.randrange(1, len(text))
        text = text[:at] + source.choice(marks) + text[at:]
    return text


def _amid(raw: bytes, source: random.Random) -> bytes:
    """Bytes with others before and behind them, so that any alignment comes up."""
    before = source.choice(
        (b"", b"a", b"ab", b"abc", b"user=app pass=", source.randbytes(source.randrange(5)))
    )
    behind = source.choice((b"", b"\n", b" host=db", source.randbytes(source.randrange(5))))
    return before + raw + behind


def _u(character: str, form: str = "\\u{:04x}") -> str:
    units = character.encode("utf-16-be")
    return "".join(form.format(int.from_bytes(units[i : i + 2])) for i in range(0, len(units), 2))


def _entity(character: str) -> str:
    name = _NAMES.get(ord(character))
    return f"&{name};" if name else character


def _flipped(text: str, source: random.Random) -> str:
    return "".join(c.swapcase() if source.random() < 0.5 else c for c in text)


ESCAPES: dict[str, Disguise] = {
    "plain": lambda s, r: s,
    "JSON": lambda s, r: _nested(s, 1),
    "JSON twice": lambda s, r: _nested(s, 2),
    "JSON three times": lambda s, r: _nested(s, 3),
    "JSON three times, not ASCII": lambda s, r: _nested(s, 3, is_ascii=False),
    "unicode escapes": lambda s, r: "".join(map(_u, s)),
    "unicode escapes, upper": lambda s, r: "".join(_u(c, "\\u{:04X}") for c in s),
    "some unicode escapes": lambda s, r: _some(s, r, _u),
    "unicode escapes in JSON": lambda s, r: json.dumps("".join(map(_u, s))),
    "unicode escapes in JSON in JSON": lambda s, r: _nested("".join(map(_u, s)), 2),
    "HTML named": lambda s, r: "".join(map(_entity, s)),
    "HTML decimal": lambda s, r: "".join(f"&#{ord(c)};" for c in s),
    "HTML hex": lambda s, r: "".join(f"&#x{ord(c):x};" for c in s),
    "HTML hex, upper": lambda s, r: "".join(f"&#X{ord(c):X};" for c in s),
    "HTML padded": lambda s, r: "".join(f"&#{ord(c):05d};" for c in s),
    "some HTML": lambda s, r: _some(s, r, lambda c: r.choice((f"&#{ord(c)};", f"&#x{ord(c):x};"))),
    "HTML escaped": lambda s, r: html.escape(s),
    "HTML escaped twice": lambda s, r: html.escape(html.escape(s)),
    "HTML numbers escaped again": lambda s, r: html.escape("".join(f"&#{ord(c)};" for c in s)),
    "URL": lambda s, r: quote(s, safe=""),
    "URL form": lambda s, r: quote_plus(s),
    "URL lower": lambda s, r: "".join(f"%{b:02x}" for b in s.encode()),
    "URL upper": lambda s, r: "".join(f"%{b:02X}" for b in s.encode()),
    "some URL": lambda s, r: _some(s, r, lambda c: "".join(f"%{b:02x}" for b in c.encode())),
    "URL twice": lambda s, r: quote(quote(s, safe=""), safe=""),
    "URL of every character twice": lambda s, r: quote("".join(f"%{b:02X}" for b in s.encode()), safe=""),
    "URL in JSON": lambda s, r: _nested("".join(f"%{b:02x}" for b in s.encode()), 2),
    "quoted-printable": lambda s, r: quopri.encodestring(s.encode(), quotetabs=True).decode(),
    "quoted-printable, every character": lambda s, r: "".join(f"={b:02X}" for b in s.encode()),
    "quoted-printable, soft breaks": lambda s, r: wrapped(s, r.randrange(2, 12), "=\n"),
    "quoted-printable, escaped and broken": lambda s, r: wrapped(
        "".join(f"={b:02X}" for b in s.encode()), 3 * r.randrange(2, 12), "=\r\n"
    ),
}

BASES: dict[str, Disguise] = {
    "base64": lambda s, r: base64_of(s.encode()),
    "base64 amid others": lambda s, r: base64_of(_amid(s.encode(), r)),
    "base64 without padding": lambda s, r: base64_of(_amid(s.encode(), r)).rstrip("="),
    "base64url": lambda s, r: base64.urlsafe_b64encode(_amid(s.encode(), r)).decode(),
    "base64url without padding": lambda s, r: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "base64 wrapped": lambda s, r: wrapped(
        base64_of(_amid(s.encode(), r)), r.randrange(1, 80), r.choice(_LINE_BREAKS)
    ),
    "base64 wrapped narrowly": lambda s, r: wrapped(
        base64_of(_amid(s.encode(), r)), r.randrange(1, 5), r.choice(_LINE_BREAKS)
    ),
    "base64 in JSON": lambda s, r: _nested(wrapped(base64_of(s.encode()), 20), r.randrange(1, 4)),
    "base64 of base64": lambda s, r: base64_of(base64_of(_amid(s.encode(), r)).encode()),
    "base64 of base64 wrapped": lambda s, r: wrapped(
        base64_of(base64_of(s.encode()).encode()), r.randrange(4, 60), r.choice(_LINE_BREAKS)
    ),
    "base64 of wrapped base64": lambda s, r: base64_of(wrapped(base64_of(s.encode()), 16).encode()),
    "base64 of URL": lambda s, r: base64_of("".join(f"%{b:02x}" for b in s.encode()).encode()),
    "base64 of JSON": lambda s, r: base64_of(json.dumps({"user": "app", "value": s}).encode()),
    "hex": lambda s, r: s.encode().hex(),
    "hex upper": lambda s, r: s.encode().hex().upper(),
    "hex amid others": lambda s, r: _amid(s.encode(), r).hex(),
    "hex spaced": lambda s, r: s.encode().hex(" "),
    "hex with colons": lambda s, r: s.encode().hex(":").upper(),
    "hex spaced by two": lambda s, r: s.encode().hex(" ", 2),
    "hex escapes": lambda s, r: "".join(f"\\x{b:02x}" for b in s.encode()),
    "hex escapes, upper": lambda s, r: "".join(f"\\x{b:02X}" for b in s.encode()),
    "some hex escapes": lambda s, r: _some(s, r, lambda c: "".join(f"\\x{b:02x}" for b in c.encode())),
    "hex list": lambda s, r: ", ".join(f"0x{b:02x}" for b in s.encode()),
    "hex wrapped": lambda s, r: wrapped(
        _amid(s.encode(), r).hex(), r.randrange(1, 80), r.choice(_LINE_BREAKS)
    ),
    "hex of base64": lambda s, r: base64_of(s.encode()).encode().hex(),
    "base64 of hex": lambda s, r: base64_of(s.encode().hex().encode()),
}


def _archive(window_bits: int, write: Callable[[bytes], str], around: bool = False) -> Disguise:
    def disguise(secret: str, source: random.Random) -> str:
        raw = secret.encode()
        if around:
            raw = f"# settings\nDB_HOST=db\nDB_USER=app\nVALUE={secret}\nDEBUG=0\n".encode()
        return write(packed(raw, window_bits, source.choice((1, 6, 9))))

    return disguise


def _archives() -> dict[str, Disguise]:
    writers: dict[str, Callable[[bytes], str]] = {
        "base64": base64_of,
        "hex": lambda raw: raw.hex(),
        "base64url": lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "wrapped base64": lambda raw: wrapped(base64_of(raw), 20),
        "narrow base64": lambda raw: wrapped(base64_of(raw), 3),
        "wrapped hex": lambda raw: wrapped(raw.hex(), 16, "\n  "),
        "base64 of base64": lambda raw: base64_of(base64_of(raw).encode()),
    }
    return {
        f"{kind} in {name}{' of a file' if around else ''}": _archive(bits, write, around)
        for kind, bits in (("gzip", 31), ("zlib", 15), ("deflate", -15))
        for name, write in writers.items()
        for around in (False, True)
    } | {
        "stored gzip in base64": lambda s, r: base64_of(
            gzip.compress(s.encode(), 0, mtime=r.randrange(2**31))
        )
    }


def _wide() -> dict[str, Disguise]:
    writers: dict[str, Callable[[bytes], str]] = {
        "base64": base64_of,
        "hex": lambda raw: raw.hex(),
        "spaced hex": lambda raw: raw.hex(" "),
        "wrapped base64": lambda raw: wrapped(base64_of(raw), 16),
        "zlib and base64": lambda raw: base64_of(zlib.compress(raw)),
    }
    return {
        f"{encoding} in {name}": lambda s, r, encoding=encoding, write=write: write(s.encode(encoding))  # type: ignore[misc]
        for encoding in ("utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-32-be")
        for name, write in writers.items()
    }


INSERTIONS: dict[str, Disguise] = {
    "NUL after each character": lambda s, r: s.encode().decode("latin-1").replace("", "\0")[1:],
    "zero-width": lambda s, r: _inserted(s, r, "\u200b\u200c\u200d\u2060\ufeff"),
    "soft hyphens": lambda s, r: _inserted(s, r, "\u00ad"),
    "line breaks": lambda s, r: _inserted(s, r, "\n"),
    "spaces": lambda s, r: _inserted(s, r, " "),
    "no-break spaces": lambda s, r: _inserted(s, r, "\u00a0\u202f\u2009"),
    "zero-width escapes": lambda s, r: _inserted(s, r, "\u200b").replace("\u200b", "\\u200b"),
    "zero-width entities": lambda s, r: _inserted(s, r, "\u200b").replace("\u200b", "&#8203;"),
    "soft hyphen entities": lambda s, r: _inserted(s, r, "\u00ad").replace("\u00ad", "&shy;"),
    "wrapped": lambda s, r: wrapped(s, r.randrange(1, 20), r.choice(_LINE_BREAKS)),
    "wrapped narrowly": lambda s, r: wrapped(s, r.randrange(1, 5), r.choice(_LINE_BREAKS)),
    "continued lines": lambda s, r: wrapped(s, r.randrange(4, 12), "\\\n"),
    "zero-width in base64": lambda s, r: _inserted(base64_of(s.encode()), r, "\u200b\u00ad"),
    "spaces in hex": lambda s, r: _inserted(s.encode().hex(), r, " "),
    "concatenated": lambda s, r: " + ".join(
        f'"{p}"' for p in wrapped(s, r.randrange(2, 9), "\0").split("\0")
    ),
    "shell pieces": lambda s, r: "''".join(wrapped(s, r.randrange(2, 9), "\0").split("\0")),
}

TURNS: dict[str, Disguise] = {
    "reversed": lambda s, r: s[::-1],
    "base64 of reversed": lambda s, r: base64_of(s[::-1].encode()),
    "reversed base64": lambda s, r: base64_of(s.encode())[::-1],
    "hex of reversed": lambda s, r: s[::-1].encode().hex(),
}

CASES: dict[str, Disguise] = {
    "upper case": lambda s, r: s.upper(),
    "lower case": lambda s, r: s.lower(),
    "case swapped": lambda s, r: s.swapcase(),
    "case at random": _flipped,
}
"""Promised where the secret is long enough."""

PARTS: dict[str, Disguise] = {
    "most of its beginning": lambda s, r: s[: r.randrange(-(-len(s) * 3 // 4), len(s))],
    "most of its end": lambda s, r: s[-r.randrange(-(-len(s) * 3 // 4), len(s)) :],
    "most of it, base64": lambda s, r: base64_of(s[: r.randrange(-(-len(s) * 3 // 4), len(s))].encode()),
    "most of it, hex": lambda s, r: s[: r.randrange(-(-len(s) * 3 // 4), len(s))].encode().hex(),
    "most of its base64": lambda s, r: base64_of(s.encode())[: -(-len(s) * 8 // 7)],
}

LISTED: dict[str, Disguise] = {
    **ESCAPES,
    **BASES,
    **_archives(),
    **_wide(),
    **INSERTIONS,
    **TURNS,
    **CASES,
    **PARTS,
}
