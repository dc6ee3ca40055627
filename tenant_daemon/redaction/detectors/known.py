"""
Layer 1: the secrets of this server's own vault, in any disguise.

Reason: only this layer knows for certain. It searches the projection of a text (``projection.py``) for the
first characters of every form of every secret (``forms.py``), and then looks how far the form goes on: so a
secret that was cut off is found as well, as long as what is left reveals most of it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from tenant_daemon.contracts.references import reference_to
from tenant_daemon.redaction.detectors.agreement import common_prefix, common_suffix
from tenant_daemon.redaction.detectors.fielded import pieces_over_strings
from tenant_daemon.redaction.detectors.folded import FoldedSecrets
from tenant_daemon.redaction.detectors.form_index import (
    ANCHOR,
    ENCODED,
    LEAST_ENCODED_PART,
    LEAST_PART,
    MIDDLE,
    PLAIN,
    SHORTEST_FORM,
    TAIL,
    EngineMaker,
    Form,
    FormIndex,
)
from tenant_daemon.redaction.detectors.middle import middle_part
from tenant_daemon.redaction.detectors.punctuated import PunctuatedSecrets
from tenant_daemon.redaction.detectors.resumed import resumed
from tenant_daemon.redaction.detectors.slipped import find_separated, short_pattern
from tenant_daemon.redaction.detectors.values import Around, values_of
from tenant_daemon.redaction.engines import best_engine
from tenant_daemon.redaction.findings import Finding, Layer
from tenant_daemon.redaction.forms import plain_form
from tenant_daemon.redaction.projection import Projection, is_kept
from tenant_daemon.redaction.text_size import size_of

_LONG_ENOUGH = 16
"""From this length on a projected match alone is proof; below, the characters between are looked at."""
_LONG_ENOUGH_FOREIGN = 10
"""
The same of secrets with letters from elsewhere, which the projection leaves out: programs that take them for
those of another encoding, or for none, show anything in their places.
"""
_MOST = 0.5
_MOST_OF_BEGINNING = 0.4
_MOST_OF_SHORT = 0.6
"""The share of a secret that counts as revealing it."""
_LEAST_LETTERS = 12
"""Characters of a part that has no digit, so may be words."""
_CAPITAL_INSIDE = re.compile("[a-z][A-Z](?![a-z]{2})")
_NAME = re.compile("[A-Z]?[a-z]+(?:[A-Z][a-z]+)*|[A-Z]+")
_LEAST_CAPITALS = 2
"""Capitals behind small letters that begin no word: a part of such a secret is no word either."""
_MOST_STRAYS = 3
_STRUCTURE = frozenset(b"\"'`[]{}<>()")
_SHORT = 11
"""Bytes of a secret whose base64 has less characters than long words (``tokens.py``)."""
_LEAST_MARKS, _LONG = 2, 24
_MOST_FRESH = 200
_LONGEST_GAP = 400
_MARGIN = 48

# How an encoded form begins or ends outside its letters and digits.
_LEAD_IN = re.compile(rb"(?:\\+(?:x|u\{?|U)?|&#x?0*|(?:%25|%)+u?|0x|U\+|[=&#])$", re.IGNORECASE)
_MARKS = frozenset({b"=", b"%"})
_PADDING = re.compile(rb"={1,2}")
_LONGEST_ENTITY = 10


@dataclass(frozen=True)
class KnownSecret:
    """A secret that the vault holds."""

    name: str
    value: str

    def __repr__(self) -> str:
        return f"KnownSecret({self.name!r})"


class _Secret:
    """What the search has to know of a secret."""

    __slots__ = (
        *("before", "behind", "is_foreign", "is_long", "is_punctuated", "is_scrambled", "is_unprojectable"),
        *("lead", "name", "raw", "trail", "value"),
    )

    def __init__(self, name: str, value: str, around: Around = (b"", b"")) -> None:
        self.name = name
        self.value = value
        self.before, self.behind = around
        self.raw = value.encode("utf-8", "surrogatepass")
        size = len(plain_form(value))
        self.is_long = size >= _LONG_ENOUGH
        self.is_foreign = size >= _LONG_ENOUGH_FOREIGN and not value.isascii()
        self.is_unprojectable = size < SHORTEST_FORM
        self.is_scrambled = len(_CAPITAL_INSIDE.findall(value)) >= _LEAST_CAPITALS
        self.is_punctuated = size < _LONG and len(self.raw) - size >= _LEAST_MARKS
        kept = [place for place, byte in enumerate(self.raw) if is_kept(byte)]
        self.lead = self.raw[: kept[0]] if kept else b""
        self.trail = self.raw[kept[-1] + 1 :] if kept else b""


class KnownDetector:
    """
    Finds the given secrets. Immutable, safe to use from several threads.

    With ``previous``, what was built for an earlier state of the vault is used again: only secrets that are
    new have their forms worked out, and those that are gone are passed over when they are found.
    """

    def __init__(
        self,
        secrets: Iterable[KnownSecret],
        engine: EngineMaker = best_engine,
        *,
        previous: "KnownDetector | None" = None,
    ) -> None:
        before: Mapping[str, _Secret] = previous._secrets if previous else {}
        self._secrets: dict[str, _Secret] = {}
        for name, value, around in values_of(secrets):
            known = before.get(value)
            is_same = known and (known.name, known.before, known.behind) == (name, *around)
            self._secrets[value] = known if known and is_same else _Secret(name, value, around)
        self._folded = FoldedSecrets(
            [(s.name, s.value) for s in self._secrets.values() if s.is_unprojectable], short_pattern
        )
        self._punctuated = PunctuatedSecrets(
            [(s.name, s.value) for s in self._secrets.values() if s.is_punctuated], engine
        )
        leads = {
            lead for secret in self._secrets.values() if len(lead := secret.before + secret.lead) <= _MARGIN
        }
        self._leads = tuple(leads - {b""})
        self._begun_leads = tuple({lead[:length] for lead in leads for length in range(1, len(lead) + 1)})
        self._indexes: tuple[FormIndex, ...] = _indexes(
            self._secrets, previous._indexes if previous else (), engine
        )
        self.longest_form = max((index.longest for index in self._indexes), default=0)
        self.has_short: bool = any(len(secret.raw) <= _SHORT for secret in self._secrets.values())

    def find(self, data: bytes) -> list[Finding]:
        """Where known secrets stand in ``data`` (UTF-8)."""
        findings = list(self._folded.find(data)) if self._folded else []
        if self._punctuated:
            findings.extend(self._punctuated.find(data))
        projection = Projection(data)
        text = projection.data
        middles: list[Finding] = []
        has_strings = b'"' in data or b"'" in data
        for index in self._indexes:
            whole: tuple[int, int] | None = None
            for form, start, end in index.find(text):
                number, kind, projected = form
                # The end of a secret that was just found whole tells nothing new.
                if kind == TAIL and (number, end) == whole:
                    continue
                secret = self._secrets.get(index.values[number])
                if secret is None:
                    continue
                if kind == MIDDLE:
                    if part := middle_part(form, text, start, is_scrambled=secret.is_scrambled):
                        middles.append(_finding(data, *projection.origin(*part), secret))
                    continue
                if finding := _check(data, projection, form, secret, start, end):
                    findings.append(finding)
                    if kind == PLAIN and text.startswith(projected, start):
                        whole = number, start + len(projected)
                if has_strings and (kind == ENCODED or secret.is_long):
                    findings += pieces_over_strings(data, projection, form, secret.name, start, end)
                # The anchors of codes are there by chance, in some texts thousands of times.
                if kind != ENCODED or text.startswith(projected[:LEAST_PART], start):
                    findings += resumed(projection, form, secret.name, start, end)
        # A secret that holds another one is not there because that one is.
        return findings + [
            part for part in middles if all(f.end <= part.start or part.end <= f.start for f in findings)
        ]

    def open_end(self, data: bytes) -> int | None:
        """
        Where a secret may begin whose end is not in ``data`` yet; None when nothing is open.

        For streams: what stands before it cannot become part of a secret whatever comes next.
        """
        projection = Projection(data)
        text = projection.data
        opens: list[int] = []
        shift = max(0, len(text) - 2 * self.longest_form)
        tail = text[shift:]
        for index in self._indexes:
            opens += (shift + start for _, start in index.find_open(tail))
        if begun := max((index.begun(text) for index in self._indexes), default=0):
            opens.append(len(text) - begun)
        places = [self._folded.open_end(data) if self._folded else None, _open_mark(data, self._begun_leads)]
        if opens:
            start = min(opens)
            opening = projection.origin(start, start + 1)[0]
            places += (_widened_start(data, opening), _open_mark(data[:opening], self._leads))
        return min((place for place in places if place is not None), default=None)


def _open_mark(data: bytes, marks: tuple[bytes, ...]) -> int | None:
    """Where the longest of these marks begins that ``data`` ends with."""
    if not data.endswith(marks):
        return None
    return len(data) - max(len(mark) for mark in marks if data.endswith(mark))


def _indexes(
    secrets: Mapping[str, _Secret], previous: Sequence[FormIndex], engine: EngineMaker
) -> tuple[FormIndex, ...]:
    """
    Indexes that cover all secrets, with as little work as will do.

    The large index of the past is kept and a small one takes what is new. It grows with each change, until
    it is worth one large index again; so is a large one of which half is gone.
    """
    base = previous[0] if previous else None
    if base is None or sum(value in secrets for value in base.values) * 2 < len(base.values):
        return (FormIndex(list(secrets), engine),)
    covered = set(base.values)
    fresh = [value for value in secrets if value not in covered]
    if not fresh:
        return (base,)
    if len(fresh) > _MOST_FRESH and len(fresh) * 4 > len(base.values):
        return (FormIndex(list(secrets), engine),)
    return base, FormIndex(fresh, engine)


def _check(
    data: bytes, projection: Projection, form: Form, secret: _Secret, start: int, end: int
) -> Finding | None:
    _, kind, projected = form
    if (kind == ENCODED or secret.is_long) and not _may_reveal(form, projection.data, start, end):
        return None
    if kind == TAIL:
        length = common_suffix(projected, projection.data, end)
        start = end - length
    else:
        length = common_prefix(projected, projection.data, start)
    is_part = length < len(projected)
    if is_part and kind != ENCODED and not secret.is_long:
        return _short_part(data, projection, (start, length), secret, is_tail=kind == TAIL)
    if is_part and length > _MOST_STRAYS and not _is_verbatim(data, projection, secret, start, length):
        start, length = _without_strays(data, projection, start, length, is_tail=kind == TAIL)
    origin_start, origin_end = projection.origin(start, start + length)
    if is_part and not _reveals(form, projection.data[start : start + length], secret):
        return None
    if kind != ENCODED:
        if not secret.is_long:
            found = _verified(projection.cleaned, origin_start, origin_end, secret.value, secret)
            if found or not secret.is_foreign:
                return found
        origin_start, origin_end = _with_punctuation(data, origin_start, origin_end, secret)
    else:
        origin_start = _widened_start(data, origin_start)
        origin_end = _widened_end(data, origin_end)
    return _finding(data, origin_start, origin_end, secret)


def _is_verbatim(data: bytes, projection: Projection, secret: _Secret, start: int, length: int) -> bool:
    """Whether a part stands there with all of the secret's own quotes and brackets."""
    begin, end = projection.origin(start, start + length)
    return data[begin:end] in secret.raw


