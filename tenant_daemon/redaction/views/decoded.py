"""What is written in base64, base32 or hex, decoded and unpacked."""

import base64
import binascii
import re
from collections.abc import Iterator

import re2

from tenant_daemon.redaction.views.unpacked import UNPACKED_LIMIT, has_head, unpack
from tenant_daemon.redaction.views.view import Locate, Segment, View

JOINT = b"\n\x1e\n"
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_TEXT = bytes(range(32, 127)) + b"\t\n\r"
_LEAST_HEX = 20

# Between the lines of a wrapped run, as they are or escaped.
_LINE_BREAK = re.compile(rb"(?:[ \t]*(?:\r?\n|(?:\\+r)?\\+n)[ \t>+|\"']*)+")
_BEFORE_BREAK = (b"\n", b"\r", b"\\", b" ", b"\t")
_LAST_LINE = re.compile(rb"[A-Za-z0-9+/_-]{1,15}(?![A-Za-z0-9+/_-])")
_SPACED_HEX = re2.compile(
    rb"(?:[0-9A-Fa-f]{2}[ :,-]{1,2}){9,}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4} ){5,}[0-9A-Fa-f]{2,4}"
)


def decoded(view: View) -> Iterator[tuple[View, bool]]:
    """
    Readings of the encoded runs in a view: ``(view, whether it is text)``.

    All texts together make one view and all binary data another, so that each is searched once.
    """
    texts: list[Segment] = []
    binaries: list[Segment] = []
    for segment in (*_token_segments(view), *_wrapped_segments(view), *_spaced_hex(view.data)):
        for reading, is_text in _readings(segment):
            (texts if is_text else binaries).append(reading)
    if texts:
        yield View(texts, view, joint=JOINT), True
    if binaries:
        yield View(binaries, view, joint=JOINT), False


def _token_segments(view: View) -> Iterator[Segment]:
    data = view.data
    for start, end in view.tokens:
        token = data[start:end]
        if not token.translate(None, _HEX_DIGITS):
            if len(token) >= _LEAST_HEX:
                yield Segment(_unhex(token), start, end, _hex_locator(start))
        elif token.isupper():
            if raw := _unbase32(token):
                yield Segment(raw, start, end)
        elif not token.islower() and (raw := unbase64(token)):
            # Base64 without any upper-case letter does not happen at this length; paths and names do.
            padded = end + len(data[end : end + 2]) - len(data[end : end + 2].lstrip(b"="))
            yield Segment(raw, start, padded, _base64_locator(start, padded, len(raw)))


def _wrapped_segments(view: View) -> Iterator[Segment]:
    """Runs over several lines. The pieces were read one by one already; here they are read together."""
    data = view.data
    run: list[tuple[int, int]] = []
    for span in [*view.tokens, (len(data), len(data))]:
        if run and span[0] - run[-1][1] <= 24 and _LINE_BREAK.fullmatch(data, run[-1][1], span[0]):
            run.append(span)
            continue
        if run and (last := _last_line(data, run[-1][1])):
            run.append(last)
        if len(run) > 1:
            yield from _joined(data, run)
        run = [span]


def _last_line(data: bytes, end: int) -> tuple[int, int] | None:
    """The short last line of a wrapped run."""
    if data[end : end + 1] not in _BEFORE_BREAK:
        return None
    gap = _LINE_BREAK.match(data, end, end + 24)
    found = _LAST_LINE.match(data, gap.end()) if gap else None
    return found.span() if found else None


def _joined(data: bytes, run: list[tuple[int, int]]) -> Iterator[Segment]:
    packed = b"".join(data[start:end] for start, end in run)
    is_hex = not packed.translate(None, _HEX_DIGITS)
    if raw := _unhex(packed) if is_hex else unbase64(packed):
        yield Segment(raw, run[0][0], run[-1][1])


def _spaced_hex(data: bytes) -> Iterator[Segment]:
    if not _SPACED_HEX.search(data):
        return
    for found in _SPACED_HEX.finditer(data):
        digits = found.group().translate(None, b" :,-")
        yield Segment(_unhex(digits), found.start(), found.end())


def _unhex(digits: bytes) -> bytes:
    return bytes.fromhex(digits[: len(digits) & ~1].decode())


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


def _base64_locator(start: int, end: int, size: int) -> Locate:
    def locate(low: int, high: int) -> tuple[int, int]:
        # The last byte takes the padding with it.
        return start + low * 4 // 3, end if high >= size else start + -(-high * 4 // 3)

    return locate


def _hex_locator(start: int) -> Locate:
    return lambda low, high: (start + 2 * low, start + 2 * high)


def _readings(segment: Segment) -> Iterator[tuple[Segment, bool]]:
    raw = segment.data
    # Bare deflate data is read besides the rest and not instead of it: a text can look like it by chance.
    if has_head(raw) and (unpacked := unpack(raw)) is not None:
        is_cut = len(unpacked) >= UNPACKED_LIMIT
        yield (
            Segment(unpacked, segment.origin_start, segment.origin_end, is_cut=is_cut),
            is_text(unpacked),
        )
    if is_text(raw):
        yield segment, True
    elif raw.count(0) * 3 >= len(raw) and (wide := _from_utf16(raw)):
        yield Segment(wide, segment.origin_start, segment.origin_end), True
    else:
        yield segment, False


def is_text(raw: bytes) -> bool:
    """Whether bytes are nearly all printable ASCII."""
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
