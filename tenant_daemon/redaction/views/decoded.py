"""What is written in base64, base32 or hex, decoded and unpacked."""

import base64
import binascii
import re
from collections.abc import Iterator

import re2

from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.embedded import (
    hex_runs,
    is_mostly_text,
    makes_sense,
    starts_in_base64,
    starts_in_hex,
)
from tenant_daemon.redaction.views.unpacked import UNPACKED_LIMIT, has_head, unpack
from tenant_daemon.redaction.views.view import Code, Parts, Span, View

JOINT = b"\n\x1e\n"
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_LEAST_HEX = 20
_HASH_LENGTHS = frozenset({32, 40, 64, 96, 128})
_SAMPLE = 64

# Between the lines of a wrapped run, as they are or escaped.
_LINE_BREAK = re.compile(rb"(?:[ \t]*(?:\r?\n|(?:\\+r)?\\+n)[ \t>+|\"']*)+")
_BEFORE_BREAK = b"\n\r\\ \t"
_LONGEST_BREAK = 24
_BACKSLASH, _LETTER_N = b"\\n"
_DIFF_MARKS = frozenset({b"+", b"-"})
_LAST_LINE = re.compile(rb"[A-Za-z0-9+/_-]{1,15}(?![A-Za-z0-9+/_-])")
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz/_-"
"""Words of only these are paths and names: hex has digits, and so has nearly all base64 of this length."""
_NARROW = re2.compile(
    rb"(?:[A-Za-z0-9+/_-]{4,15}=*(?:\\r)?\r?(?:\\n|\n)[ >+|]{0,4}){2,}[A-Za-z0-9+/_-]{1,15}"
)
_NARROW_WORD = re.compile(rb"(?:(?<=\\n)|(?<!\\))[A-Za-z0-9+/_-]+")
_SPACED_HEX = re2.compile(
    rb"(?:[0-9A-Fa-f]{2}[ :,-]{1,2}){9,}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4} ){5,}[0-9A-Fa-f]{2,4}"
)


class _Readings:
    """Texts and binary data, each to become one view, so that each is searched once."""

    def __init__(self) -> None:
        self.texts = Parts()
        self.binaries = Parts()

    def add(self, raw: bytes, start: int, end: int, code: Code = Code.WHOLE) -> None:
        """Take decoded bytes, unpacked if they are an archive."""
        # Bare deflate data is read besides the rest and not instead of it: a text can look like it by chance.
        if has_head(raw) and (unpacked := unpack(raw)) is not None:
            target = self.texts if is_mostly_text(unpacked) else self.binaries
            target.add(unpacked, start, end, is_cut=len(unpacked) >= UNPACKED_LIMIT)
        if is_mostly_text(raw):
            self.texts.add(raw, start, end, code)
        elif raw.count(0) * 3 >= len(raw) and is_mostly_text(narrow := raw.replace(b"\0", b"")):
            # UTF-16 or UTF-32, either way round, of mostly ASCII text.
            self.texts.add(narrow, start, end)
        else:
            self.binaries.add(raw, start, end, code)


def decoded(view: View) -> Iterator[tuple[View, bool]]:
    """Readings of the encoded runs in a view: ``(view, whether it is text)``."""
    readings = _Readings()
    _read_tokens(view, readings)
    _read_wrapped(view, readings)
    _read_narrow(view, readings)
    _read_spaced_hex(view, readings)
    if readings.texts:
        yield View(readings.texts, view, joint=JOINT), True
    if readings.binaries:
        yield View(readings.binaries, view, joint=JOINT), False


def _read_tokens(view: View, readings: _Readings) -> None:
    data = view.data
    for start, end in view.tokens:
        token = data[start:end]
        if not token.translate(None, _IN_NAMES):
            continue
        if not token.translate(None, _HEX_DIGITS):
            if len(token) >= _LEAST_HEX:
                _read_hex(token, start, readings)
            continue
        if token.isupper():
            if raw := _unbase32(token):
                readings.add(raw, start, end)
        elif not token.islower():
            # Base64 without any upper-case letter does not happen at this length; paths and names do.
            _read_base64(token, start, _with_padding(data, end), readings)
        for low, high in hex_runs(token):
            _read_hex(token[low:high], start + low, readings)


def _read_hex(digits: bytes, start: int, readings: _Readings) -> None:
    raw = _unhex(digits)
    readings.add(raw, start, start + len(digits), Code.HEX)
    if len(digits) in _HASH_LENGTHS or makes_sense(raw):
        return  # What has the length of a hash is not glued to anything.
    for shift in starts_in_hex(digits):
        if makes_sense(raw := _unhex(digits[shift:])):
            readings.add(raw, start + shift, start + len(digits), Code.HEX)


