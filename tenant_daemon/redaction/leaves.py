"""
The strings of a JSON value, in document order, and how they are put back afterwards.

In columns and not as an object per string: a request has hundreds of them, and most are never touched.
"""

from collections.abc import Iterator
from enum import IntEnum

from tenant_daemon.redaction.protocol_fields import (
    BEFORE_MEDIA,
    has_meaning,
    is_identifier,
    is_label,
    is_opaque,
)

Parent = dict[str, object] | None
_SHORTEST_NUMBER = 100_000
_MOST_COLUMNS = 40
_LONGEST_CODE = 0x10FFFF
_BYTES, _OTHER_CHOICES = "bytes", "top_logprobs"
"""Fields of the tokens of an answer, whose likelihoods were asked for."""


class LeafKind(IntEnum):
    """How a string is treated."""

    TEXT = 0
    KEY = 1
    """The name of a field."""
    IDENTIFIER = 2
    """A protocol id: long and random by design, so entropy means nothing."""
    LABEL = 3
    """What a part of a message is (``role``, ``type``): stands between texts without separating them."""
    OPAQUE = 4
    """Must return unchanged (signatures, media): only what the vault knows is taken out."""
    NUMBER = 5
    """A number, written out: a secret may be one."""


_TEXT, _KEY, _NUMBER = LeafKind.TEXT, LeafKind.KEY, LeafKind.NUMBER


class Leaves:
    """Every string of a value, field names and long numbers included."""

    def __init__(self, value: object) -> None:
        self.texts: list[str] = []
        self.kinds: list[LeafKind] = []
        self.keys: list[str] = []
        """The name of the nearest field above each."""
        self.parents: list[Parent] = []
        """The object that holds each as a field's value."""
        self.columns: dict[int, int] = {}
        """The place in its list of each string of a list in a list, as the rows of a table are written."""
        self.units = [0]
        """
        Where the units begin, as leaf indexes: the items of the lists at the top (the messages, the tools),
        and what stands between such lists.
        """
        self._meanings: dict[str, bool] = {}
        self._take(value, "", None, 0)
        self.encoded = _encoded(self.texts)

    @property
    def size(self) -> int:
        """Bytes of all strings together."""
        return sum(map(len, self.encoded))

    def unit_bounds(self) -> Iterator[tuple[int, int]]:
        """The first leaf of each unit and the one behind its last."""
        ends = [*self.units[1:], len(self.texts)]
        return ((start, end) for start, end in zip(self.units, ends, strict=True) if start < end)

    def _add(self, text: str, kind: LeafKind, key: str, parent: Parent) -> None:
        self.texts.append(text)
        self.kinds.append(kind)
        self.keys.append(key)
        self.parents.append(parent)

    def _take(self, value: object, key: str, parent: Parent, depth: int) -> None:
        # What occurs most comes first.
        if isinstance(value, str):
            # A member of an enumeration is a string of a class of its own, which no digest can be made of.
            self._add(str.__str__(value), self._kind_of(value, key, parent), key, parent)
        elif isinstance(value, dict):
            self._take_object(value, depth)
        elif isinstance(value, list):
            self._take_list(value, key, parent, depth)
        elif is_number(value):
            self._add(str(value), _NUMBER, key, None)

    def _take_object(self, value: dict[str, object], depth: int) -> None:
        texts, kinds, keys, parents = self.texts, self.kinds, self.keys, self.parents
        for name, item in value.items():
            if type(item) is str:
                # Two at once: that is where the time goes.
                texts += (name, item)
                kinds += (_KEY, self._kind_of(item, name, value))
                keys += (name, name)
                parents += (None, value)
            else:
                self._add(name, _KEY, name, None)
                if item is not None:
                    self._take(item, name, value, depth + 1)

    def _take_list(self, items: list[object], key: str, parent: Parent, depth: int) -> None:
        codes = _spelled_out(items, key)
        if codes is not None:
            self._add(codes, _TEXT, key, None)
            return
        first = len(self.texts)
        for item in items:
            if depth <= 1:
                self.units.append(len(self.texts))
            if type(item) is list and len(item) <= _MOST_COLUMNS:
                self._take_row(item, key, depth + 1)
                continue
            self._take(item, key, parent if isinstance(item, str) else None, depth + 1)
        if depth <= 1:
            self.units.append(len(self.texts))
        if key == _OTHER_CHOICES:
            # What the model might have written stands apart from what it wrote.
            self.columns.update((index, 1) for index in range(first, len(self.texts)))

    def _take_row(self, items: list[object], key: str, depth: int) -> None:
        first = len(self.texts)
        self._take_list(items, key, None, depth)
        if len(self.texts) - first == len(items):
            self.columns.update((first + column, column) for column in range(len(items)))

    def _kind_of(self, text: str, key: str, parent: Parent) -> LeafKind:
        means = self._meanings.get(key)
        if means is None:
            means = self._meanings[key] = has_meaning(key)
        return kind_of(text, key, parent) if means or text[:1] in BEFORE_MEDIA else _TEXT


def kind_of(text: str, key: str, parent: Parent) -> LeafKind:
    """How the string of a field is treated."""
    if is_opaque(text, key, parent):
        return LeafKind.OPAQUE
    if is_label(text, key):
        return LeafKind.LABEL
    return LeafKind.IDENTIFIER if is_identifier(text, key, parent) else _TEXT


def _encoded(texts: list[str]) -> list[bytes]:
    try:
        return list(map(str.encode, texts))
    except UnicodeEncodeError:
        return [text.encode("utf-8", "surrogatepass") for text in texts]


def is_number(value: object) -> bool:
    """Whether a value is a number long enough to be a secret."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _SHORTEST_NUMBER


def _spelled_out(items: list[object], key: str) -> str | None:
    """The text behind a list of character codes, ``[104, 105, ...]``, and behind the bytes of a token."""
    if key == _BYTES:
        return _from_bytes(items)
    if (
        len(items) < 6
        or type(items[0]) is not int
        or not all(type(item) is int and 9 <= item <= _LONGEST_CODE for item in items)
    ):
        return None
    codes = [item for item in items if isinstance(item, int)]
    return None if any(0xD800 <= code < 0xE000 for code in codes) else "".join(map(chr, codes))


def _from_bytes(items: list[object]) -> str | None:
    """The text behind bytes; a character may be cut at the end of a token."""
    codes = [item for item in items if type(item) is int and 0 <= item < 256]
    if not codes or len(codes) < len(items):
        return None
    raw = bytes(codes)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def rebuilt(value: object, texts: Iterator[str], key: str = "") -> object:
    """``value`` with its strings replaced by ``texts``, in the order of ``Leaves``."""
    if isinstance(value, str):
        return next(texts)
    if isinstance(value, dict):
        return {next(texts): rebuilt(item, texts, name) for name, item in value.items()}
    if isinstance(value, list):
        codes = _spelled_out(value, key)
        if codes is not None:
            text = next(texts)
            if text == codes:
                return value
            return list(text.encode()) if key == _BYTES else [text]
        return [rebuilt(item, texts, key) for item in value]
    if is_number(value):
        text = next(texts)
        return value if text == str(value) else text
    return value