def _without_strays(
    data: bytes, projection: Projection, start: int, length: int, *, is_tail: bool
) -> tuple[int, int]:
    """
    A part without the last characters at its open end that only chance made fit: they stand behind a quote
    or a bracket, in the next thing of the text.
    """
    low = start if is_tail else start + length - _MOST_STRAYS - 1
    begin, end = projection.origin(low, low + _MOST_STRAYS + 1)
    if _STRUCTURE.isdisjoint(data[begin:end]):
        return start, length
    for strays in range(_MOST_STRAYS, 0, -1):
        edge = start + strays if is_tail else start + length - strays
        (_, before), (behind, _) = projection.origin(edge - 1, edge), projection.origin(edge, edge + 1)
        if not _STRUCTURE.isdisjoint(data[before:behind]):
            return (edge, length - strays) if is_tail else (start, length - strays)
    return start, length


def _may_reveal(form: Form, text: bytes, start: int, end: int) -> bool:
    """Whether the least part of a form that ``_reveals`` accepts is there; most hits are chance."""
    _, kind, projected = form
    if kind == TAIL:
        return text.endswith(projected[-max(LEAST_PART, ceil(_MOST * len(projected))) :], 0, end)
    least = LEAST_ENCODED_PART if kind == ENCODED else LEAST_PART
    return text.startswith(projected[: max(least, ceil(_MOST_OF_BEGINNING * len(projected)))], start)


