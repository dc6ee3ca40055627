"""What is written in base64, base32 or hex, decoded and unpacked."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator

import re2

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.embedded import (
    hex_runs,
    is_mostly_text,
    makes_sense,
    starts_in_base64,
    starts_in_hex,
)
from tenant_daemon.redaction.views.loose import loose_archives
from tenant_daemon.redaction.views.unpacked import UNPACKED_LIMIT, archives, has_head, is_sealed, unpack
from tenant_daemon.redaction.views.view import Code, Parts, Span, View
from tenant_daemon.redaction.views.wide import is_wide, read_wide

_HEX_DIGITS = b"0123456789abcdefABCDEF"
_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE32HEX = b"0123456789ABCDEFGHIJKLMNOPQRSTUV"
_TO_BASE32 = bytes.maketrans(_BASE32HEX, _BASE32)
_SMALL_BASE32 = _BASE32.lower()
_LEAST_SMALL = 24
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_LEAST_HEX = 16
_HASH_LENGTHS = frozenset({32, 40, 64, 96, 128})
_SAMPLE = 64
_DIFF_MARKS = frozenset(b"+-")
"""What stands before the lines of a diff, and in base64 as well."""
_LINE_ENDS = frozenset({b"", b"\n"})
_NIBBLES_SWAPPED = bytes((byte & 15) << 4 | byte >> 4 for byte in range(256))
_ZEROS = b"AAA"
"""Two bytes of zero in base64, as the letters of wide text have them."""
_SHORT_WORD = re2.compile(rb"[A-Za-z0-9+/_-]{8,}={0,2}")
_LONGEST_SHORT_WORD = 17
_BULK = 2_048
"""Bytes from which on working on whole columns pays."""
_MANY = 16
"""Hashes from which on looking at all of them at once pays."""
_SHORT_PAIRS = re2.compile(rb"(?:[0-9A-Fa-f]{2}[ :,-]){6,}[0-9A-Fa-f]{2}")

_SHORT = 12
"""Bytes below which data is neither wide text nor glued to anything that makes sense."""
_SPACED_HEX = re2.compile(
    rb"(?:[0-9A-Fa-f]{2}[ :,+-]{1,2}){9,}[0-9A-Fa-f]{2}"
    rb"|(?:[0-9A-Fa-f]{2}[ :,+-])?(?:[0-9A-Fa-f]{4}[ :,+-]){5,}[0-9A-Fa-f]{2,4}"
    rb"|(?:0[xX][0-9A-Fa-f]{1,2}[\s,;|]{1,3}){5,}0[xX][0-9A-Fa-f]{1,2}"
)
_HEX_LIST_MARKS = re.compile(rb"[\s,;|]*0[xX]([0-9A-Fa-f](?![0-9A-Fa-f]))?")
_ESCAPED_BYTES = re2.compile(
    rb"(?:\\x[0-9A-Fa-f]{2}){8,}|(?:%[0-9A-Fa-f]{2}){8,}|(?:=[0-9A-F]{2}(?:=\r?\n)?){8,}"
)
_ESCAPE_MARKS = re2.compile(rb"\\x|[%=\r\n]")


class _Readings:
    """Texts and binary data, each to become one view, so that each is searched once."""

    def __init__(self) -> None:
        self.texts = Parts()
        self.binaries = Parts()
        self.wide = Parts()
        """Text in UTF-16 or UTF-32, not read yet."""

    def add(self, raw: bytes, start: int, end: int, code: Code = Code.WHOLE) -> None:
        """Take decoded bytes, unpacked if they are an archive or hold one."""
        for offset, archive in archives(raw):
            # What follows the archive is no part of it: a word that it is glued to, the next line.
            archive_end = offset + archive.size
            span = (
                _written_start(start, offset, code),
                end if archive_end == len(raw) else _written_end(start, end, archive_end, code),
            )
            self._put(archive.content, span, Code.WHOLE, is_cut=len(archive.content) >= UNPACKED_LIMIT)
        self._put(raw, (start, end), code)

    def add_likely_hash(self, raw: bytes, start: int, end: int, *, is_telling: bool = True) -> None:
        """The same as ``add`` for what has the length of a hash; not even ``is_telling``: it is one."""
        if is_telling and (
            is_mostly_text(raw) or is_wide(raw) or (has_head(raw) and unpack(raw) is not None)
        ):
            self.add(raw, start, end, Code.HEX)
            return
        self.binaries.add(raw, start, end, Code.HEX)
        if is_telling and is_mostly_text(turned := _nibbles_turned(raw)):
            self.texts.add(turned, start, end)

    def add_short(self, raw: bytes, start: int, end: int, code: Code) -> None:
        """The same as ``add`` for what has less than ``_SHORT`` bytes."""
        if has_head(raw):
            self.add(raw, start, end, code)
        else:
            (self.texts if is_mostly_text(raw) else self.binaries).add(raw, start, end, code)

    def _put(self, raw: bytes, span: Span, code: Code, *, is_cut: bool = False) -> None:
        if is_mostly_text(raw):
            self.texts.add(raw, *span, code, is_cut=is_cut)
            return
        self.binaries.add(raw, *span, code, is_cut=is_cut or is_sealed(raw))
        if is_wide(raw):
            self.wide.add(raw, *span, code)


def _written_start(start: int, offset: int, code: Code) -> int:
    """Where the decoded byte at ``offset`` begins as it is written."""
    match code:
        case Code.HEX:
            return start + 2 * offset
        case Code.BASE64:
            return start + offset * 4 // 3
        case _:
            return start


def _written_end(start: int, end: int, size: int, code: Code) -> int:
    """Where the first ``size`` decoded bytes end as they are written."""
    match code:
        case Code.HEX:
            return start + 2 * size
        case Code.BASE64:
            return start - (-size * 4 // 3)
        case _:
            return end


def decoded(view: View, *, has_short: bool = False) -> Iterator[tuple[View, bool]]:
    """
    Readings of the encoded runs in a view: ``(view, whether it is text)``.

    Args:
        view: What to read.
        has_short: Whether there are secrets so short that a word of usual length may hold one.
    """
    readings = _Readings()
    _read_tokens(view, readings)
    if has_short:
        _read_short_words(view, readings)
    _read_spaced_hex(view, readings)
    _read_escaped_bytes(view, readings)
    for content, start, end in loose_archives(view):
        readings.texts.add(content, start, end, is_cut=len(content) >= UNPACKED_LIMIT)
    if readings.texts:
        yield View(readings.texts, view, joint=SEPARATOR), True
    if readings.binaries:
        yield View(readings.binaries, view, joint=SEPARATOR), False
    if readings.wide and (text := read_wide(readings.wide.datas, View(readings.wide, view))):
        yield text, True


def _read_tokens(view: View, readings: _Readings) -> None:
    data = view.data
    hashes = _hashes(view)
    for start, end in view.fresh_tokens:
        if hashed := hashes.get(start):
            readings.add_likely_hash(hashed[0], start, end, is_telling=hashed[1])
            continue
        token = data[start:end]
        if not token.translate(None, _HEX_DIGITS):
            if end - start >= _LEAST_HEX:
                _read_hex(token, start, readings)
            continue
        if token.isupper():
            if raw := _unbase32(token):
                readings.add(raw, start, end)
            else:
                _read_base32hex(token, start, readings)
            if _ZEROS in token:
                _read_base64(view, (start, end), readings)
        elif token.islower():
            if not token.translate(None, _SMALL_BASE32):
                _read_small_base32(token, start, readings)
        else:
            # Base64 without any upper-case letter does not happen at this length; paths and names do.
            _read_base64(view, (start, end), readings)
        for low, high in hex_runs(token):
            if high - low in _HASH_LENGTHS:
                readings.add_likely_hash(_unhex(token[low:high]), start + low, start + high)
            else:
                _read_hex(token[low:high], start + low, readings)


def _read_base32hex(token: bytes, start: int, readings: _Readings) -> None:
    """Text in the base32 whose digits come first; by chance nothing that is written so is text."""
    if not token.translate(None, _BASE32HEX):
        _read_as_base32(token.translate(_TO_BASE32), start, readings)


def _read_small_base32(token: bytes, start: int, readings: _Readings) -> None:
    """Text in base32 without capitals; names have no such digits between their letters, or other ones."""
    if len(token) >= _LEAST_SMALL and not token.isalpha():
        _read_as_base32(token.upper(), start, readings)


def _read_as_base32(token: bytes, start: int, readings: _Readings) -> None:
    raw = _unbase32(token)
    if raw and (is_mostly_text(raw) or has_head(raw)):
        readings.add(raw, start, start + len(token))


def _hashes(view: View) -> dict[int, tuple[bytes, bool]]:
    """What the words of a hash's length stand for, by where they begin, and whether that may be more."""
    data = view.data
    starts, raws = [], []
    for start, end in view.fresh_tokens:
        if end - start in _HASH_LENGTHS and not data[start:end].translate(None, _HEX_DIGITS):
            starts.append(start)
            raws.append(_unhex(data[start:end]))
    if len(raws) < _MANY:
        telling = [True] * len(raws)
    else:
        # Short texts, and what starts often, do without it.
        from tenant_daemon.redaction.bulk import telling_hashes

        telling = telling_hashes(raws, _NIBBLES_SWAPPED)
    return dict(zip(starts, zip(raws, telling, strict=True), strict=True))


