"""Every reading of a text that is worth searching, a few levels deep."""

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import chain
from typing import Protocol

from tenant_daemon.redaction.findings import Finding, Layer, redacted
from tenant_daemon.redaction.views.alphabets import read_alphabets
from tenant_daemon.redaction.views.armoured import read_armoured
from tenant_daemon.redaction.views.assembled import read_fields, read_lines, read_lists
from tenant_daemon.redaction.views.cells import read_cells
from tenant_daemon.redaction.views.ciphers import read_ciphers
from tenant_daemon.redaction.views.codes import read_codes
from tenant_daemon.redaction.views.decoded import decoded
from tenant_daemon.redaction.views.grouped import read_grouped
from tenant_daemon.redaction.views.hexdump import read_hexdump
from tenant_daemon.redaction.views.indexed import read_indexed
from tenant_daemon.redaction.views.labelled import without_labels
from tenant_daemon.redaction.views.lookalikes import read_as_ascii
from tenant_daemon.redaction.views.memory import read_memory, read_words
from tenant_daemon.redaction.views.misread import without_misread
from tenant_daemon.redaction.views.numbers import read_byte_lists, read_numbers
from tenant_daemon.redaction.views.paired import read_names, read_pairs
from tenant_daemon.redaction.views.records import read_records
from tenant_daemon.redaction.views.regular import without_regular
from tenant_daemon.redaction.views.scattered import read_scattered
from tenant_daemon.redaction.views.spaced import read_cut_words, unspaced
from tenant_daemon.redaction.views.spelled import read_spelled
from tenant_daemon.redaction.views.stated import read_moved, read_stated
from tenant_daemon.redaction.views.stitched import stitched, without_beginnings
from tenant_daemon.redaction.views.turned import read_turned
from tenant_daemon.redaction.views.unescaped import unbroken, unescaped, unmarked, unquoted_printable
from tenant_daemon.redaction.views.view import NEAR, Span, View

MAX_DEPTH = 8
_LAST_TURN = 2
_LAST_REGULAR = 4
_LAST_RECORDS = 1
_LAST_CELLS = 1
_LAST_LETTERS = 2
"""In JSON within JSON the letters are escapes first."""
_BUDGET_FACTOR = 8
_BUDGET_FLOOR = 4_000_000


class Use(Enum):
    """What is done with a reading, besides searching it for what the vault knows."""

    TEXT = auto()
    """Searched by the rules as well, and read further."""
    PIECES = auto()
    """Read further. Rules would find what only chance brought together."""
    JOINED = auto()
    """
    The same of strings, lines and fields that were put together, and of that with escapes undone: what a rule
    finds there runs from one string of a JSON text into the next. What was decoded is a text of its own.
    """
    TOKENS = auto()
    """Searched by the rules as well. It was put together already: reading on would only do so again."""
    BYTES = auto()
    """Nothing."""


_SEARCHED_BY_RULES = frozenset({Use.TEXT, Use.TOKENS})
_READ_FURTHER = frozenset({Use.TEXT, Use.PIECES, Use.JOINED})


class PatternFinder(Protocol):
    """The one that goes by how secrets are written."""

    def find(self, data: bytes, known: Sequence[Finding]) -> list[Finding]:
        """Where secrets stand in ``data``, but for what lies within something known."""
        ...


class KnownFinder(Protocol):
    """The one that finds what the vault knows."""

    def find(self, data: bytes) -> list[Finding]:
        """Where its secrets stand in ``data``."""
        ...

    @property
    def has_short(self) -> bool:
        """Whether some of it is so short that a word of usual length may hold it, encoded."""
        ...


def find_in_views(whole: View, known: KnownFinder, patterns: PatternFinder | None) -> list[Finding]:
    """
    What ``known`` and, if given, ``patterns`` find in other readings of a text, as offsets into it.

    Depth and total size are bounded, so that nested archives cannot stall the proxy.
    """
    return _find_from(whole, Use.TEXT, known, patterns)


def find_in_records(whole: View, known: KnownFinder) -> list[Finding]:
    """What ``known`` finds in the fields of records that were read by themselves before."""
    findings: list[Finding] = []
    data, values = read_records(whole)
    if values:
        findings += _located(values, known.find(values.data))
    if data:
        findings += _find_from(data, Use.JOINED, known, None)
    return findings


def find_in_lines(whole: View, known: KnownFinder) -> Iterator[Finding]:
    """What ``known`` finds in lines that begin alike, without their beginnings, and in what these encode."""
    for dense, is_data in without_beginnings(whole):
        yield from _located(dense, known.find(dense.data))
        if is_data:
            yield from _find_from(dense, Use.PIECES, known, None)


