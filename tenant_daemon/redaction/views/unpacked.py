"""Compressed data, unpacked within bounds."""

import bz2
import lzma
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

UNPACKED_LIMIT = 1_000_000
"""Bytes of an archive that are looked at. A larger one is taken out as a whole, since it may be a bomb."""
_ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_ZIP_HEAD = b"PK\x03\x04"
_HEADS = (*_ZLIB_HEADS, b"\x1f\x8b", b"\xfd7", b"]\0")
_ZIP_HEAD_SIZE, _ZIP_DEFLATED = 30, b"\x08\x00"
_SEALED_HEADS = (b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
"""Zstandard, LZ4, 7z and RAR: nothing here can unpack them."""
_HEADLESS_LIMIT = UNPACKED_LIMIT
_HEAD_INSIDE = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|BZh[1-9]1AY|PK\x03\x04|\xfd7zXZ\0")
_MOST_INSIDE = 8


def has_sure_head(raw: bytes) -> bool:
    """Whether data begins as compressed data does, leaving out what also begins otherwise."""
    return raw[:2] in _HEADS or raw[:3] == b"BZh" or raw[:4] == _ZIP_HEAD


def has_head(raw: bytes) -> bool:
    """Whether data may be compressed: a known head, or a first byte as bare deflate data have it."""
    # RFC 1951, section 3.2.3: last block, with fixed (01) or dynamic (10) codes.
    return has_sure_head(raw) or (0 < len(raw) <= _HEADLESS_LIMIT and raw[0] & 7 in (3, 5))


def is_sealed(raw: bytes) -> bool:
    """Whether data is compressed in a way that cannot be undone here, so not be searched either."""
    return raw.startswith(_SEALED_HEADS)


@dataclass(frozen=True, slots=True)
class Archive:
    """What compressed data hold."""

    content: bytes
    size: int
    """How many bytes the archive itself has; what follows is something else."""
    is_whole: bool = True
    """Whether its end is there."""


def unpack(raw: bytes) -> Archive | None:
    """What gzip, zlib, bzip2, xz, lzma, zip or bare deflate data hold; None when they are none of these."""
    if raw[:2] == b"\x1f\x8b":
        return _inflate(raw, 31)
    if raw[:2] in _ZLIB_HEADS:
        return _inflate(raw, 15)
    if raw[:3] == b"BZh":
        return _bunzip(raw)
    if raw[:6] == b"\xfd7zXZ\x00" or raw[:3] == b"]\0\0":
        return _unxz(raw)
    if raw[:4] == _ZIP_HEAD:
        return _unzip(raw)
    # Deflate without a header begins with any byte; only short runs are worth the attempt.
    return _inflate(raw, -15) if 8 <= len(raw) <= _HEADLESS_LIMIT else None


def archives(raw: bytes) -> Iterator[tuple[int, Archive]]:
    """Compressed data in ``raw``: at its beginning, or behind something else; and where each stands."""
    if has_head(raw) and (archive := unpack(raw)) is not None:
        yield 0, archive
    elif 0 < len(raw) <= _HEADLESS_LIMIT:
        for offset in (1, 2, 3):
            if raw[offset : offset + 1] and raw[offset] & 7 in (3, 5):
                archive = _inflate(raw[offset:], -15)
                if archive and archive.is_whole:
                    yield offset, archive
    for found in islice(_HEAD_INSIDE.finditer(raw, 1), _MOST_INSIDE):
        if (archive := unpack(raw[found.start() :])) is not None:
            yield found.start(), archive


def _inflate(raw: bytes, window_bits: int) -> Archive | None:
    contents: list[bytes] = []
    rest, left = raw, UNPACKED_LIMIT
    while True:
        unpacker = zlib.decompressobj(window_bits)
        try:
            content = unpacker.decompress(rest, left)
        except zlib.error:
            break
        contents.append(content)
        left -= len(content)
        rest = unpacker.unused_data
        # Gzip data may go on with another file.
        if left <= 0 or not unpacker.eof or not rest.startswith(b"\x1f\x8b"):
            return _archive(contents, raw, rest, is_whole=unpacker.eof)
    return _archive(contents, raw, rest, is_whole=True)


def _archive(contents: list[bytes], raw: bytes, rest: bytes, *, is_whole: bool) -> Archive | None:
    content = b"".join(contents)
    return Archive(content, len(raw) - len(rest), is_whole) if content else None


def _unzip(raw: bytes) -> Archive | None:
    """
    The files of a zip archive that are packed; the others stand in it as they are.

    Read from the files' own heads: the directory at the end may be cut off, and a packer that writes into a
    pipe leaves out the sizes.
    """
    contents: list[bytes] = []
    left, start, end = UNPACKED_LIMIT, 0, 0
    while 0 <= start <= len(raw) - _ZIP_HEAD_SIZE and left > 0:
        name_size, extra_size = struct.unpack_from("<HH", raw, start + 26)
        begin = start + _ZIP_HEAD_SIZE + name_size + extra_size
        is_packed = raw[start + 8 : start + 10] == _ZIP_DEFLATED
        # Up to the next head and not to the end, which would be gone through again for each file.
        start = raw.find(_ZIP_HEAD, begin)
        end = start if start >= 0 else len(raw)
        if is_packed:
            unpacker = zlib.decompressobj(-15)
            try:
                content = unpacker.decompress(raw[begin:end], left)
            except zlib.error:
                break
            contents.append(content)
            left -= len(content)
            end -= len(unpacker.unused_data)
    return _archive(contents, raw, raw[end:], is_whole=True)


def _bunzip(raw: bytes) -> Archive | None:
    unpacker = bz2.BZ2Decompressor()
    try:
        content = unpacker.decompress(raw, UNPACKED_LIMIT)
    except (OSError, ValueError):
        return None
    return Archive(content, len(raw) - len(unpacker.unused_data)) if content else None


def _unxz(raw: bytes) -> Archive | None:
    unpacker = lzma.LZMADecompressor(memlimit=64 * 1024 * 1024)
    try:
        content = unpacker.decompress(raw, UNPACKED_LIMIT)
    except lzma.LZMAError:
        return None
    return Archive(content, len(raw) - len(unpacker.unused_data)) if content else None
