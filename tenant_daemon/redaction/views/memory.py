"""
Memory as debuggers and disassemblers show it: the values behind an address, and numbers whose bytes are text.

``0x4020 <key>:	0x37533175	0x41695a31`` and ``movabs $0x5961745679425141,%rax``.
"""

import re
from collections.abc import Iterator, Sequence

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.view import Parts, View

_BLANK = rb"(?:[ \t]|\\t)"
_VALUE = rb"(?:0x[0-9a-f]{1,16}|-?[0-9]{1,20}(?:" + _BLANK + rb"'(?:\\{1,2}[0-7]{3}|\\{0,2}[^\n]{1,4}?)')?)"
_LINE = re.compile(rb"0x[0-9a-f]{4,16}(?: <[^>\n]{1,80}>)?:((?:" + _BLANK + rb"{1,4}" + _VALUE + rb"){1,32})")
_VALUES = re.compile(_BLANK + rb"(0x[0-9a-f]+|-?[0-9]+)(?![^\s\\])")
_BITS = re.compile(rb"[01]{8}")
_SIZES = (1, 2, 4, 8)
_WORD = re.compile(rb"0[xX]((?:[0-9A-Fa-f]{2}){3,8})(?![0-9A-Za-z])")
_MOST_WORDS = 400
_CONTROLS = bytes({*range(32), 127} - {9, 10, 13})
_SHORTEST = 10


def read_memory(view: View) -> View | None:
    """The bytes behind the lines of a debugger; None when there are none. A finding covers whole lines."""
    if Sign.DUMP not in view.signs:
        return None
    lines = list(_LINE.finditer(view.data))
    values = [_VALUES.findall(line.group(1)) for line in lines]
    every = [value for row in values for value in row]
    if not every:
        return None
    size, base = _notation(every)
    parts = Parts()
    for line, row in zip(lines, values, strict=True):
        raw = b"".join((int(value, base) % (1 << 8 * size)).to_bytes(size, "little") for value in row)
        parts.add(raw, *line.span(1))
    return View(parts, view)


def _notation(values: Sequence[bytes]) -> tuple[int, int]:
    """How many bytes each of these values has, and to which base it is written."""
    if all(value.startswith(b"0x") for value in values):
        digits = max(map(len, values)) - 2
        return next((size for size in _SIZES if 2 * size >= digits), _SIZES[-1]), 16
    if any(value.startswith(b"0x") for value in values):
        return 1, 16
    if all(_BITS.fullmatch(value) for value in values):
        return 1, 2
    base = 8 if all(value[:1] == b"0" for value in values) else 10
    if base == 8 and any(b"8" in value or b"9" in value for value in values):
        base = 10
    most = max(abs(int(value, base)) for value in values)
    return next((size for size in _SIZES if not most >> 8 * size), _SIZES[-1]), base


def read_words(view: View) -> View | None:
    """The texts of numbers whose bytes are characters, whichever of them stands first; None for none."""
    if Sign.WORDY_CODES not in view.signs:
        return None
    words = []
    for found in _WORD.finditer(view.data):
        raw = bytes.fromhex(found.group(1).decode()).strip(b"\0")
        if raw and len(raw.translate(None, _CONTROLS)) == len(raw):
            words.append((raw, found.span()))
    if sum(len(raw) for raw, _ in words) < _SHORTEST or len(words) > _MOST_WORDS:
        return None
    parts = Parts()
    for raw, span in _turned(words):
        parts.add(raw, *span)
    parts.add(SEPARATOR, words[-1][1][1], words[-1][1][1])
    for raw, span in words:
        parts.add(raw, *span)
    return View(parts, view)


def _turned(words: Sequence[tuple[bytes, tuple[int, int]]]) -> Iterator[tuple[bytes, tuple[int, int]]]:
    return ((raw[::-1], span) for raw, span in words)
