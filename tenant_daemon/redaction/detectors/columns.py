"""
Passwords in tables: under a column that is called so, in CSV, Markdown, HTML, what programs print, and SQL.

Reason: exports of password managers and of user lists hold nothing but secrets; only the first line says so.
"""

import re
from collections.abc import Generator, Iterator

import hyperscan
import re2

from tenant_daemon.redaction.detectors.json_keys import key_kind
from tenant_daemon.redaction.engines import EndFinder
from tenant_daemon.redaction.findings import Finding, Layer, redacted
from tenant_daemon.redaction.plausibility import (
    is_stand_in,
    is_word_of_nothing_else,
    looks_like_phrase,
    looks_like_secret,
    looks_random,
)

_HEADER = (
    rb"(?:passwor[dt]|kennwort|passwd|passphrase|pwd|secret|\bpass|\bpw|token|mot[ _]de[ _]passe|wachtwoord"
    rb"|contrase(?:n|..)a|senha|heslo|has(?:l|..)o|parola|passord|salasana|l(?:o|..)senord|geheimnis"
    rb"|clave[ _][a-z]{3,8}|schl(?:ue|..)ssel|(?:api|secret|access|private|signing|encryption|master|shared"
    rb"|account|storage|licen[sc]e|hmac|session)[ _]?key)"
    rb"(?: ?[\"'`*]){0,2}(?: {0,24}[,;|\t)\]\n\r]|  |</t[hd]>)"
)
_VALUES = re2.compile(rb"(?is)^\s{0,8}values?\s{0,8}")
_COPIED = re.compile(rb"(?i)\s{1,4}from\s{1,4}stdin[^\n]{0,40}\n")
"""How dumps of PostgreSQL begin the rows of a table."""
_QUOTED = re.compile(rb"\s*(?:'((?:[^'\\]|\\.|'')*)'|\"((?:[^\"\\]|\\.)*)\"|([^,()]*))\s*")
_ESCAPE = re.compile(rb"\\+u[0-9A-Fa-f]{4}")
_UNREADABLE = "\ufffd"
_RULE_LINE = re.compile(rb"[\s|:+-]*")
_SEPARATORS = (b"|", b"\t", b";", b",")
_BLANK = re.compile(rb"\s")
_VERSION = re.compile(rb"\d[.:]\d")
_ITEM = re.compile(rb"\\?\"((?:[^\"\\]|\\[^\"])*)\\?\"|[^\s,\"\[\]\\][^,\"\[\]]*")
_NEXT_LIST = re.compile(rb"\s*,\s*(?:\\?\"[a-z_]{1,20}[\\ ]?\"\s*:\s*\[\s*)?\[")
_LIST_ENDS = re.compile(rb"(?:[^\"\[\]\\]|\\?\"(?:[^\"\\]|\\[^\"])*\\?\")*(?=\])")
_NEXT_ROW = re.compile(rb"\)\s*,\s*")
_MADE = ("key", "token")
"""What machines make; what people choose looks like anything."""
_ALIGNED = re.compile(rb"\S(?:\S| (?! ))*")
"""A cell of a table whose columns are apart by two blanks and more."""
_CELL = re.compile(rb"<t[hd](?:\s[^<>]{0,200})?>(.*?)</t[hd]>", re.DOTALL | re.IGNORECASE)
_ROW_ENDS = re.compile(rb"</tr>", re.IGNORECASE)
_TABLE_ENDS = re.compile(rb"</table>", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]{1,200}>")
_LONGEST_TABLE = 200_000
_NAME = re.compile(r"[\w .-]{2,32}")
_LOGIN = re.compile(
    rb"(?i)(?:user|log[- ]?in|benutzer|nutzer|konto|account|e-?mail|utente|usuario|utilisateur|identifiant"
    rb"|gebruiker)"
)
"""What a column of logins is called: next to one, a word is a password as well."""
_WORD = re.compile(r"[^\W\d_]{5,24}")
_NO_HEADING = re.compile(
    rb"[\s\"'`]*(?:#|//|/\*|[\w./-]+\.(?:txt|py|js|ts|md|json|c|h|html?|ya?ml|toml|sh|go|rs)[\"'`\s]*\Z)"
)
"""A comment, or a file: the line belongs to a program or an index."""
_STRING_BEGINS = re.compile(rb'"\s?:\s{0,3}"')
_LEAST_COLUMNS = 2
_LONGEST_HEADER = 500
_MOST_ROWS = 500
_LONGEST_LINE = 2_000


