"""
The strings of a JSON value, laid side by side for searching, and put back afterwards.

All strings of a value are searched as one text, so a secret that was cut over several strings is found.
Between two strings stands a separator that no pattern matches and that the projection drops.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from tenant_daemon.redaction.findings import Finding, Layer, redacted
from tenant_daemon.redaction.protocol_fields import is_identifier, is_label, is_opaque

SEPARATOR = b"\n\x1e\n"
_SHORTEST_NUMBER = 100_000
_LONGEST_CODE = 0x10FFFF


class LeafKind(Enum):
    """How a string is treated."""

    TEXT = auto()
    KEY = auto()
    """The name of a field."""
    IDENTIFIER = auto()
    """A protocol id: long and random by design, so entropy means nothing."""
    LABEL = auto()
    """What a part of a message is (``role``, ``type``): stands between texts without separating them."""
    OPAQUE = auto()
    """Must return unchanged (signatures, media): only what the vault knows is taken out."""
    NUMBER = auto()
    """A number, written out: a secret may be one."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One string. ``key`` is the name of the nearest field above it."""

    text: str
    kind: LeafKind
    key: str
    parent: "dict[str, object] | None"


def leaves_of(value: object, key: str = "", parent: "dict[str, object] | None" = None) -> Iterator[Leaf]:
    """Every string of ``value``, in document order, field names included."""
    if isinstance(value, str):
        yield Leaf(value, _kind_of(value, key, parent), key, parent)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield Leaf(name, LeafKind.KEY, name, None)
            yield from leaves_of(item, name, value)
    elif isinstance(value, list):
        codes = _spelled_out(value)
        if codes is not None:
            yield Leaf(codes, LeafKind.TEXT, key, None)
            return
        for item in value:
            yield from leaves_of(item, key, parent if isinstance(item, str) else None)
    elif is_number(value):
        yield Leaf(str(value), LeafKind.NUMBER, key, None)


def is_number(value: object) -> bool:
    """Whether a value is a number long enough to be a secret."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _SHORTEST_NUMBER


def _spelled_out(items: list[object]) -> str | None:
    """The text behind a list of character codes, ``[104, 105, ...]``."""
    if len(items) < 6 or not all(type(item) is int and 9 <= item <= _LONGEST_CODE for item in items):
        return None
    codes = [item for item in items if isinstance(item, int)]
    return None if any(0xD800 <= code < 0xE000 for code in codes) else "".join(map(chr, codes))


def _kind_of(text: str, key: str, parent: "dict[str, object] | None") -> LeafKind:
    if is_opaque(text, key, parent):
        return LeafKind.OPAQUE
    if is_label(text, key):
        return LeafKind.LABEL
    return LeafKind.IDENTIFIER if is_identifier(text, key) else LeafKind.TEXT


def rebuilt(value: object, texts: Iterator[str]) -> object:
    """``value`` with its strings replaced by ``texts``, in the order of ``leaves_of``."""
    if isinstance(value, str):
        return next(texts)
    if isinstance(value, dict):
        return {next(texts): rebuilt(item, texts) for item in value.values()}
    if isinstance(value, list):
        codes = _spelled_out(value)
        if codes is not None:
            text = next(texts)
            return value if text == codes else [text]
        return [rebuilt(item, texts) for item in value]
    if is_number(value):
        text = next(texts)
        return value if text == str(value) else text
    return value


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a leaf, or all of it: ``data`` stands at ``offset`` of leaf ``index``."""

    index: int
    data: bytes
    offset: int = 0


GAP = Piece(-1, SEPARATOR)
"""Stands between pieces that do not belong together; it is no part of any leaf."""


class Row:
    """Leaves, or parts of them, laid side by side."""

    def __init__(self, pieces: Sequence[Piece], joint: bytes = SEPARATOR) -> None:
        self._indexes = [piece.index for piece in pieces]
        self._offsets = [piece.offset for piece in pieces]
        self._lengths = [len(piece.data) for piece in pieces]
        self._starts = []
        position = 0
        for length in self._lengths:
            self._starts.append(position)
            position += length + len(joint)
        self.data = joint.join(piece.data for piece in pieces)

    def per_leaf(self, findings: Sequence[Finding]) -> Iterator[tuple[int, Finding]]:
        """
        Each finding as ``(leaf index, finding within that leaf)``.

        A known secret that runs over several leaves gives its placeholder to the first one and leaves
        nothing in the others. Guesses do not run over: what they saw of the next string was chance.
        """
        for finding in findings:
            at = bisect_right(self._starts, finding.start) - 1
            is_first = True
            while at < len(self._starts) and self._starts[at] < finding.end:
                start = max(0, finding.start - self._starts[at])
                end = min(self._lengths[at], finding.end - self._starts[at])
                if start < end and self._indexes[at] >= 0:
                    placeholder = finding.placeholder if is_first else ""
                    offset = self._offsets[at]
                    yield self._indexes[at], Finding(start + offset, end + offset, finding.layer, placeholder)
                    is_first = False
                if finding.layer is not Layer.KNOWN:
                    break
                at += 1


def whole_leaf(leaf: Leaf, kind: str) -> Finding:
    """A finding that covers all of a leaf."""
    return Finding(0, len(leaf.text.encode("utf-8", "surrogatepass")), Layer.JSON_KEY, redacted(kind))
