"""
A reading of a text, and the way back to the original.

Kept in columns and not as an object per part: a request of 100 kB has thousands of parts, nearly none of
them is ever asked for its place, and making objects would cost more than searching the text.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from functools import cached_property
from itertools import accumulate, pairwise

from tenant_daemon.redaction.findings import Finding
from tenant_daemon.redaction.signs import SHORT, Sign, signs_in
from tenant_daemon.redaction.tokens import long_tokens

Span = tuple[int, int]
_Piece = tuple[int, int, int]
"""Where a piece of a finding stands in the parent, and how many bytes of it there are."""
_BREAK = 24
"""Bytes between two lines, or two items of a list."""
NEAR = 256
"""Bytes between two parts that may belong together."""
_NAME_ENDS = b'":'
_STRAYS, _SURE = 4, 12
"""Bytes that may fit by chance, and that do not."""


class Code(Enum):
    """How a part is written in the parent, so how offsets are led back."""

    SAME = auto()
    """As it is."""
    WHOLE = auto()
    """In a way that only lets the whole part be named."""
    EVEN = auto()
    """Every byte as the same number of bytes; or as a whole, when it is one character of several bytes."""
    REVERSED = auto()
    HEX = auto()
    BASE64 = auto()


class Parts:
    """The parts of a view, in the parent's order."""

    def __init__(self) -> None:
        self.datas: list[bytes] = []
        self.spans: list[Span] = []
        """Where each comes from in the parent."""
        self.codes: list[Code] = []
        self.cut: set[int] = set()
        """Indexes of parts behind which there is more than was read."""

    def __bool__(self) -> bool:
        return bool(self.datas)

    def join(self, joint: bytes) -> bytes:
        """All parts as one."""
        return joint.join(self.datas)

    def extent(self) -> Span:
        """Where the first part begins in the parent, and where the last one ends."""
        return self.spans[0][0], self.spans[-1][1]

    def add(
        self, data: bytes, start: int, end: int, code: Code = Code.WHOLE, *, is_cut: bool = False
    ) -> None:
        """Add a part that comes from ``[start, end)`` of the parent."""
        if is_cut:
            self.cut.add(len(self.datas))
        self.datas.append(data)
        self.spans.append((start, end))
        self.codes.append(code)

    def is_same(self, index: int) -> bool:
        """Whether a part is in the parent as it is."""
        return self.codes[index] is Code.SAME

    def add_same(self, data: bytes, start: int, end: int) -> None:
        """Add a part that is the same in the parent, unless it is empty."""
        if start < end:
            self.add(data[start:end], start, end, Code.SAME)

    def add_all_same(self, data: bytes, spans: Sequence[Span]) -> None:
        """Add parts that are the same in the parent; none of them empty. One by one costs twice as much."""
        self.datas += [data[start:end] for start, end in spans]
        self.spans += spans
        self.codes += [Code.SAME] * len(spans)


class EvenParts(Parts):
    """
    What ``re.split`` gave, with every second piece replaced; where each stands is worked out when needed.

    Args:
        pieces: A piece that stays, one that is replaced, one that stays, and so on, as in the parent.
        replacements: For every second piece.
        start: Where the first piece begins in the parent.
    """

    def __init__(self, pieces: list[bytes], replacements: list[bytes], start: int = 0) -> None:
        self._pieces = pieces
        self._start = start
        self.datas = pieces.copy()
        self.datas[1::2] = replacements
        self.cut = set()

    def extent(self) -> Span:
        return self._start, self._start + sum(map(len, self._pieces))

    def is_same(self, index: int) -> bool:
        return not index & 1

    @cached_property
    def spans(self) -> list[Span]:  # type: ignore[override]
        """Where each comes from in the parent."""
        return list(pairwise(accumulate(map(len, self._pieces), initial=self._start)))

    @cached_property
    def codes(self) -> list[Code]:  # type: ignore[override]
        """How each is written there."""
        return [Code.WHOLE if number & 1 else Code.SAME for number in range(len(self.datas))]