class ColumnDetector:
    """Finds what stands in columns of passwords and keys. Immutable, safe to use from several threads."""

    def __init__(self) -> None:
        self._ends = EndFinder("column-names", _HEADER, hyperscan.HS_FLAG_CASELESS)

    def find(self, data: bytes) -> Iterator[Finding]:
        """The values of such columns in ``data`` (UTF-8), whose line breaks are no escapes any more."""
        behind = 0
        for end in self._ends.find(data, len(data)) or ():
            start = data.rfind(b"\n", max(0, end - _LONGEST_LINE), end - 1) + 1
            if start < behind:
                continue
            if (before := data.rfind(b'"', start, end)) > start:
                start = _string_start(data, start, before + 1)
            stop = data.find(b"\n", end - 1)
            header = data[start:stop] if stop >= 0 else b""
            if data.endswith(b">", 0, end):
                behind = yield from _marked_up(data, end)
                continue
            if 0 < len(header) <= _LONGEST_HEADER:
                # A row that looks like a header is a row of this table all the same.
                if separator := _separator(header):
                    if separator == b"|" and _is_row(data, start):
                        continue
                    behind = yield from _table(data, header, separator, stop)
                else:
                    behind = yield from _aligned(data, header, start)
            yield from _inserted(data, start, end)
            yield from _listed(data, start, end)


def _is_row(data: bytes, start: int) -> bool:
    """Whether the line before belongs to a table, so that the one from ``start`` on is no header."""
    before = data[data.rfind(b"\n", max(0, start - _LONGEST_LINE), max(start - 1, 0)) + 1 : max(start - 1, 0)]
    return before.count(b"|") >= _LEAST_COLUMNS and not _RULE_LINE.fullmatch(before)


def _string_start(data: bytes, start: int, end: int) -> int:
    """Where the string begins in which a header stands, in a line of a JSON text; or the line."""
    return max((found.end() for found in _STRING_BEGINS.finditer(data, start, end)), default=start)


def _separator(header: bytes) -> bytes | None:
    return next((mark for mark in _SEPARATORS if mark in header), None)


def _columns(cells: list[bytes]) -> dict[int, bool]:
    """Which cells of a header name a secret, and whether it is a password."""
    if sum(map(bool, map(bytes.strip, cells))) < _LEAST_COLUMNS:
        return {}  # A line of a list in a program.
    if any(map(_NO_HEADING.match, cells)):
        return {}
    named = ((number, _kind(cell)) for number, cell in enumerate(cells))
    return {number: not kind.endswith(_MADE) for number, kind in named if kind}


def _kind(cell: bytes) -> str | None:
    name = cell.strip(b" \t\r\n\"'`*").decode("utf-8", "replace")
    return key_kind(name) if _NAME.fullmatch(name) else None


def _table(data: bytes, header: bytes, separator: bytes, position: int) -> Generator[Finding, None, int]:
    """The values below a header that ends at ``position``; returns where the table ends."""
    cells = header.split(separator)
    columns = _columns(cells)
    may_be_words = any(map(_LOGIN.search, cells))
    for _ in range(_MOST_ROWS if columns else 0):
        position += 1
        end = data.find(b"\n", position)
        end = len(data) if end < 0 else end
        line = data[position:end]
        if separator == b"|" and line and _RULE_LINE.fullmatch(line):
            position = end
            continue  # ``---+-------+---``
        parts = line.split(separator)
        if len(parts) < len(cells) or b"\x1e" in line:
            return position
        start = position
        for number, part in enumerate(parts):
            if number in columns and not _RULE_LINE.fullmatch(part):
                yield from _value(part, start, is_password=columns[number], may_be_word=may_be_words)
            start += len(part) + len(separator)
        position = end
    return position


def _aligned(data: bytes, header: bytes, start: int) -> Generator[Finding, None, int]:
    """The values below a header whose columns begin below each other."""
    cells = list(_ALIGNED.finditer(header))
    if any(_VERSION.search(cell.group()) for cell in cells):
        return start + len(header)  # A row of a list of programs, of which one is called ``passwd``.
    columns = _columns([cell.group() for cell in cells])
    position = start + len(header)
    for _ in range(_MOST_ROWS if columns else 0):
        low = position + 1
        end = data.find(b"\n", low)
        end = len(data) if end < 0 else end
        row = {cell.start(): cell for cell in _ALIGNED.finditer(data[low : min(end, low + _LONGEST_LINE)])}
        if len(row) < _LEAST_COLUMNS:
            break
        for number, is_password in columns.items():
            if cell := row.get(cells[number].start()):
                yield from _value(cell.group(), low + cell.start(), is_password=is_password)
        position = end
    return position


