"""
Where the forms of a set of secrets begin, searched with one pass of an engine.

The forms are kept in columns: a vault of 5,000 secrets has 200,000 of them, and as many objects would make
every collection of the interpreter slow.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain

from tenant_daemon.redaction.engines import LiteralEngine, best_engine
from tenant_daemon.redaction.forms import encoded_forms, plain_form, rare_forms

ANCHOR = 8
"""Characters of a form that the engine searches for."""
SHORTEST_ANCHOR = 7
"""The same of secrets that have few more: most of such a secret is shown by all characters but one."""
SHORTEST_FORM = 6
LEAST_PART = 9
"""Characters that a part of a secret has at least: shorter ones occur by chance."""
LEAST_ENCODED_PART = 12
"""The same of an encoding."""
_HEX_DIGITS = b"0123456789abcdef"
_CROWD = 8
"""Forms of one anchor, such as the codes of one letter, from which on they are told apart by more of it."""

_HEAD = 3
"""Characters by which nearly all words are told that begin no form."""
_FEW = 1_000
"""Secrets up to which the rarest forms are searched for as well."""

PLAIN, TAIL, ENCODED, MIDDLE = range(4)
"""
The secret itself; its end, for where the beginning was cut off; it in an encoding; what lies in its middle,
for where both ends were cut off.
"""
_HAS_MIDDLE = 2 * ANCHOR
"""Characters from which on less than an anchor may be left at either end."""

_FROM_BEGINNING = frozenset({PLAIN, ENCODED})

Form = tuple[int, int, bytes]
"""Number of the secret, one of the four above, and the projected form."""
EngineMaker = Callable[[Sequence[bytes]], LiteralEngine]


class FormIndex:
    """The forms of these secrets. Immutable, safe to use from several threads."""

    def __init__(self, values: Sequence[str], engine: EngineMaker = best_engine) -> None:
        self.values = tuple(values)
        by_anchor: dict[bytes, list[Form]] = {}
        self.longest = 0
        for form in _all_forms(values, is_thorough=len(values) <= _FEW):
            by_anchor.setdefault(_anchor(form), []).append(form)
            self.longest = max(self.longest, len(form[2]))
        self._anchors = list(by_anchor)
        # Tuples of plain values are left out by the collector once it has seen them; lists never are.
        self._forms = [tuple(by_anchor[anchor]) for anchor in self._anchors]
        self._crowds = {
            index: _by_beginning(forms) for index, forms in enumerate(self._forms) if len(forms) >= _CROWD
        }
        self.engine = engine(self._anchors)

    def find(self, projected: bytes) -> Iterator[tuple[Form, int, int]]:
        """
        Every form whose anchor is in ``projected``, and where the anchor stands.

        Without those encodings of which less than ``LEAST_ENCODED_PART`` characters are there.
        """
        crowds = self._crowds
        for index, end in self.engine.find(projected):
            start = end - len(self._anchors[index])
            forms = self._forms[index]
            if index in crowds:
                crowd = crowds[index]
                forms = crowd[b""] + crowd.get(projected[start : start + LEAST_ENCODED_PART], ())
            for form in forms:
                yield form, start, end

    def find_open(self, projected: bytes) -> Iterator[tuple[Form, int]]:
        """Every form whose anchor is in ``projected`` and which goes on to its end, and where it begins."""
        if len(projected) < SHORTEST_FORM:
            return
        for index, end in self.engine.find(projected):
            start = end - len(self._anchors[index])
            for form in self._forms[index]:
                if form[1] in _FROM_BEGINNING and form[2].startswith(projected[start:]):
                    yield form, start

    def begun(self, projected: bytes) -> int:
        """How many of the last characters may be the beginning of an anchor that is not there whole."""
        for length in range(min(ANCHOR - 1, len(projected)), 0, -1):
            part = projected[-length:]
            if part[:_HEAD] in self._heads and self._has_beginning(part):
                return length
        return 0

    def _has_beginning(self, part: bytes) -> bool:
        at = bisect_left(self._sorted_anchors, part)
        return at < len(self._sorted_anchors) and self._sorted_anchors[at].startswith(part)

    @cached_property
    def _heads(self) -> frozenset[bytes]:
        return frozenset(anchor[:length] for anchor in self._sorted_anchors for length in range(1, _HEAD + 1))

    @cached_property
    def _sorted_anchors(self) -> list[bytes]:
        return sorted(
            anchor
            for anchor, forms in zip(self._anchors, self._forms, strict=True)
            if any(kind in _FROM_BEGINNING for _, kind, _ in forms)
        )


def _by_beginning(forms: Iterable[Form]) -> dict[bytes, tuple[Form, ...]]:
    """Forms that share an anchor, the long encodings by more of their beginning; the others under nothing."""
    crowd: dict[bytes, tuple[Form, ...]] = {b"": ()}
    for form in forms:
        _, kind, projected = form
        is_long = kind == ENCODED and len(projected) >= LEAST_ENCODED_PART
        beginning = projected[:LEAST_ENCODED_PART] if is_long else b""
        crowd[beginning] = (*crowd.get(beginning, ()), form)
    return crowd


def middle_of(projected: bytes) -> int:
    """Where the anchor in the middle of a form begins."""
    return (len(projected) - ANCHOR) // 2


def _anchor(form: Form) -> bytes:
    _, kind, projected = form
    if kind == MIDDLE:
        return projected[(start := middle_of(projected)) : start + ANCHOR]
    size = ANCHOR
    if kind != ENCODED and len(projected) == ANCHOR:
        size = SHORTEST_ANCHOR
    return projected[-size:] if kind == TAIL else projected[:size]


def _all_forms(values: Sequence[str], *, is_thorough: bool) -> Iterator[Form]:
    for index, value in enumerate(values):
        plain = plain_form(value)
        seen = {plain}
        if len(plain) >= SHORTEST_FORM:
            yield index, PLAIN, plain
            if len(plain) > SHORTEST_ANCHOR:
                yield index, TAIL, plain
            if len(plain) >= _HAS_MIDDLE:
                yield index, MIDDLE, plain
        for projected in chain(encoded_forms(value), rare_forms(value) if is_thorough else ()):
            # Six characters of what is left of ascii85 may also be three letters of any dump.
            least = SHORTEST_FORM if projected.translate(None, _HEX_DIGITS) else ANCHOR
            if len(projected) >= least and projected not in seen:
                seen.add(projected)
                yield index, ENCODED, projected