def _find_from(whole: View, used: Use, known: KnownFinder, patterns: PatternFinder | None) -> list[Finding]:
    findings: list[Finding] = []
    budget = _BUDGET_FACTOR * len(whole.data) + _BUDGET_FLOOR
    waiting = [(whole, used, 0)]
    # Two ways of reading often come to the same: what was unescaped has the same lists as before.
    # Not so where values of records were joined: what lies within one of them is left to the others.
    seen: set[tuple[bytes, Span, bool, bool]] = set()
    while waiting:
        view, used, depth = waiting.pop()
        for reading, use in _readings(view, used, depth, has_short=known.has_short):
            is_text = use in _SEARCHED_BY_RULES
            known_as = reading.data, reading.extent, reading.is_apart
            if (*known_as, is_text) in seen:
                continue
            seen |= {(*known_as, False), (*known_as, is_text)}
            budget -= len(reading.data)
            # What is not searched to its end does not leave the server.
            findings.extend(_unread(reading, only_cut=budget >= 0))
            if budget < 0:
                continue
            findings.extend(_located(reading, known_here := known.find(reading.data)))
            if is_text and patterns:
                told = _located(reading, patterns.find(reading.data, known_here))
                findings.extend(without_misread(told, whole.data) if use is Use.TOKENS else told)
            if use in _READ_FURTHER and depth + 1 < MAX_DEPTH:
                waiting.append((reading, use, depth + 1))
    return findings


def _readings(view: View, used: Use, depth: int, *, has_short: bool) -> Iterator[tuple[View, Use]]:
    as_before = Use.JOINED if used is Use.JOINED else Use.TEXT
    for undo in (unescaped, unquoted_printable, unmarked):
        for plain in undo(view):
            yield plain, as_before
    for whole in unbroken(view):
        yield whole, Use.PIECES
    for dense in unspaced(view):
        yield dense, Use.PIECES
    for whole in stitched(view):
        yield whole, Use.PIECES
    if depth <= _LAST_REGULAR:
        for dense in without_regular(view):
            yield dense, Use.PIECES
        for dense, is_data in without_beginnings(view):
            yield dense, Use.PIECES if is_data else Use.BYTES
    if depth <= _LAST_TURN and (turned := read_turned(view)):
        yield turned, Use.PIECES
    if depth <= _LAST_TURN:
        # Letters that were only exchanged run from one string into the next as they did before.
        for disguised, use in ((read_ciphers(view), as_before), (read_codes(view), Use.TEXT)):
            if disguised:
                yield disguised, use
        if scattered := read_scattered(view):
            yield scattered, Use.TOKENS
        if view.is_short:
            yield from _in_short(view)
    if depth <= _LAST_CELLS and view.is_short:
        data, cells = read_cells(view)
        if data:
            yield data, Use.JOINED
        if cells:
            yield cells, Use.BYTES
    if depth <= _LAST_LETTERS and (depth == 0 or view.is_utf8) and (ascii_text := read_as_ascii(view)):
        yield ascii_text, Use.TEXT
    for dump in read_hexdump(view):
        yield dump, Use.TEXT
    if memory := read_memory(view):
        yield memory, Use.TEXT
    if numbers := read_numbers(view):
        yield numbers, Use.TEXT
    for assemble in (read_lines, read_lists, read_fields, read_cut_words, read_byte_lists):
        if assembled := assemble(view):
            yield assembled, Use.JOINED
    if depth <= _LAST_RECORDS and view.may_have_records:
        data, values = read_records(view)
        if data:
            yield data, Use.JOINED
        if values:
            yield values, Use.BYTES
    for reading, is_text in chain(read_armoured(view), decoded(view, has_short=has_short)):
        yield reading, Use.TEXT if is_text else Use.BYTES


def _in_short(view: View) -> Iterator[tuple[View, Use]]:
    """Readings of what is only looked for in short texts."""
    for spoken in (read_spelled(view), read_alphabets(view)):
        if spoken:
            yield spoken, Use.TEXT
    for assembled in (read_indexed(view), read_grouped(view)):
        if assembled:
            yield assembled[0], Use.TEXT if assembled[1] else Use.PIECES
    for dense in without_labels(view):
        yield dense, Use.BYTES
    if moved := read_moved(view):
        yield moved, Use.BYTES
    for numbers in (read_words(view), read_pairs(view), read_names(view)):
        if numbers:
            yield numbers, Use.PIECES
    plain, others = read_stated(view)
    if plain:
        yield plain, Use.TEXT
    if others:
        yield others, Use.BYTES


def _unread(view: View, *, only_cut: bool) -> Iterator[Finding]:
    for start, end in view.spans(only_cut=only_cut):
        yield Finding(start, end, Layer.PATTERN, redacted("unread-data"))


def _located(view: View, findings: list[Finding]) -> Iterator[Finding]:
    is_apart = view.is_apart
    for finding in findings:
        last: int | None = None
        for start, end in view.origins(finding.start, finding.end):
            is_rest = last is not None and (is_apart or 0 <= start - last <= NEAR)
            yield Finding(start, end, finding.layer, "" if is_rest else finding.placeholder)
            last = end
