"""
The forms in which an agent's world shows a secret: escapes, encodings, codes.

Each form is given as its projection (``projection.py``), which folds together what differs only in case,
spacing and punctuation: ``%41%42``, ``=41=42``, ``41:42`` and ``4142`` are one form. Encodings that have to
be undone to be seen (compression, encodings of encodings) are the business of ``views/``.
"""

import base64
import binascii
import html
import json
import quopri
import unicodedata
import zlib
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes

from tenant_daemon.redaction.number_bases import BASE36, BASE58, BASE62, base45_encode, in_base
from tenant_daemon.redaction.projection import is_kept, project, squeeze

_ROT13 = bytes.maketrans(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    b"nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM",
)
_ROT47 = bytes(33 + (byte - 33 + 47) % 94 if 33 <= byte <= 126 else byte for byte in range(256))
_ATBASH = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz", b"zyxwvutsrqponmlkjihgfedcba")
_LONGEST_NUMBER = 1_700
_UTF16 = ("utf-16-le", "utf-16-be")
_UTF32 = ("utf-32-le", "utf-32-be")
_ROT5 = bytes.maketrans(b"0123456789", b"5678901234")
_BASE32HEX = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHIJKLMNOPQRSTUV")
_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_AS_LETTERS = bytes.maketrans(b"0123456789abcdef", b"abcdefghijklmnop")
_LEET = bytes.maketrans(b"aeiost", b"431057")
_SHORTEST_RARE = 10
_SHORTEST_WIDE = 9
_LONGEST_PACKED = 200
"""Longer secrets can be packed in many ways; archives of them are read by ``views/``."""


def plain_form(value: str) -> bytes:
    """The projection of the secret itself."""
    return project(value.encode("utf-8", "surrogatepass"))


def encoded_forms(value: str) -> Iterator[bytes]:
    """Projections of everything else the secret may look like; repeats and very short ones included."""
    raw = value.encode("utf-8", "surrogatepass")
    yield squeeze(raw)
    # What looks like an escape in the secret itself is undone with the escapes that were put around it.
    yield project(unquote_to_bytes(raw))
    yield project(html.unescape(value).encode("utf-8", "surrogatepass"))
    yield from _letter_games(raw)
    yield from _base64_forms(raw)
    yield from _other_bases(raw)
    yield from _code_forms(raw)
    yield from _escape_forms(value, raw)
    yield from _packed_forms(raw)
    is_ascii = value.isascii()
    for encoding in _UTF16 if is_ascii else (*_UTF16, *_UTF32):
        wide = value.encode(encoding, "surrogatepass")
        # The zeros at the end look like the beginning of a word that follows.
        yield from (form.rstrip(b"a") for form in _base64_forms(wide))
        yield wide.hex().encode()
    if not is_ascii:
        yield from _foreign_forms(value)


def rare_forms(value: str) -> Iterator[bytes]:
    """
    Projections of what hardly anybody writes, long ones only.

    For a vault of thousands of secrets they are left out: each form makes the search a little slower.
    """
    raw = value.encode("utf-8", "surrogatepass")
    if len(raw) <= _LONGEST_NUMBER:
        yield from (form for form in _rare_forms(raw) if len(form) >= _SHORTEST_RARE)


def _rare_forms(raw: bytes) -> Iterator[bytes]:
    number = int.from_bytes(raw, "big")
    yield project(in_base(number, BASE36))
    yield project(in_base(number, BASE62))
    yield project(base64.b32encode(raw).rstrip(b"=").translate(_BASE32HEX))
    yield project(base45_encode(raw))
    yield project(b"".join(binascii.b2a_uu(raw[i : i + 45]) for i in range(0, len(raw), 45))[1:])
    yield project(raw[::2] + raw[1::2])
    yield project(raw.translate(_ROT13).translate(_ROT5))
    yield project(base64.b64encode(raw).rstrip(b"=").translate(_ROT13))
    yield "".join(chr(byte) if is_kept(byte) else f"{byte:03d}" for byte in raw).lower().encode()
    yield bytes(255 - byte for byte in raw).hex().encode()
    yield raw.hex().encode()[::-1]
    if raw.isascii():
        yield from (raw.decode().encode(encoding).hex().encode()[::-1] for encoding in _UTF16)
    yield raw.hex().encode().translate(_AS_LETTERS)
    yield project(base64.b32encode(raw).rstrip(b"=").translate(_CROCKFORD))
    yield project(raw.lower().translate(_LEET))
    yield from (form[::-1] for form in _base64_forms(raw))
    yield from (form[::-1] for form in _url_forms(raw))


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
    yield project(base64.b64encode(raw[::-1]).rstrip(b"="))
    yield project(base64.b64encode(base64.b64encode(raw)).rstrip(b"="))
    yield base64.b64encode(raw).rstrip(b"=").hex().encode()
    yield project(base64.b32encode(raw).rstrip(b"="))
    yield project(base64.b85encode(raw))
    yield project(base64.a85encode(raw))
    if len(raw) <= _LONGEST_NUMBER:
        yield project(in_base(int.from_bytes(raw, "big"), BASE58))
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


