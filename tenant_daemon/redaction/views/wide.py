"""
Text in UTF-16 and UTF-32 behind decoded data, at any place of it, that is Latin for the most part.

Secrets in other scripts are known by their forms (``forms.py``), and rules are about Latin ones. Each
character keeps its place: what follows the text, the next word or the next line, stays as it is.
"""

import re
from collections.abc import Iterator, Sequence

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.views.view import Code, Parts, View

_LEAST = 12
_MOST = 65_536
"""Bytes of a text whose characters are placed; a longer one is replaced as a whole."""
_UPPER = b"\0\1\x20\xfe"
"""Upper parts of Latin letters, of what is slipped between them, and of the mark at the beginning."""
_PRINTABLE = bytes(range(32, 127)) + b"\t\n\r" + b"\x0b\x0c"
_NOT_ASCII = bytes(range(128, 256))
_MOST_PER_ZERO = 5
_STRAYS = 0.4
"""The text may be followed by something else."""
_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]")

_Encoding = tuple[str, int, int]
"""A codec, the bytes of a character, and how many bytes stand before the first one."""


def is_wide(raw: bytes) -> bool:
    """Whether bytes are mostly text in UTF-16 or UTF-32."""
    return len(raw) <= _MOST_PER_ZERO * raw.count(0) and next(_encodings(raw), None) is not None


def read_wide(raws: Sequence[bytes], view: View) -> View | None:
    """The texts behind ``raws``, which stand in ``view`` one after the other; None when there are none."""
    texts = Parts()
    position = 0
    for raw in raws:
        for encoding in _encodings(raw):
            _place(raw, position, encoding, texts)
        position += len(raw)
    return View(texts, view) if texts else None


def _encodings(raw: bytes) -> Iterator[_Encoding]:
    zeros = raw.count(0)
    # More than three of four are no text in any of them.
    if not len(raw) <= zeros * _MOST_PER_ZERO or zeros > len(raw) * 0.8 or len(raw) < _LEAST:
        return
    if zeros * 5 >= len(raw) * 2:
        for at in range(4):
            if (
                _are_zeros(raw[(at + 3) % 4 :: 4])
                and _are_zeros(raw[(at + 2) % 4 :: 4])
                and _is_text(raw[at::4])
            ):
                yield "utf-32-le", 4, at
                yield "utf-32-be", 4, (at + 1) % 4
    for at in (0, 1):
        if _are_zeros(raw[1 - at :: 2]) and _is_text(raw[at::2]):
            yield "utf-16-le", 2, at
            yield "utf-16-be", 2, 1 - at


def _are_zeros(upper: bytes) -> bool:
    """Whether the upper parts of characters are those of Latin letters."""
    return len(upper.translate(None, _UPPER)) <= _STRAYS * len(upper)


def _is_text(lower: bytes) -> bool:
    """Whether the last bytes of characters are mostly printable."""
    plain = lower.translate(None, _NOT_ASCII)
    return len(plain) * 3 >= len(lower) and len(plain.translate(None, _PRINTABLE)) <= _STRAYS * len(plain)


def _place(raw: bytes, position: int, encoding: _Encoding, texts: Parts) -> None:
    codec, width, offset = encoding
    text = raw[offset:].decode(codec, "replace")
    start = position + offset
    if len(raw) > _MOST:
        texts.add(text.encode("utf-8", "replace"), position, position + len(raw))
        return
    for found in _RUN.finditer(text):
        run = found.group()
        size = width * len(run) if width == 4 or run < "\U00010000" else 4
        # The last character may be cut.
        behind = min(start + size, position + len(raw))
        texts.add(run.encode("utf-8", "replace"), start, behind, Code.EVEN)
        start += size
    texts.add(SEPARATOR, position + len(raw), position + len(raw))