def _reveals(form: Form, part: bytes, secret: _Secret) -> bool:
    """Whether a part of a form gives most of the secret away."""
    _, kind, projected = form
    share = _MOST if kind == TAIL else _MOST_OF_BEGINNING
    least = LEAST_ENCODED_PART if kind == ENCODED else LEAST_PART
    if part.isalpha() and kind != ENCODED and not secret.is_scrambled:
        least = _LEAST_LETTERS
    elif kind == ENCODED and len(part) < len(projected):
        # As many characters as a code for each would show: ``6261636b7570`` may be a word of any text.
        shown = secret.raw[: len(part) * len(secret.raw) // len(projected)]
        if len(shown) < _LEAST_LETTERS and shown.isalpha() and not secret.is_scrambled:
            return False
    return len(part) >= max(least, share * len(projected))


def _finding(data: bytes, start: int, end: int, secret: _Secret) -> Finding:
    is_exact = data.startswith(secret.raw, start) and end - start == len(secret.raw)
    if is_exact:
        # A file that is kept as a secret ends with a line break, which is a part of it.
        start -= len(secret.before) if data.endswith(secret.before, 0, start) else 0
        end += len(secret.behind) if data.startswith(secret.behind, end) else 0
    return Finding(start, end, Layer.KNOWN, reference_to(secret.name), is_exact)


def _short_part(
    data: bytes, projection: Projection, part: tuple[int, int], secret: _Secret, *, is_tail: bool
) -> Finding | None:
    """The beginning or the end of a short secret: where its letters and digits begin, and how many."""
    trimmed = _without_strays(data, projection, *part, is_tail=is_tail) if part[1] > _MOST_STRAYS else part
    for start, length in dict.fromkeys((part, trimmed)):
        place = projection.origin(start, start + length)
        if found := _verified_part(projection, place, secret, length, is_tail=is_tail):
            return found
    return None


def _verified_part(
    projection: Projection, place: tuple[int, int], secret: _Secret, length: int, *, is_tail: bool
) -> Finding | None:
    kept = [i for i, character in enumerate(secret.value) if character.isascii() and character.isalnum()]
    if length >= len(kept):
        return None
    value = secret.value[kept[-length] :] if is_tail else secret.value[: kept[length - 1] + 1]
    if length < min(ANCHOR, len(kept) - 1) or len(value) < _MOST_OF_SHORT * len(secret.value):
        return None
    if length < ANCHOR and (value.isdigit() or _NAME.fullmatch(value)):
        return None  # A day, or the beginning of a word.
    if is_tail and value.isalpha() and (value[1:].islower() or value.isupper()):
        return None  # A word, perhaps.
    return _verified(projection.cleaned, *place, value, secret)


def _verified(data: bytes, start: int, end: int, value: str, secret: _Secret) -> Finding | None:
    """A short secret has to be there with all its punctuation, give or take what may be slipped in."""
    if end - start > _LONGEST_GAP:
        return None
    window_start = max(0, start - _MARGIN)
    plain = value.encode("utf-8", "surrogatepass")
    at = data.find(plain, max(window_start, start - len(plain) + 1), end + len(plain) - 1)
    if at >= 0:
        # What may be slipped in would also take the quote that stands behind one of its own.
        return _finding(data, at, at + len(plain), secret)
    # Half a character at the window's edge must not change the offsets.
    window = data[window_start : end + _MARGIN].decode("utf-8", "surrogateescape")
    for found in short_pattern(value).finditer(window):
        low = window_start + size_of(window[: found.start()])
        high = low + size_of(found.group())
        if low < end and start < high:
            return _finding(data, low, high, secret)
    if separated := find_separated(value, window):
        low = window_start + size_of(window[: separated[0]])
        high = low + size_of(window[slice(*separated)])
        return _finding(data, low, high, secret) if low < end and start < high else None
    return None


def _with_punctuation(data: bytes, start: int, end: int, secret: _Secret) -> tuple[int, int]:
    """The secret's own punctuation at both ends belongs to it."""
    lead, trail = secret.lead, secret.trail
    if lead and data.endswith(lead, 0, start):
        start -= len(lead)
    if trail and data.startswith(trail, end):
        end += len(trail)
    return start, end


def _widened_end(data: bytes, end: int) -> int:
    if data.startswith(b";", end):
        # The end of ``&#61;``; behind anything else it is no part of the secret.
        return end + (b"&" in data[max(0, end - _LONGEST_ENTITY) : end])
    padding = _PADDING.match(data, end)
    return padding.end() if padding else end


def _widened_start(data: bytes, start: int) -> int:
    lead_in = _LEAD_IN.search(data[max(0, start - 8) : start])
    if lead_in is None:
        return start
    mark = lead_in.group()
    if mark in _MARKS and data[start + 2 : start + 3] != mark:
        return start  # ``VALUE=``: no mark of an escape, since the next two digits have none.
    return start - len(mark)