def _read_short_words(view: View, readings: _Readings) -> None:
    for start, end in _short_words(view.data):
        word = view.data[start:end].rstrip(b"=")
        if end - start > _LONGEST_SHORT_WORD or (word.isalpha() and (word.islower() or word.istitle())):
            continue
        raw = unbase64(word)
        if raw and is_mostly_text(raw):
            readings.texts.add(raw, start, end, Code.BASE64)
        if not word.translate(None, _HEX_DIGITS) and is_mostly_text(text := _unhex(word)):
            readings.texts.add(text, start, end, Code.HEX)
    for found in _SHORT_PAIRS.finditer(view.data):
        if is_mostly_text(text := _unhex(found.group().translate(None, b" :,-"))):
            readings.texts.add(text, *found.span())


def _short_words(data: bytes) -> Iterable[Span]:
    if len(data) < _BULK:
        return (found.span() for found in _SHORT_WORD.finditer(data))
    # Short texts, and what starts often, do without it.
    from tenant_daemon.redaction.bulk import short_words

    return short_words(data)


def _read_hex(digits: bytes, start: int, readings: _Readings) -> None:
    raw = _unhex(digits)
    if len(raw) < _SHORT:
        readings.add_short(raw, start, start + len(digits), Code.HEX)
        return
    _add_either_way(digits, (start, start + len(digits)), Code.HEX, readings)
    if makes_sense(raw):
        return
    for shift in starts_in_hex(digits):
        if makes_sense(raw := _unhex(digits[shift:])):
            readings.add(raw, start + shift, start + len(digits), Code.HEX)