def _read_base64(token: bytes, start: int, end: int, readings: _Readings) -> None:
    raw = unbase64(token)
    if raw:
        readings.add(raw, start, end, Code.BASE64)
        if makes_sense(raw):
            return
    for shift, is_loose in starts_in_base64(token):
        sample = unbase64(token[shift : shift + _SAMPLE])
        if sample and makes_sense(sample, is_loose=is_loose) and (raw := unbase64(token[shift:])):
            readings.add(raw, start + shift, end, Code.BASE64)


def _with_padding(data: bytes, end: int) -> int:
    after = data[end : end + 2]
    return end + len(after) - len(after.lstrip(b"="))


def _read_wrapped(view: View, readings: _Readings) -> None:
    """Runs over several lines. The pieces were read one by one already; here they are read together."""
    data = view.data
    run: list[Span] = []
    for token in view.tokens:
        span = _without_escape(data, token)
        if run:
            start, end = run[-1][1], span[0]
            if (
                end - start <= _LONGEST_BREAK
                and data[start] in _BEFORE_BREAK
                and _LINE_BREAK.fullmatch(data, start, end)
            ):
                run.append(span)
                continue
            _read_run(data, run, readings)
        run = [span]
    if run:
        _read_run(data, run, readings)


def _without_escape(data: bytes, span: Span) -> Span:
    """The word without the letter of an escaped line break before it, ``\\nH4sI``."""
    start, end = span
    is_escaped = start > 0 and data[start - 1] == _BACKSLASH and data[start] == _LETTER_N
    return (start + 1, end) if is_escaped else span


def _read_run(data: bytes, run: list[Span], readings: _Readings) -> None:
    end = run[-1][1]
    if end < len(data) and data[end] in _BEFORE_BREAK and (last := _last_line(data, run)):
        run.append(last)
    if len(run) > 1:
        _read_lines([data[start:end] for start, end in run], run[0][0], run[-1][1], readings)


def _read_narrow(view: View, readings: _Readings) -> None:
    """Runs wrapped at so small a width that their lines are no long words."""
    if Sign.NARROW not in view.signs:
        return
    for found in _NARROW.finditer(view.data):
        _read_lines(_NARROW_WORD.findall(found.group()), found.start(), found.end(), readings)


def _read_lines(lines: list[bytes], start: int, end: int, readings: _Readings) -> None:
    """Lines of one wrapped run, as they are and without the marks that a diff puts before each."""
    _read_packed(b"".join(lines), start, end, readings)
    rest = lines[1:]
    # Most of them: what follows on the run may have been taken for one more line.
    if sum(line[:1] in _DIFF_MARKS for line in rest) * 3 >= 2 * len(rest):
        bare = [line[1:] if line[:1] in _DIFF_MARKS else line for line in rest]
        _read_packed(b"".join([lines[0].lstrip(b"+-"), *bare]), start, end, readings)


def _read_packed(packed: bytes, start: int, end: int, readings: _Readings) -> None:
    if not packed.translate(None, _HEX_DIGITS):
        readings.add(_unhex(packed), start, end)
    elif not packed.islower() and (raw := unbase64(packed)):
        readings.add(raw, start, end)
        for shift, is_loose in () if makes_sense(raw) else starts_in_base64(packed):
            if (raw := unbase64(packed[shift:])) and makes_sense(raw, is_loose=is_loose):
                readings.add(raw, start, end)


def _last_line(data: bytes, run: list[Span]) -> Span | None:
    """The short last line of a wrapped run."""
    start, end = run[-1]
    if len(run) == 1 and not data[start:end].translate(None, _IN_NAMES):
        return None  # A line of a listing.
    gap = _LINE_BREAK.match(data, end, end + _LONGEST_BREAK)
    found = _LAST_LINE.match(data, gap.end()) if gap else None
    return found.span() if found else None


def _read_spaced_hex(view: View, readings: _Readings) -> None:
    if Sign.SPACED_HEX not in view.signs:
        return
    for found in _SPACED_HEX.finditer(view.data):
        readings.add(_unhex(found.group().translate(None, b" :,-")), found.start(), found.end())


def _unhex(digits: bytes) -> bytes:
    return binascii.unhexlify(digits[: len(digits) & ~1])


def unbase64(run: bytes) -> bytes | None:
    """The bytes behind base64 of either alphabet, padded or not."""
    standard = run.translate(_URL_SAFE)
    if len(standard) % 4 == 1:
        standard = standard[:-1]
    try:
        return binascii.a2b_base64(standard + b"=" * (-len(standard) % 4))
    except binascii.Error:
        return None


def _unbase32(token: bytes) -> bytes | None:
    if token.translate(None, _BASE32):
        return None
    try:
        return base64.b32decode(token + b"=" * (-len(token) % 8))
    except binascii.Error:
        return None
