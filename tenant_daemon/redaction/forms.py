"""
The forms in which an agent's world shows a secret: escapes, encodings, codes.

Each form is given as its projection (``projection.py``), which folds together what differs only in case,
spacing and punctuation: ``%41%42``, ``=41=42``, ``41:42`` and ``4142`` are one form. Encodings that have to
be undone to be seen (compression, encodings of encodings) are the business of ``views/``.
"""

import base64
import html
import quopri
from collections.abc import Iterator
from urllib.parse import quote

from tenant_daemon.redaction.base58 import base58_encode
from tenant_daemon.redaction.projection import project

_ROT13 = bytes.maketrans(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    b"nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM",
)
_ROT47 = bytes(33 + (byte - 33 + 47) % 94 if 33 <= byte <= 126 else byte for byte in range(256))
_ATBASH = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz", b"zyxwvutsrqponmlkjihgfedcba")
_LONGEST_NUMBER = 512
_UTF16 = ("utf-16-le", "utf-16-be")


def plain_form(value: str) -> bytes:
    """The projection of the secret itself."""
    return project(value.encode("utf-8", "surrogatepass"))


def encoded_forms(value: str) -> Iterator[bytes]:
    """Projections of everything else the secret may look like; repeats and very short ones included."""
    raw = value.encode("utf-8", "surrogatepass")
    yield from _letter_games(raw)
    yield from _base64_forms(raw)
    yield from _other_bases(raw)
    yield from _code_forms(raw)
    yield from _escape_forms(value, raw)
    for encoding in _UTF16:
        wide = value.encode(encoding, "surrogatepass")
        yield from _base64_forms(wide)
        yield wide.hex().encode()


def _letter_games(raw: bytes) -> Iterator[bytes]:
    """Letters moved or exchanged, as children and prompt injections do it."""
    yield project(raw[::-1])
    yield project(raw.translate(_ROT13))
    yield project(raw.translate(_ROT47))
    yield project(raw.lower().translate(_ATBASH))
    yield project(b"".join(raw[i : i + 2][::-1] for i in range(0, len(raw), 2)))


def _other_bases(raw: bytes) -> Iterator[bytes]:
    """The whole secret by itself in a rarer encoding."""
    yield project(base64.b64encode(raw).rstrip(b"="))[::-1]
    yield project(base64.b32encode(raw).rstrip(b"="))
    yield project(base58_encode(raw))
    yield project(base64.b85encode(raw))
    yield project(base64.a85encode(raw))
    if len(raw) <= _LONGEST_NUMBER:
        yield str(int.from_bytes(raw, "big")).encode()


def _base64_forms(raw: bytes) -> Iterator[bytes]:
    """
    Base64 of ``raw`` at each of the three places it can have in a longer encoded text.

    Characters that also carry bits of the neighbours are left out. The projection drops ``+/-_=``, so the
    URL-safe alphabet and missing padding are covered too.
    """
    for offset, spoiled in ((0, 0), (1, 2), (2, 3)):
        padded = bytes(offset) + raw
        whole = len(padded) * 8 // 6
        yield project(base64.b64encode(padded)[spoiled:whole])


def _code_forms(raw: bytes) -> Iterator[bytes]:
    """Every character written as its number."""
    yield raw.hex().encode()
    yield raw[::-1].hex().encode()
    yield "".join(f"x{byte:02x}" for byte in raw).encode()
    yield "".join(f"0x{byte:02x}" for byte in raw).encode()
    yield "".join(f"u{byte:04x}" for byte in raw).encode()
    yield "".join(f"u{byte:x}" for byte in raw).encode()
    yield "".join(f"{byte:04x}" for byte in raw).encode()
    yield "".join(f"25{byte:02x}" for byte in raw).encode()
    yield "".join(str(byte) for byte in raw).encode()
    yield "".join(f"{byte:03d}" for byte in raw).encode()
    yield "".join(f"{byte:o}" for byte in raw).encode()
    yield "".join(f"{byte:03o}" for byte in raw).encode()
    yield "".join(f"{byte:08b}" for byte in raw).encode()


def _escape_forms(value: str, raw: bytes) -> Iterator[bytes]:
    """Only the special characters escaped, as the common libraries do it."""
    once = quote(raw, safe="")
    yield project(once.encode())
    yield project(quote(once, safe="").encode())
    escaped = html.escape(value)
    yield project(escaped.encode("utf-8", "surrogatepass"))
    yield project(html.escape(escaped).encode("utf-8", "surrogatepass"))
    yield project(quopri.encodestring(raw).replace(b"=\n", b""))
    yield project(value.encode("ascii", "backslashreplace"))
