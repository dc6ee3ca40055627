"""The disguises in which an agent's world shows a secret, for tests of redaction."""

import base64
import codecs
import gzip
import html
import json
import quopri
import zlib
from collections.abc import Callable
from urllib.parse import quote

Disguise = Callable[[str], str]


def _wrapped(text: str, width: int, joint: str = "\n") -> str:
    return joint.join(text[i : i + width] for i in range(0, len(text), width))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


DISGUISES: dict[str, Disguise] = {
    "plain": lambda s: s,
    "json": lambda s: json.dumps(s),
    "json nested": lambda s: json.dumps(json.dumps(json.dumps(s))),
    "unicode escapes": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "html decimal": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "html hex": lambda s: "".join(f"&#x{ord(c):x};" for c in s),
    "html named": html.escape,
    "url": lambda s: quote(s, safe=""),
    "url twice": lambda s: quote(quote(s, safe=""), safe=""),
    "url every character": lambda s: "".join(f"%{b:02X}" for b in s.encode()),
    "base64": lambda s: _base64(s.encode()),
    "base64 shifted": lambda s: _base64(b"x" + s.encode() + b"yz"),
    "base64 shifted twice": lambda s: _base64(b"xy" + s.encode() + b"z"),
    "base64url": lambda s: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "base64 wrapped": lambda s: _wrapped(_base64(b"user=app " + s.encode() + b" and more"), 16),
    "base64 of base64": lambda s: _base64(_base64(s.encode()).encode()),
    "hex": lambda s: s.encode().hex(),
    "hex upper": lambda s: s.encode().hex().upper(),
    "hex spaced": lambda s: s.encode().hex(" "),
    "hex escapes": lambda s: "".join(f"\\x{b:02x}" for b in s.encode()),
    "gzip base64": lambda s: _base64(gzip.compress(s.encode())),
    "deflate hex": lambda s: zlib.compress(s.encode()).hex(),
    "utf-16le base64": lambda s: _base64(s.encode("utf-16-le")),
    "utf-16be hex": lambda s: s.encode("utf-16-be").hex(),
    "zero width": lambda s: "\u200b".join(s),
    "soft hyphen": lambda s: s[:5] + "\u00ad" + s[5:],
    "spaced": lambda s: " ".join(s),
    "line breaks": lambda s: _wrapped(s, 7, "\n    "),
    "reversed": lambda s: s[::-1],
    "upper": str.upper,
    "quoted printable": lambda s: quopri.encodestring(s.encode()).decode(),
    "python source": lambda s: f"{s[:6]!r} + {s[6:]!r}",
    "list of characters": lambda s: json.dumps(list(s)),
    "colours": lambda s: s[:5] + "\x1b[31m" + s[5:] + "\x1b[0m",
    "rot13": lambda s: codecs.encode(s, "rot13"),
    "character codes": lambda s: ", ".join(str(b) for b in s.encode()),
    "full width": lambda s: "".join(chr(ord(c) + 0xFEE0) for c in s),
}
