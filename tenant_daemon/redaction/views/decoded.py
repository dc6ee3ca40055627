"""What is written in base64, base32, hex and the like, decoded and unpacked."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

import re2

from tenant_daemon.redaction.views.view import Segment, View

JOINT = b"\n\x1e\n"
_UNPACKED_LIMIT = 1_000_000

# Runs may be wrapped: a line break with indentation belongs to the run when a long enough piece follows.
_BASE64_RUN = re2.compile(rb"[A-Za-z0-9+/_-]{16,}(?:(?:\\?\\[rn]|\s){1,12}[A-Za-z0-9+/_-]{12,})*")
_HEX_RUN = re2.compile(rb"(?:[0-9A-Fa-f]{2}[\s:,-]{0,2}){10,}")
_SPACE = re.compile(rb"\\+[rn]|\s+")
_NOT_HEX = re.compile(rb"[\s:,-]+")
_TEXT = bytes(range(32, 127)) + b"\t\n\r"
_ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def decoded(view: View) -> Iterator[tuple[View, bool]]:
    """
    Readings of the encoded runs in a view: ``(view, whether it is text)``.

    All texts together make one view and all binary data another, so that each is searched once.
    """
    texts: list[Segment] = []
    binaries: list[Segment] = []
    for segment in (*_base64_segments(view.data), *_hex_segments(view.data)):
        for readable, is_text in _readings(segment):
            (texts if is_text else binaries).append(readable)
    if texts:
        yield View(texts, view, joint=JOINT), True
    if binaries:
        yield View(binaries, view, joint=JOINT), False


def _base64_segments(data: bytes) -> Iterator[Segment]:
    for found in _BASE64_RUN.finditer(data):
        run = found.group()
        if run.islower() or run.isupper() or not run.strip(b"0123456789ABCDEFabcdef"):
            yield from _base32_segment(run, found.start(), found.end())
            continue
        start, end = found.span()
        packed = _SPACE.sub(b"", run) if b"\n" in run or b"\\" in run or b" " in run else run
        raw = _unbase64(packed)
        if raw:
            is_plain = len(packed) == len(run)
            yield Segment(raw, start, end, _base64_locator(start, end) if is_plain else None)


def _base32_segment(run: bytes, start: int, end: int) -> Iterator[Segment]:
    packed = _SPACE.sub(b"", run).upper()
    if packed.strip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
        return
    packed = packed[: len(packed) // 8 * 8] + packed[len(packed) // 8 * 8 :].ljust(8, b"=")
    try:
        yield Segment(base64.b32decode(packed), start, end)
    except binascii.Error:
        return


def _unbase64(run: bytes) -> bytes | None:
    standard = run.translate(bytes.maketrans(b"-_", b"+/"))
    if len(standard) % 4 == 1:
        standard = standard[:-1]
    try:
        return binascii.a2b_base64(standard + b"=" * (-len(standard) % 4))
    except binascii.Error:
        return None


def _base64_locator(start: int, limit: int):  # type: ignore[no-untyped-def]
    def locate(low: int, high: int) -> tuple[int, int]:
        return start + low * 4 // 3, min(limit, start + -(-high * 4 // 3))

    return locate


def _hex_segments(data: bytes) -> Iterator[Segment]:
    for found in _HEX_RUN.finditer(data):
        digits = _NOT_HEX.sub(b"", found.group())
        raw = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
        yield Segment(raw, found.start(), found.end())


def _readings(segment: Segment) -> Iterator[tuple[Segment, bool]]:
    raw = segment.data
    if _is_text(raw):
        yield segment, True
        return
    if wide := _from_utf16(raw):
        yield Segment(wide, segment.origin_start, segment.origin_end), True
        return
    if (unpacked := _unpacked(raw)) is not None:
        yield Segment(unpacked, segment.origin_start, segment.origin_end), _is_text(unpacked)
        return
    yield segment, False


def _is_text(raw: bytes) -> bool:
    return len(raw.translate(None, _TEXT)) * 10 <= len(raw)


def _from_utf16(raw: bytes) -> bytes | None:
    """UTF-16 of mostly ASCII text, either way round, as UTF-8."""
    if len(raw) < 8:
        return None
    half = len(raw) // 2
    for zeros, encoding in ((raw[1::2], "utf-16-le"), (raw[0::2], "utf-16-be")):
        if zeros.count(0) * 10 >= half * 8:
            return raw.decode(encoding, "replace").encode("utf-8", "replace")
    return None


def _unpacked(raw: bytes) -> bytes | None:
    if raw[:2] == b"\x1f\x8b":
        return _inflate(raw, 31)
    if raw[:2] in _ZLIB_HEADS:
        return _inflate(raw, 15)
    # Deflate without a header starts with any byte; only short runs are worth the attempt.
    return _inflate(raw, -15) if 8 <= len(raw) <= 4096 else None


def _inflate(raw: bytes, window_bits: int) -> bytes | None:
    try:
        unpacked = zlib.decompressobj(window_bits).decompress(raw, _UNPACKED_LIMIT)
    except zlib.error:
        return None
    return unpacked or None