def _read_base64(view: View, span: Span, readings: _Readings) -> None:
    start, end = span
    token = view.data[start:end]
    end = _with_padding(view.data, end)
    if (
        token[0] in _DIFF_MARKS
        and view.data[start - 1 : start] in _LINE_ENDS
        and (bare := unbase64(token[1:]))
    ):
        readings.add(bare, start + 1, end, Code.BASE64)
    raw = unbase64(token)
    if raw:
        readings.add(raw, start, end, Code.BASE64)
        if makes_sense(raw):
            return
    for shift, is_loose in starts_in_base64(token, is_inner=view.is_inner):
        sample = unbase64(token[shift : shift + _SAMPLE])
        if sample and makes_sense(sample, is_loose=is_loose) and (raw := unbase64(token[shift:])):
            readings.add(raw, start + shift, end, Code.BASE64)
    turned = token[::-1]
    sample = unbase64(turned[:_SAMPLE])
    if sample and makes_sense(sample) and (raw := unbase64(turned)):
        readings.add(raw, start, end)


def _with_padding(data: bytes, end: int) -> int:
    after = data[end : end + 2]
    return end + len(after) - len(after.lstrip(b"="))


def _read_spaced_hex(view: View, readings: _Readings) -> None:
    if Sign.SPACED_HEX not in view.signs:
        return
    for found in _SPACED_HEX.finditer(view.data):
        digits = found.group()
        if digits[1:2] in b"xX":
            digits = _HEX_LIST_MARKS.sub(_two_digits, digits)
        _add_either_way(digits.translate(None, b" :,+-"), found.span(), Code.WHOLE, readings)


def _read_escaped_bytes(view: View, readings: _Readings) -> None:
    """Data in which every byte is an escape, as ``\\x1f\\x8b``; text is read elsewhere."""
    if Sign.BYTES not in view.signs:
        return
    for found in _ESCAPED_BYTES.finditer(view.data):
        raw = _unhex(_ESCAPE_MARKS.sub(b"", found.group()))
        if not is_mostly_text(raw):
            readings.add(raw, found.start(), found.end(), Code.EVEN)


def _add_either_way(digits: bytes, span: Span, code: Code, readings: _Readings) -> None:
    raw = _unhex(digits)
    readings.add(raw, *span, code)
    turned = _unhex(digits[::-1])
    if not is_mostly_text(raw) and (makes_sense(turned) or has_head(turned)):
        readings.add(turned, *span)


def _nibbles_turned(raw: bytes) -> bytes:
    """What the digits of ``raw`` mean when they are read from the end."""
    return raw[::-1].translate(_NIBBLES_SWAPPED)


def _two_digits(mark: re.Match[bytes]) -> bytes:
    """What stands for the mark before a number: a number of one digit gets its zero."""
    return b"0" + mark.group(1) if mark.group(1) else b""


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