def _packed_forms(raw: bytes) -> Iterator[bytes]:
    """
    The secret alone, compressed: the same bytes in gzip, zlib and bare deflate data.

    Their heads have 10, 2 and no bytes, so the data stand at each of the three places in base64. The first
    byte says how the packer ends its data and the last ones are filled up, so both differ between packers.
    """
    if len(raw) > _LONGEST_PACKED:
        return
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = (packer.compress(raw) + packer.flush())[1:-1]
    yield body.hex().encode()
    for offset, spoiled in ((0, 0), (1, 2), (2, 3)):
        whole = (offset + len(body)) * 8 // 6
        yield project(base64.b64encode(bytes(offset) + body)[spoiled:whole])


def _foreign_forms(value: str) -> Iterator[bytes]:
    """A secret with letters from elsewhere, which change more than their case: ``ß`` becomes ``SS``."""
    for changed in (value.upper(), value.casefold(), unicodedata.normalize("NFD", value)):
        yield project(changed.encode("utf-8", "surrogatepass"))
    yield from _old_forms(value)
    yield project(_shown(value.encode("utf-8", "surrogatepass")))
    yield project(value.encode("utf-7", "surrogatepass"))
    # The bytes behind base64 and hex that were glued to something or packed.
    for encoding in (*_UTF16, *_UTF32):
        wide = project(value.encode(encoding, "surrogatepass"))
        if len(wide) >= _SHORTEST_WIDE:
            yield wide
    # Turned around by characters; the bytes of one keep their order.
    yield project(base64.b64encode(value[::-1].encode("utf-8", "surrogatepass")).rstrip(b"="))
    yield value[::-1].encode("utf-8", "surrogatepass").hex().encode()
    yield "".join(str(ord(character)) for character in value).encode()
    # As ``charCodeAt`` counts: two halves of what lies beyond, or the first of them alone.
    halves = [character.encode("utf-16-be", "surrogatepass") for character in value]
    yield "".join(str(int.from_bytes(half[:2])) for half in halves).encode()
    yield "".join(
        str(int.from_bytes(half[i : i + 2])) for half in halves for i in range(0, len(half), 2)
    ).encode()
    # ``od -c`` shows the bytes of such letters by their numbers.
    yield project(
        b"".join(
            b"%03o" % byte if byte > 127 else bytes([byte]) for byte in value.encode("utf-8", "surrogatepass")
        )
    )
    # ``od -a`` leaves out the highest bit.
    yield project(bytes(byte & 127 for byte in value.encode("utf-8", "surrogatepass")))


def _shown(raw: bytes) -> bytes:
    """As ``cat -v`` and pagers show it: ``M-CM-6``."""
    return b"".join(b"M-" + _caret(byte - 128) if byte > 127 else bytes([byte]) for byte in raw)


def _caret(code: int) -> bytes:
    return bytes([code]) if 32 <= code < 127 else b"^" + bytes([code ^ 64])


def _old_forms(value: str) -> Iterator[bytes]:
    """In the encoding of old programs, which has one byte for an umlaut."""
    try:
        raw = value.encode("cp1252")
    except UnicodeEncodeError:
        return
    yield project(quote(raw, safe="").encode())
    yield raw.hex().encode()
    yield from _base64_forms(raw)


def _code_forms(raw: bytes) -> Iterator[bytes]:
    """Every character written as its number."""
    yield raw.hex().encode()
    yield raw[::-1].hex().encode()
    yield "".join(f"x{byte:02x}" for byte in raw).encode()
    yield "".join(f"0x{byte:02x}" for byte in raw).encode()
    yield "".join(f"u{byte:04x}" for byte in raw).encode()
    yield "".join(f"u{byte:x}" for byte in raw).encode()
    yield "".join(f"{byte:04x}" for byte in raw).encode()
    yield "".join(f"x{byte:04x}" for byte in raw).encode()
    yield "".join(f"25{byte:02x}" for byte in raw).encode()
    yield "".join(str(byte) for byte in raw).encode()
    yield "".join(f"{byte:03d}" for byte in raw).encode()
    yield "".join(f"{byte:o}" for byte in raw).encode()
    yield "".join(f"{byte:03o}" for byte in raw).encode()
    yield "".join(f"{byte:08b}" for byte in raw).encode()


def _url_forms(raw: bytes) -> Iterator[bytes]:
    once = quote(raw, safe="")
    yield project(once.encode())
    yield project(quote(once, safe="").encode())


def _escape_forms(value: str, raw: bytes) -> Iterator[bytes]:
    """Only the special characters escaped, as the common libraries do it."""
    yield from _url_forms(raw)
    escaped = html.escape(value)
    yield project(escaped.encode("utf-8", "surrogatepass"))
    yield project(html.escape(escaped).encode("utf-8", "surrogatepass"))
    # Everything but letters and digits: ``=2E``, ``\\2e`` and ``\\x2e`` besides what URLs leave as it is.
    marked = "".join(chr(byte) if is_kept(byte) else f"%{byte:02x}" for byte in raw).encode()
    yield project(marked)
    yield squeeze(marked)
    yield project(quopri.encodestring(raw).replace(b"=\n", b""))
    if b" " in raw:
        yield project(quopri.encodestring(raw, quotetabs=True).replace(b"=\n", b""))
    yield project(value.encode("ascii", "backslashreplace"))
    if not value.isascii():
        shown = json.dumps(value)[1:-1].encode()
        yield project(shown)
        yield squeeze(shown)