def _marked_up(data: bytes, end: int) -> Generator[Finding, None, int]:
    """The same in HTML, from the header's cell that ends there on."""
    first = max(data.rfind(b"<tr", max(0, end - _LONGEST_LINE), end), 0)
    last = data.find(b"</tr>", end, end + _LONGEST_LINE)
    columns = _columns([_TAG.sub(b"", cell) for cell in _CELL.findall(data[first : max(last, end)])])
    if not columns or last < 0:
        return end
    limit = min(len(data), last + _LONGEST_TABLE)
    table_end = _TABLE_ENDS.search(data, last, limit)
    limit = table_end.start() if table_end else limit
    position = last + 1
    for _ in range(_MOST_ROWS):
        row_end = _ROW_ENDS.search(data, position, limit)
        if row_end is None:
            break
        for number, cell in enumerate(_CELL.finditer(data, position, row_end.start())):
            if number in columns:
                bare = _TAG.sub(lambda tag: b" " * len(tag.group()), cell.group(1))
                yield from _value(bare, cell.start(1), is_password=columns[number])
        position = row_end.end()
    return position


def _inserted(data: bytes, start: int, end: int) -> Iterator[Finding]:
    """``INSERT INTO users (name, password) VALUES ('anna', '...')``."""
    close = data.find(b")", end - 1, end + _LONGEST_LINE)
    opening = data.rfind(b"(", max(start, end - _LONGEST_LINE), end)
    if not 0 <= opening < close:
        return
    if copied := _COPIED.match(data[close + 1 : close + 80]):
        header = data[opening + 1 : close].replace(b",", b"\t")
        yield from _table(data, header, b"\t", close + copied.end())
        return
    values = _VALUES.match(data[close + 1 : close + 30])
    columns = _columns(data[opening + 1 : close].split(b",")) if values else {}
    position = close + 1 + values.end() if values else 0
    for _ in range(_MOST_ROWS if columns else 0):
        if data[position : position + 1] != b"(":
            return
        number = 0
        while position < len(data) and data[position : position + 1] in (b"(", b","):
            cell = _QUOTED.match(data, position + 1)
            if cell is None:
                return
            if number in columns:
                yield from _value(data[position + 1 : cell.end()], position + 1, is_password=columns[number])
            number, position = number + 1, cell.end()
        gap = _NEXT_ROW.match(data, position)
        if gap is None:
            return
        position = gap.end()


def _listed(data: bytes, start: int, end: int) -> Iterator[Finding]:
    """``[["login", "password"], ["anna", "..."]]``; the rows may stand under a name of their own."""
    close = data.find(b"]", end - 1, end + _LONGEST_HEADER)
    opening = data.rfind(b"[", max(start, end - _LONGEST_HEADER), end)
    if not 0 <= opening < close:
        return
    columns = _columns([cell for cell, _ in _items(data, opening + 1, close)])
    if not columns:
        return
    row = _NEXT_LIST.match(data, close + 1)
    for _ in range(_MOST_ROWS):
        if row is None or (row_end := _LIST_ENDS.match(data, row.end())) is None:
            return
        for number, (cell, at) in enumerate(_items(data, row.end(), row_end.end())):
            if number in columns:
                yield from _value(cell, at, is_password=columns[number])
        row = _NEXT_LIST.match(data, row_end.end() + 1)


def _items(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int]]:
    """The items of a flat list and where each stands; strings without their quotes."""
    for item in _ITEM.finditer(data, start, end):
        group = 1 if item.group(1) is not None else 0
        yield item.group(group), item.start(group)


def _value(cell: bytes, start: int, *, is_password: bool, may_be_word: bool = False) -> Iterator[Finding]:
    value = cell.lstrip(b" \t\r\n\"'`*").rstrip(b" \t\r\n\"'`*\\")
    if _ESCAPE.match(value):
        return  # It is read without escapes as well.
    value = value.lstrip(b"\\")
    text = value.decode("utf-8", "replace")
    looks_right = looks_like_secret(text) or looks_like_phrase(text) if is_password else looks_random(text)
    if is_password and may_be_word and _WORD.fullmatch(text):
        looks_right = is_word_of_nothing_else(text)
    if not value or _UNREADABLE in text or _BLANK.search(value) or is_stand_in(text) or not looks_right:
        return
    low = start + cell.index(value)
    kind = redacted("password" if is_password else "key")
    yield Finding(low, low + len(value), Layer.PATTERN, kind)
