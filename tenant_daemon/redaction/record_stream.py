"""
Redaction of a stream of records as it goes over the wire: server-sent events and lines of JSON.

``data: {"delta": "kV9m"}`` and ``data: {"delta": "Q2xL"}`` say nothing by themselves, and what stands between
the two is longer than a secret. So each text that is told over many records has a stream redactor of its own,
and a record is passed on once nothing in it can become part of a secret any more. Records in which nothing
was found go on as they came; everything goes through the redactor of a plain stream as well.
"""

import json
import re
from collections import deque
from collections.abc import Hashable, Iterator

import orjson

from tenant_daemon.redaction.redactor import Redactor
from tenant_daemon.redaction.stream import MAX_HELD

_RECORD = re.compile(r"(data: ?)?(\{[^\r\n]*\})([ \t]*\r?\n?)")
_MAY_BEGIN = re.compile(r"(?:data: ?|)(?:\{.*)?|d(?:a(?:ta?)?)?", re.DOTALL)
_TOLD_IN_PIECES = re.compile(
    r"(?:text|content|value|data|chunk|part|piece|line|delta|body|arguments|json|reasoning|thinking|refusal"
    r"|transcript|response|output|token|completion|answer|message|summary|input|result)$"
)
"""How the names of fields end of which every record brings a piece."""
_MOST_PLACES = 64
_DEEPEST = 12
_Place = tuple[Hashable, ...]
"""The names on the way to a text, and the numbers of what it belongs to."""


class _Piece:
    """A string of a record, and what became of it so far."""

    def __init__(self, record: "_Record", holder: dict[str, object], name: str, text: str) -> None:
        self.record = record
        self.data = text.encode("utf-8", "surrogatepass")
        self.position = 0
        self._holder, self._name = holder, name
        self._told: list[bytes] = []

    def move(self, size: int, told: bytes | None) -> None:
        """The next ``size`` bytes are told, as they are or as ``told``."""
        end = self.position + size
        self._told.append(self.data[self.position : end] if told is None else told)
        self.position = end
        if told is not None:
            self.record.is_changed = True
        if end == len(self.data):
            self.record.waits_for -= 1
            self._holder[self._name] = b"".join(self._told).decode("utf-8", "surrogatepass")


class _Record:
    """A part of the stream that is passed on in its turn."""

    def __init__(self, raw: str, head: str = "", value: object = None, end: str = "") -> None:
        self._raw, self._head, self._value, self._end = raw, head, value, end
        self.waits_for = 0
        """So many of its strings may still become part of a secret."""
        self.is_changed = False

    def written(self) -> str:
        """The record as it goes on."""
        if not self.is_changed:
            return self._raw
        separators = (", ", ": ") if '": ' in self._raw else (",", ":")
        told = json.dumps(self._value, ensure_ascii=self._raw.isascii(), separators=separators)
        return f"{self._head}{told}{self._end}"


class _Text:
    """What is told in one place, record after record."""

    def __init__(self, redactor: Redactor) -> None:
        self._stream = redactor.stream()
        self._stream.moves = []
        self._pieces: deque[_Piece] = deque()

    def feed(self, piece: _Piece, text: str) -> None:
        """Take the next piece."""
        self._pieces.append(piece)
        self._stream.feed(text)
        self._move()

    def pause(self) -> None:
        """Another text goes on."""
        self._stream.pause()
        self._move()

    def finish(self) -> None:
        """No more will come."""
        self._stream.finish()
        self._move()

    def _move(self) -> None:
        moves, self._stream.moves = self._stream.moves or [], []
        for size, told in moves:
            left, instead = size, told
            while left:
                piece = self._pieces[0]
                taken = min(left, len(piece.data) - piece.position)
                piece.move(taken, instead)
                # A placeholder stands where what it replaces began.
                left, instead = left - taken, None if told is None else b""
                if piece.position == len(piece.data):
                    self._pieces.popleft()


class RecordStreamRedactor:
    """As ``StreamRedactor``, for a stream that may consist of records, or of plain text, or of both."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._plain = redactor.stream()
        self._texts: dict[_Place, _Text] = {}
        self._waiting: deque[_Record] = deque()
        self._line = ""
        """The beginning of a line that may become a record."""
        self._is_inside = False
        """Whether what comes next goes on with a line that is none."""

    def feed(self, text: str) -> str:
        """What can be released now that ``text`` has arrived."""
        return self._plain.feed("".join(self._read(text)))

    def finish(self) -> str:
        """The rest, when no more will come."""
        rest = [*self._take(self._line), *self._released(is_end=True)]
        return self._plain.feed("".join(rest)) + self._plain.finish()

    def _read(self, text: str) -> Iterator[str]:
        *lines, last = (self._line + text).split("\n")
        self._line = ""
        for line in lines:
            yield from self._take(line + "\n")
            self._is_inside = False
        if not self._is_inside and len(last) <= MAX_HELD and _MAY_BEGIN.fullmatch(last):
            self._line = last
        elif last:
            yield from self._take(last)
            self._is_inside = True

    def _take(self, line: str) -> Iterator[str]:
        found = None if self._is_inside else _RECORD.fullmatch(line)
        value = _parsed(found[2]) if found else None
        if found is None or value is None:
            self._waiting.append(_Record(line))
        else:
            record = _Record(line, found[1] or "", value, found[3])
            self._waiting.append(record)
            self._feed(record, value)
        yield from self._released()

    def _feed(self, record: _Record, value: dict[str, object]) -> None:
        strings = list(_strings(value, (), 0))
        if len(self._texts) > _MOST_PLACES:
            self._end()
        current = {place for place, _, _, _ in strings}
        for place, other in self._texts.items():
            if place not in current:
                other.pause()
        record.waits_for = len(strings)
        for place, holder, name, text in strings:
            if place not in self._texts:
                self._texts[place] = _Text(self._redactor)
            self._texts[place].feed(_Piece(record, holder, name, text), text)

    def _released(self, *, is_end: bool = False) -> Iterator[str]:
        if is_end:
            self._end()
        while self._waiting and not self._waiting[0].waits_for:
            yield self._waiting.popleft().written()

    def _end(self) -> None:
        for text in self._texts.values():
            text.finish()
        self._texts.clear()


def _parsed(text: str) -> dict[str, object] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _strings(
    value: object, place: _Place, depth: int
) -> Iterator[tuple[_Place, dict[str, object], str, str]]:
    """The strings of a record that are pieces of texts: where they belong, and where they stand."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strings(item, (*place, number), depth + 1)
    elif isinstance(value, dict):
        numbers = tuple(
            item
            for name, item in value.items()
            if isinstance(item, int | str) and (name == "item_id" or name.endswith("index"))
        )
        # The place in a list says less than the number that an item has.
        is_numbered = numbers and place and isinstance(place[-1], int)
        place = (*(place[:-1] if is_numbered else place), *numbers)
        for name, item in value.items():
            if isinstance(item, str):
                if item and _TOLD_IN_PIECES.search(name):
                    yield (*place, name), value, name, item
            else:
                yield from _strings(item, (*place, name), depth + 1)
