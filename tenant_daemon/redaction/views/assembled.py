"""
What was cut into lines, into the items of a list or into fields of a JSON text, put together again.

Data that was encoded first and cut afterwards can only be decoded as a whole. What stands between the pieces
is left out and each piece keeps its place, so that a finding covers what it has to and nothing around it.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate

import re2

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import PIECE_NAMES, Sign
from tenant_daemon.redaction.views.view import Parts, Span, View

_Joint = tuple[int, int, int]
"""Where a joint begins, at the closing quote of a literal; where the next literal begins and ends."""
_SHORTEST = 16
_BACKSLASH = 0x5C
_LONGEST_BREAK = 24
_ARMOUR = b"-----"
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz/_- ,."
_IN_LISTS = _IN_NAMES + b"\"'`\n[]()+|"
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_ESCAPES = frozenset({b"\\n", b"\\r", b"\\t"})
_DIFF_MARKS = frozenset(b"+-")

# Between the lines of a wrapped run, as they are or escaped.
_BREAK = rb"(?:[ \t]{0,4}(?:\\?\r?\n|(?:\\+r)?\\+n)(?:\\+t)*[ \t>+|\"'-]{0,16})+"
_LINE_BREAK = re.compile(_BREAK)
_BEFORE_BREAK = frozenset(b"\n\r\\ \t=")
_LAST_LINE = re.compile(rb"[A-Za-z0-9+/_-]{1,15}(?![A-Za-z0-9+/_.-])")
_NARROW = re2.compile(
    rb"(?:[A-Za-z0-9+/_-]{1,18}=*(?:(?:\\+r)?\r?(?:\\+n|\\?\n)){1,2}(?:[ \t>|]|\\+t){0,8}){2,}"
    rb"[A-Za-z0-9+/_-]{1,18}"
)
_NARROW_BREAK = re.compile(rb"(=*(?:(?:\\+r)?\r?(?:\\+n|\\?\n)){1,2}(?:[ \t>|]|\\+t){0,8})")

LONGEST_LITERAL = 4_096
_BULK = 4_096
"""Bytes from which on working on whole columns pays."""
_MOST_MARKS = 16
_QUOTE = rb"\\*[\"'`]"
_BLANK = rb"(?:\s|\\+[nrt])"
_DATA = rb"[A-Za-z0-9+/=_&%#;\\-]"
"""What data consists of once they are encoded or escaped; names and values of most JSON texts have more."""
# ``"abc", "def"``, ``'abc' . 'def'``, ``["abc"], ["def"]``: pieces of one thing to a reader. Not where the
# second one is a name, ``"a", "b":``. It begins with what is rare, so that the rest of a text is passed over.
_BETWEEN = rb"(?:" + _BLANK + rb"|[\[\](),+.&~<>|]|concat){1,24}"
_LIST_JOINT = re.compile(
    rb"[\"'`]" + _BETWEEN + _QUOTE + rb"(?=([^\"'`]{0,%d}+)(?![\"'`]\s?:))" % LONGEST_LITERAL
)
_USUAL_GAPS = frozenset({b", ", b","})
_GAP = re.compile(_BETWEEN + rb"\\*")
# ``"}, {"type": "text", "text": "``: the next field or record of a JSON text, with plain fields between.
_PLAIN = rb"(?:" + _QUOTE + rb"[\w ./-]{0,24}" + _QUOTE + rb"|[\w.+-]{1,12})"
_NAME = _QUOTE + rb"[\w-]{1,24}" + _QUOTE + rb"\s?:\s?"
_NAME_OF_PIECE = _QUOTE + rb"[\w-]{0,20}(?:" + PIECE_NAMES + rb"|\d)" + _QUOTE + rb"\s?:\s?"
_FIELD_JOINT = re2.compile(
    _QUOTE
    + (rb"(?:,\s?" + _NAME + _PLAIN + rb"){0,3}" + _BLANK + rb"*(?:[\]}]" + _BLANK + rb"*)*,(?:" + _BLANK)
    + (rb"|[\[{])*(?:" + _NAME + _PLAIN + rb",\s?){0,3}" + _NAME_OF_PIECE + _QUOTE)
    + (rb"(" + _DATA + rb"+)[\"'`]")
)


def read_lists(view: View) -> View | None:
    """The strings of each list or sum as one; None when there are none."""
    return _joined(view, _list_joints(view.data)) if Sign.LITERALS in view.signs else None


def read_fields(view: View) -> View | None:
    """The fields of a JSON text that hold pieces of something, as one; None when there are none."""
    return _joined(view, _field_joints(view.data)) if Sign.PIECES in view.signs else None


def _list_joints(data: bytes) -> Iterator[_Joint]:
    if len(data) < _BULK:
        return ((found.start(), *found.span(1)) for found in _LIST_JOINT.finditer(data))
    # Short texts, and what starts often, do without it.
    from tenant_daemon.redaction.bulk import quoted_pieces

    return _checked_joints(data, quoted_pieces(data, LONGEST_LITERAL, _IN_LISTS))


def _checked_joints(data: bytes, joints: Iterable[_Joint]) -> Iterator[_Joint]:
    """The same joints as the pattern above finds, of those that may be some."""
    position = 0
    for joint, start, end in joints:
        # The quote that opens a literal does not close one.
        if joint >= position and (
            data[joint + 1 : start - 1] in _USUAL_GAPS or _GAP.fullmatch(data, joint + 1, start - 1)
        ):
            yield joint, start, end
            position = start


def _field_joints(data: bytes) -> Iterator[_Joint]:
    position = 0
    while found := _FIELD_JOINT.search(data, position):
        # The literal behind this joint is the one before the next.
        start, position = found.span(1)
        yield found.start(), start, position


def _joined(view: View, joints: Iterator[_Joint]) -> View | None:
    """The literals that stand on both sides of each joint; chains of them become one word."""
    data = view.data
    parts = Parts()
    chain: list[Span] = []
    goes_on_at = -1
    for joint, start, end in joints:
        if joint != goes_on_at:
            _add(parts, data, chain)
            first = _literal_start(data, joint)
            chain = [(first, _before_marks(data, first, joint))]
        chain.append((start, _before_marks(data, start, end)))
        goes_on_at = end
    _add(parts, data, chain)
    return View(parts, view) if parts else None


def _literal_start(data: bytes, end: int) -> int:
    """Where the literal begins whose closing quote, or the marks that escape it, stand at ``end``."""
    low = max(0, end - LONGEST_LITERAL)
    quote = data[end : end + _MOST_MARKS].lstrip(b"\\")[:1]
    return max(low, data.rfind(quote, low, end) + 1)


def _before_marks(data: bytes, start: int, end: int) -> int:
    """
    Where a literal ends whose closing quote, at ``end``, is escaped like the opening one before ``start``.

    What has more backslashes than that ends with one of its own, as ``'\\u00', '\\'`` does.
    """
    marks = _backslashes_before(data, end)
    return end - min(marks, _backslashes_before(data, start - 1)) if marks else end


def _backslashes_before(data: bytes, end: int) -> int:
    start = end
    while start > 0 and end - start < _MOST_MARKS and data[start - 1] == _BACKSLASH:
        start -= 1
    return end - start


def read_lines(view: View) -> View | None:
    """The wrapped runs of a text, each as one word; None when there are none."""
    runs = _wide_runs(view) if Sign.WRAPPED in view.signs else []
    if Sign.NARROW in view.signs:
        runs += _narrow_runs(view.data)
    parts = Parts()
    for run in runs:
        _add(parts, view.data, run)
    return View(parts, view) if parts else None


def _add(parts: Parts, data: bytes, run: list[Span]) -> None:
    """One run, as it is and without the marks that a diff puts before each line."""
    if not run or not data[run[0][0] : run[-1][1]].translate(None, _IN_LISTS):
        return  # Words.
    run = [(start, end) for start, end in run if start < end]
    if sum(end - start for start, end in run) < _SHORTEST:
        return
    if all(not data[start:end].translate(None, _IN_NAMES) for start, end in run):
        return
    _add_lines(parts, data, run)
    rest = run[1:]
    # Most of them: what follows on the run may have been taken for one more line.
    if sum(data[start] in _DIFF_MARKS for start, _ in rest) * 3 >= 2 * len(rest):
        bare = [(start + (data[start] in _DIFF_MARKS), end) for start, end in run]
        _add_lines(parts, data, bare)


def _add_lines(parts: Parts, data: bytes, run: list[Span]) -> None:
    parts.add_all_same(data, [(start, end) for start, end in run if start < end])
    parts.add(SEPARATOR, run[-1][1], run[-1][1])


def _narrow_runs(data: bytes) -> list[list[Span]]:
    """Runs wrapped at so small a width that their lines are no long words."""
    runs = []
    for found in _NARROW.finditer(data):
        start, end = found.span()
        # The match may begin with the letter of an escaped line break.
        start += data[max(0, start - 1) : start + 1] in _ESCAPES
        # Splitting costs a fraction of visiting each match.
        pieces = _NARROW_BREAK.split(data[start:end])
        edges = list(accumulate(map(len, pieces), initial=start))
        runs.append(list(zip(edges[::2], edges[1::2], strict=True)))
    return runs


def _wide_runs(view: View) -> list[list[Span]]:
    """Runs whose lines are long words. Each line was read by itself already."""
    data = view.data
    runs: list[list[Span]] = []
    run: list[Span] = []
    for span in view.tokens:
        if run and not _goes_on(data, run[-1][1], span[0]):
            _close(data, run, runs)
            run = []
        if _ARMOUR in data[span[0] : span[1]]:
            continue
        run.append(span)
    if run:
        _close(data, run, runs)
    return runs


def _goes_on(data: bytes, start: int, end: int) -> bool:
    return (
        start < end <= start + _LONGEST_BREAK
        and data[start] in _BEFORE_BREAK
        and _LINE_BREAK.fullmatch(data, start, end) is not None
    )


def _close(data: bytes, run: list[Span], runs: list[list[Span]]) -> None:
    end = run[-1][1]
    if end < len(data) and data[end] in _BEFORE_BREAK and (last := _last_line(data, run)):
        run.append(last)
    if len(run) > 1:
        runs.append(run)


def _last_line(data: bytes, run: list[Span]) -> Span | None:
    """The short last line of a wrapped run."""
    start, end = run[-1]
    if len(run) == 1 and not data[start:end].translate(None, _IN_NAMES):
        return None  # A line of a listing.
    gap = _LINE_BREAK.match(data, end, end + _LONGEST_BREAK)
    found = _LAST_LINE.match(data, gap.end()) if gap else None
    if found is None:
        return None
    is_hex = not data[start:end].translate(None, _HEX_DIGITS)
    return None if is_hex and found.group().translate(None, _HEX_DIGITS) else found.span()
