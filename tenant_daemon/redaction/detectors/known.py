"""
Layer 1: the secrets of this server's own vault, in any disguise.

Reason: only this layer knows for certain. It searches the projection of a text (``projection.py``) for the
first characters of every form of every secret (``forms.py``), and then looks how far the form goes on: so a
secret that was cut off is found as well, as long as what is left reveals most of it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tenant_daemon.redaction.engines import HyperscanLiterals, LiteralEngine
from tenant_daemon.redaction.findings import Finding, Layer, secret_ref
from tenant_daemon.redaction.forms import encoded_forms, plain_form
from tenant_daemon.redaction.projection import Projection, is_kept

ANCHOR = 8
"""Characters of a form that the engine searches for."""
SHORTEST_FORM = 6
_LONG_ENOUGH = 16
"""From this length on a projected match alone is proof; below, the characters between are looked at."""
_MOST = 0.5
_MOST_OF_BEGINNING = 0.4
_MOST_OF_SHORT = 0.6
"""The share of a secret that counts as revealing it."""
_LEAST_PART = 9
_LEAST_ENCODED_PART = 14
"""Characters that a part has at least: shorter ones occur by chance."""
_LONGEST_GAP = 400
_MARGIN = 48

# What may be slipped between the characters of a short secret: invisible characters, white space, and what
# joins pieces of a string in source code. Letters and digits never.
_SLIPPED_IN = (
    r"(?:[\s\x00-\x1f\x7f\u00a0\u00ad\u034f\u061c\u115f\u17b4\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    r"\ufe00-\ufe0f\ufeff\"'`+,\\.|_/*~-]|\\[nrt]|=\r?\n)*"
)

# How an encoded form begins or ends outside its letters and digits.
_LEAD_IN = re.compile(rb"(?:\\x|\\u|\\|&#x?0*|0x|[%=&#\\]|U\+)+$", re.IGNORECASE)
_LEAD_OUT = re.compile(rb"[;=]{1,2}")


@dataclass(frozen=True)
class KnownSecret:
    """A secret that the vault holds."""

    name: str
    value: str

    def __repr__(self) -> str:
        return f"KnownSecret({self.name!r})"


@dataclass(frozen=True, slots=True)
class _Form:
    secret: int
    projected: bytes
    is_plain: bool
    is_tail: bool = False
    """The anchor is the end of the secret: found where its beginning was cut off."""

    @property
    def anchor(self) -> bytes:
        return self.projected[-ANCHOR:] if self.is_tail else self.projected[:ANCHOR]


@dataclass(frozen=True, slots=True)
class _Secret:
    name: str
    value: str
    raw: bytes

    @property
    def is_long(self) -> bool:
        return len(plain_form(self.value)) >= _LONG_ENOUGH


class KnownDetector:
    """Finds the given secrets. Immutable, safe to use from several threads."""

    def __init__(
        self,
        secrets: Iterable[KnownSecret],
        engine: Callable[[Sequence[bytes]], LiteralEngine] = HyperscanLiterals,
    ) -> None:
        self._secrets = list(_with_lines(secrets))
        self._exact = [secret for secret in self._secrets if len(plain_form(secret.value)) < SHORTEST_FORM]
        by_anchor: dict[bytes, list[_Form]] = defaultdict(list)
        for form in self._all_forms():
            by_anchor[form.anchor].append(form)
        self._anchors = list(by_anchor)
        self._forms = [by_anchor[anchor] for anchor in self._anchors]
        self._engine = engine(self._anchors)
        self.prefixes = frozenset(
            form.projected[:length]
            for forms in self._forms
            for form in forms
            if not form.is_tail
            for length in range(1, min(ANCHOR, len(form.projected)))
        )
        """Beginnings shorter than an anchor: where a stream might be in the middle of a secret."""
        self.longest_form = max((len(f.projected) for forms in self._forms for f in forms), default=0)

    def _all_forms(self) -> Iterator[_Form]:
        for index, secret in enumerate(self._secrets):
            plain = plain_form(secret.value)
            seen = {plain}
            if len(plain) >= SHORTEST_FORM:
                yield _Form(index, plain, is_plain=True)
                if len(plain) >= 2 * _LEAST_PART:
                    yield _Form(index, plain, is_plain=True, is_tail=True)
            for projected in encoded_forms(secret.value):
                if len(projected) >= SHORTEST_FORM and projected not in seen:
                    seen.add(projected)
                    yield _Form(index, projected, is_plain=False)

    def find(self, data: bytes) -> list[Finding]:
        """Where known secrets stand in ``data`` (UTF-8)."""
        findings = list(self._find_exact(data))
        projection = Projection(data)
        for index, end in self._engine.find(projection.data):
            for form in self._forms[index]:
                finding = self._check(data, projection, form, end - len(self._anchors[index]), end)
                if finding:
                    findings.append(finding)
        return findings

    def open_end(self, data: bytes) -> int | None:
        """
        Where a secret may begin whose end is not in ``data`` yet; None when nothing is open.

        For streams: what stands before it cannot become part of a secret whatever comes next.
        """
        projection = Projection(data)
        text = projection.data
        opens = []
        tail = text[max(0, len(text) - 2 * self.longest_form) :]
        shift = len(text) - len(tail)
        for index, end in self._engine.find(tail):
            start = shift + end - len(self._anchors[index])
            rest = text[start:]
            if any(not f.is_tail and f.projected.startswith(rest) for f in self._forms[index]):
                opens.append(start)
        for length in range(min(ANCHOR - 1, len(text)), 0, -1):
            if text[-length:] in self.prefixes:
                opens.append(len(text) - length)
                break
        if not opens:
            return None
        start = min(opens)
        return _widened_start(data, projection.origin(start, start + 1)[0])

    def _find_exact(self, data: bytes) -> Iterator[Finding]:
        # Secrets with too few letters and digits to be projected; the vault hardly ever holds one.
        for secret in self._exact:
            start = data.find(secret.raw)
            while secret.raw and start >= 0:
                yield _finding(start, start + len(secret.raw), secret.name)
                start = data.find(secret.raw, start + len(secret.raw))

    def _check(
        self, data: bytes, projection: Projection, form: _Form, start: int, end: int
    ) -> Finding | None:
        if form.is_tail:
            length = _common_suffix(form.projected, projection.data, end)
            start = end - length
        else:
            length = _common_prefix(form.projected, projection.data, start)
        secret = self._secrets[form.secret]
        is_part = length < len(form.projected)
        origin_start, origin_end = projection.origin(start, start + length)
        if is_part and form.is_plain and not secret.is_long:
            return _short_part(data, origin_start, secret)
        if is_part and not _reveals(form, projection.data[start : start + length]):
            return None
        if form.is_plain:
            if not secret.is_long:
                return _verified(projection.cleaned, origin_start, origin_end, secret)
            origin_start, origin_end = _with_punctuation(data, origin_start, origin_end, secret.raw)
        else:
            origin_start = _widened_start(data, origin_start)
            if closing := _LEAD_OUT.match(data, origin_end):
                origin_end = closing.end()
        return _finding(origin_start, origin_end, secret.name)


def _reveals(form: _Form, part: bytes) -> bool:
    """Whether a part of a form gives most of the secret away."""
    share = _MOST if form.is_tail else _MOST_OF_BEGINNING
    least = _LEAST_PART if form.is_plain else _LEAST_ENCODED_PART
    if form.is_plain and part.isalpha():
        least = _LONG_ENOUGH  # Words, perhaps.
    return len(part) >= max(least, share * len(form.projected))


def _with_lines(secrets: Iterable[KnownSecret]) -> Iterator[_Secret]:
    """Every secret once, and of those with several lines also each line that is a secret by itself."""
    seen: set[str] = set()
    for secret in secrets:
        value = secret.value.strip()
        lines = value.splitlines() if "\n" in value else []
        for part in [value, *(line.strip() for line in lines)]:
            is_line = part is not value
            if part and part not in seen and not (is_line and not _is_secret_line(part)):
                seen.add(part)
                yield _Secret(secret.name, part, part.encode("utf-8", "surrogatepass"))


def _is_secret_line(line: str) -> bool:
    return len(line) >= 24 and " " not in line and any(c.isdigit() for c in line)


def _finding(start: int, end: int, name: str) -> Finding:
    return Finding(start, end, Layer.KNOWN, secret_ref(name))


def _short_part(data: bytes, start: int, secret: _Secret) -> Finding | None:
    """The beginning of a short secret, which has to be there letter for letter."""
    raw = secret.raw
    start -= next(i for i, byte in enumerate(raw) if is_kept(byte))
    length = _longest(len(raw), lambda size: data.startswith(raw[:size], start))
    if length < max(ANCHOR, _MOST_OF_SHORT * len(raw)):
        return None
    return _finding(start, start + length, secret.name)


def _verified(data: bytes, start: int, end: int, secret: _Secret) -> Finding | None:
    """A short secret has to be there with all its punctuation, give or take what may be slipped in."""
    if end - start > _LONGEST_GAP:
        return None
    window_start = max(0, start - _MARGIN)
    window = data[window_start : end + _MARGIN].decode("utf-8", "replace")
    found = _short_pattern(secret.value).search(window)
    if not found:
        return None
    before = len(window[: found.start()].encode())
    if before + window_start > start:
        # Half a character at the window's edge changed the offsets; take the projected place.
        return _finding(start, end, secret.name)
    return _finding(window_start + before, window_start + before + len(found.group().encode()), secret.name)


@lru_cache(maxsize=20_000)
def _short_pattern(value: str) -> re.Pattern[str]:
    exact = re.escape(value)
    letters = _SLIPPED_IN.join(re.escape(character) for character in value)
    pattern = letters if len(value) < 8 else f"(?i:{exact})|{letters}"
    return re.compile(f"(?i:{letters})" if len(value) >= 12 else pattern)


def _with_punctuation(data: bytes, start: int, end: int, raw: bytes) -> tuple[int, int]:
    """The secret's own punctuation at both ends belongs to it."""
    alnum = [i for i, byte in enumerate(raw) if is_kept(byte)]
    lead, trail = raw[: alnum[0]], raw[alnum[-1] + 1 :]
    if lead and data[:start].endswith(lead):
        start -= len(lead)
    if trail and data.startswith(trail, end):
        end += len(trail)
    return start, end


def _widened_start(data: bytes, start: int) -> int:
    lead_in = _LEAD_IN.search(data[max(0, start - 8) : start])
    return start - len(lead_in.group()) if lead_in else start


def _common_prefix(form: bytes, text: bytes, start: int) -> int:
    return _longest(len(form), lambda length: text.startswith(form[:length], start))


def _common_suffix(form: bytes, text: bytes, end: int) -> int:
    return _longest(len(form), lambda length: text.endswith(form[-length:], 0, end))


def _longest(limit: int, holds: Callable[[int], bool]) -> int:
    if holds(limit):
        return limit
    low, high = 0, limit
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low
