"""
Judges what is left of an output, knowing the secret and how it was disguised.

A leak is 70 % or more of the secret in one piece: in the disguise as it was (the characters of it that depend
on the secret), or after anything that a reader could undo.
"""

import base64
import binascii
import codecs
import html
import json
import math
import re
import unicodedata
import zlib
from collections.abc import Iterator
from urllib.parse import unquote

LEAKING_SHARE = 0.7

_INVISIBLE = re.compile(
    r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u0300-\u036f\x00]+"
)
_JOINTS = re.compile(r"[\s\"'`+,\\|*>\[\](){}.;:=<-]+|\\[nrt]")
_ESCAPE = re.compile(r"\\u\{?([0-9a-fA-F]{4})\}?|\\x([0-9a-fA-F]{2})|=([0-9A-F]{2})|\\([0-7]{3})")
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_HEX_RUN = re.compile(r"[0-9A-Fa-f]{10,}")
_PLACEHOLDER = re.compile(r"SECRET_REF\([^)]*\)|\[REDACTED:[^\]]*\]")
_MOST_READINGS = 300


def core(disguised: str, of_sibling: str) -> str:
    """The part of a disguise that depends on the secret: where it differs from that of another secret."""
    start = 0
    shorter = min(len(disguised), len(of_sibling))
    while start < shorter and disguised[start] == of_sibling[start]:
        start += 1
    end = 0
    while end < shorter - start and disguised[-1 - end] == of_sibling[-1 - end]:
        end += 1
    return disguised[start : len(disguised) - end]


def leaks(secret: str, disguise_core: str, output: str) -> bool:
    """Whether a reader of ``output`` learns 70 % or more of the secret."""
    variants = [output, *_without_json(output)]
    if any(has_most(disguise_core, variant) for variant in variants):
        return True
    return any(has_most(secret, reading) for reading in _readings(output))


def has_most(needle: str, text: str) -> bool:
    """Whether 70 % or more of ``needle`` stand in ``text`` in one piece."""
    size = max(4, math.ceil(len(needle) * LEAKING_SHARE))
    return any(needle[i : i + size] in text for i in range(len(needle) - size + 1))


def _without_json(output: str) -> Iterator[str]:
    """The output with JSON's own escapes undone, one and two levels."""
    for _ in range(3):
        undone = re.sub(
            r'\\(["\\/])', r"\1", output.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t")
        )
        if undone == output:
            return
        output = undone
        yield output


def _readings(output: str) -> Iterator[str]:
    """The output in whatever way it can be read, two steps deep and bounded."""
    rest = _PLACEHOLDER.sub("\n", output)
    waiting = [(rest, 0)]
    seen = {rest}
    while waiting and len(seen) < _MOST_READINGS:
        text, depth = waiting.pop(0)
        yield text
        if depth == 2 or len(text) < 6:
            continue
        for reading in (*_plain_readings(text), *_decoded_runs(text)):
            if len(reading) >= 4 and reading not in seen:
                seen.add(reading)
                waiting.append((reading, depth + 1))


def _plain_readings(text: str) -> Iterator[str]:
    yield _INVISIBLE.sub("", text)
    yield _JOINTS.sub("", text)
    yield html.unescape(text)
    yield unquote(text)
    yield _ESCAPE.sub(lambda m: chr(int(m[1] or m[2] or m[3], 16) if not m[4] else int(m[4], 8) & 255), text)
    yield text.replace("=\n", "").replace("=\r\n", "")
    yield text[::-1]
    yield codecs.encode(text, "rot13")
    yield unicodedata.normalize("NFKC", text)


def _decoded_runs(text: str) -> Iterator[str]:
    for joined in {text, _INVISIBLE.sub("", text)}:
        for run in _BASE64_RUN.findall(joined)[:20]:
            yield from (s for shift in range(4) for s in _as_texts(_unbase64(run[shift:])))
        for run in _HEX_RUN.findall(joined)[:20]:
            yield from (s for shift in range(2) for s in _as_texts(_unhex(run[shift:])))


def _as_texts(raw: bytes) -> Iterator[str]:
    if raw:
        yield raw.decode("utf-8", "replace")
        yield raw.replace(b"\0", b"").decode("latin-1")
        for bits in (31, 15, -15):
            try:
                yield zlib.decompressobj(bits).decompress(raw, 100_000).decode("utf-8", "replace")
            except zlib.error:
                continue


def _unbase64(run: str) -> bytes:
    try:
        return base64.b64decode(run[: len(run) // 4 * 4].replace("-", "+").replace("_", "/"))
    except binascii.Error:
        return b""


def _unhex(run: str) -> bytes:
    return binascii.unhexlify(run[: len(run) // 2 * 2])


def is_json(text: str) -> bool:
    """Whether a text is valid JSON."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