class View:
    """Parts, one after the other, with ``joint`` between them."""

    def __init__(
        self, parts: Parts, parent: "View | None", *, joint: bytes = b"", is_apart: bool = False
    ) -> None:
        self._parent = parent
        self._stay_apart = is_apart
        self._parts = parts
        self._joint = len(joint)
        self.data = parts.join(joint)
        self.is_short: bool = len(self.data) < SHORT and (parent is None or parent.is_short)
        """Whether this is a short text, or the reading of one: then rare disguises are looked for as well."""
        self.may_have_records: bool = parent is None or parent.is_short
        """Whether the fields of its records are read: not where that was done."""

    @property
    def is_inner(self) -> bool:
        """Whether this is a reading, and not the text itself."""
        return self._parent is not None

    @property
    def is_apart(self) -> bool:
        """Whether what stands between the parts of this view, or of one it is a reading of, has to stay."""
        return self._stay_apart or (self._parent is not None and self._parent.is_apart)

    @cached_property
    def tokens(self) -> list[Span]:
        """The long words of this view."""
        return long_tokens(self.data)

    @cached_property
    def fresh_tokens(self) -> list[Span]:
        """Those that are not the same in the parent, where they were read already."""
        if self._parent is None:
            return self.tokens
        return [span for span in self.tokens if not self._is_same(*span)]

    def _is_same(self, start: int, end: int) -> bool:
        """Whether a word lies within a part, neighbours and all, that is as it is in the parent."""
        index = bisect_right(self._starts, start) - 1
        offset = self._starts[index]
        return offset < start and end < offset + len(self._parts.datas[index]) and self._parts.is_same(index)

    def leave_out(self, findings: Iterable[Finding]) -> None:
        """Forget the long words inside these: they are replaced whole, whatever else they may be."""
        spans = sorted((found.start, found.end) for found in findings)
        starts = [start for start, _ in spans]
        kept = []
        for start, end in self.tokens if spans else ():
            at = bisect_right(starts, start) - 1
            if at < 0 or spans[at][1] < end:
                kept.append((start, end))
        if spans:
            self.tokens = kept

    @cached_property
    def signs(self) -> frozenset[Sign]:
        """What hints at further readings."""
        return signs_in(self.data, is_inner=self.is_inner, is_short=self.is_short)

    @property
    def is_utf8(self) -> bool:
        """Whether it is text; what comes out of chance words hardly ever is."""
        try:
            self.data.decode()
        except UnicodeDecodeError:
            return False
        return True

    @cached_property
    def extent(self) -> Span:
        """Where the first part begins in the original text, and where the last one ends."""
        start, end = self._parts.extent()
        parent = self._parent
        if parent is None or start >= end:
            return start, end
        return parent.origin(start, end)

    @cached_property
    def _starts(self) -> list[int]:
        joint = self._joint
        return list(accumulate((len(data) + joint for data in self._parts.datas[:-1]), initial=0))

    def spans(self, *, only_cut: bool) -> list[Span]:
        """Where the parts, or those that were cut, stand in the original text."""
        if only_cut and not self._parts.cut:
            return []
        spans = self._parts.spans
        chosen = [spans[i] for i in sorted(self._parts.cut)] if only_cut else spans
        parent = self._parent
        return [parent.origin(*span) if parent else span for span in chosen if span[0] < span[1]]

    def origin(self, start: int, end: int) -> Span:
        """Where ``[start, end)`` of this view stands in the original text; ``start < end``."""
        low, _ = self._place(start, start + 1)
        _, high = self._place(end - 1, end)
        return self._parent.origin(low, high) if self._parent else (low, high)

    def origins(self, start: int, end: int) -> list[Span]:
        """
        The same, each piece by itself where parts come from places that have nothing to do with each other.

        Chance makes a secret seem to go on in the next part: a few bytes of that are left out.
        """
        pieces = self._pieces(start, end)
        parent = self._parent
        return [span for piece in pieces for span in parent.origins(*piece)] if parent else pieces

    def _pieces(self, start: int, end: int) -> list[Span]:
        first, last = bisect_right(self._starts, start) - 1, bisect_right(self._starts, end - 1) - 1
        if first == last:
            # What lies within one of the parts that stand apart was found there.
            return [] if self._stay_apart else [self._place(start, end)]
        pieces = [piece for index in range(first, last + 1) if (piece := self._piece(index, start, end))]
        if self._stay_apart or self._parent is None:
            # A form begins where its first characters are: only behind its end chance adds to it.
            pieces = _without_last_stray(pieces)
            return [(low, high) for low, high, _ in pieces] if len(pieces) > 1 else []
        pieces = _merged(pieces, _BREAK, self._parent.data)
        return [(low, high) for low, high, _ in _merged(_without_strays(pieces), NEAR, self._parent.data)]

    def _piece(self, index: int, start: int, end: int) -> _Piece | None:
        """What of ``[start, end)`` lies in a part; None for nothing, and where a part stands for nothing."""
        offset = self._starts[index]
        low, high = max(start - offset, 0), min(end - offset, len(self._parts.datas[index]))
        if low >= high:
            return None
        begin, behind = _located(self._parts, index, low, high)
        return (begin, behind, high - low) if begin < behind else None

    def _place(self, start: int, end: int) -> Span:
        index = max(0, bisect_right(self._starts, start) - 1)
        offset = self._starts[index]
        return _located(self._parts, index, start - offset, end - offset)


def _without_strays(pieces: list[_Piece]) -> list[_Piece]:
    """Without what chance added at either end of a long piece."""
    pieces = _without_last_stray(pieces)
    if len(pieces) > 1 and pieces[0][2] <= _STRAYS < _SURE <= pieces[1][2]:
        pieces = pieces[1:]
    return pieces


def _without_last_stray(pieces: list[_Piece]) -> list[_Piece]:
    return pieces[:-1] if len(pieces) > 1 and pieces[-1][2] <= _STRAYS < _SURE <= pieces[-2][2] else pieces


def _merged(pieces: list[_Piece], gap: int, data: bytes) -> list[_Piece]:
    """Pieces that stand no further apart than ``gap`` as one, unless the name of a field is between them."""
    merged: list[_Piece] = []
    for low, high, size in pieces:
        if (
            merged
            and merged[-1][0] <= low <= merged[-1][1] + gap
            and data.find(_NAME_ENDS, merged[-1][1], low) < 0
        ):
            merged[-1] = merged[-1][0], max(merged[-1][1], high), merged[-1][2] + size
        else:
            merged.append((low, high, size))
    return merged


def _located(parts: Parts, index: int, low: int, high: int) -> Span:
    """Where ``[low, high)`` of a part stands in the parent."""
    start, end = parts.spans[index]
    match parts.codes[index]:
        case Code.SAME:
            return start + low, start + high
        case Code.HEX:
            return start + 2 * low, start + 2 * high
        case Code.BASE64:
            # The last byte takes the padding with it.
            is_last = high >= len(parts.datas[index])
            return start + low * 4 // 3, end if is_last else start + -(-high * 4 // 3)
        case Code.EVEN:
            width, rest = divmod(end - start, len(parts.datas[index]))
            return (start, end) if rest or not width else (start + low * width, start + high * width)
        case Code.REVERSED:
            return end - high, end - low
        case Code.WHOLE:
            return start, end


def original(data: bytes) -> View:
    """The text as it is."""
    parts = Parts()
    parts.add(data, 0, len(data), Code.SAME)
    return View(parts, None)
