"""The bytes behind a dump, as ``xxd``, ``hexdump``, ``od``, ``tcpdump`` and ``gdb`` print it."""

import re
from collections.abc import Callable, Iterable, Iterator

import re2

from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.unpacked import UNPACKED_LIMIT, archives, has_sure_head
from tenant_daemon.redaction.views.view import Parts, View

_BEGIN = rb"(?m)(?:(?<![0-9A-Za-z])|(?<=\\n))"
_END = rb"(?:\r|\\r)?(?=$|\\n)"
_CLOSED = rb"(?:" + _END + rb"|(?=[\"'`\]})<>|,;\\\x80-\xff]))"
"""The end of a line, or of what a dump stands in: a string, an element, a code span."""
_LINE = re.compile(
    _BEGIN
    + rb"(?:0x[0-9a-f]{4,16}:|[0-9a-f]{6,16}:?|[0-9a-f]{4}(?::|(?= [0-9a-f]{8}[ \n])))(?:[ \t]|\\t){1,4}"
    rb"((?:(?:[0-9a-fA-F]{16}|[0-9a-fA-F]{8}|(?:0x)?[0-9a-fA-F]{2,4})(?:[ \t]|\\t){1,8}){0,16}"
    rb"(?:[0-9a-fA-F]{16}|[0-9a-fA-F]{8}|(?:0x)?[0-9a-fA-F]{2,4}))"
    # The text beside it ends the line, or what the dump stands in follows on it.
    rb"(?:(?:[ \t]+[^\n]{0,20}?)?" + _END + rb"|[ \t]*(?=[\"'`\]})<>,;\\\x80-\xff])|[ \t]{2,}(?=[ -~]))"
)
_OCTAL_LINE = re.compile(
    _BEGIN + rb"[0-7]{6,12}((?:[ \t]{1,2}(?:[0-7]{22}|[0-7]{11}|[0-7]{6}|[0-7]{3})){1,16})[ \t]*" + _CLOSED
)
_BINARY_LINE = re.compile(_BEGIN + rb"[0-9a-f]{6,16}:((?: [01]{8}){1,16})(?: [^\n]{0,20}?)?" + _END)
_CELL = rb" (?:  [ -~]| \\{1,2}[0abfnrtv\\]|[0-7]{3}| [a-z]{2}|[a-z]{2}[a-z1-4])"
_LETTER_LINE = re.compile(_BEGIN + rb"[0-7]{6,12} ?((?:" + _CELL + rb"){1,16}) {0,4}" + _CLOSED)
_CELLS = re.compile(_CELL)
_DECIMAL_LINE = re.compile(_BEGIN + rb"[0-7]{6,12} ?((?: {3}\d| {2}\d\d| [12]\d\d){1,16})[ \t]*" + _CLOSED)
_DECIMAL_WORDS = re.compile(
    _BEGIN + rb"[0-9a-f]{6,12}((?: {3}[0-9]{5}| (?=[ 0-9]{5}) {0,4}[0-9]{1,5}){1,8})[ \t]*" + _CLOSED
)
_GROUPS = re.compile(rb"[0-9a-fA-F]+")
_BREAK = re.compile(rb"\n|\\n")
_BESIDE = re.compile(rb"[ \t]{2,}[|>]?(?=[ -~])")
"""What stands between the digits and the text beside them."""
_BARS = (b"|", b"<")
_OCTAL_SIZES = {3: 1, 6: 2, 11: 4, 22: 8}
_MOST_TRIES = 8
"""Places of a line that are tried: what has more of them is digits in groups."""
_WORDS = (4, 8, 16)
_NAMES = {b" sp": 32, b" nl": 10, b" ht": 9, b" cr": 13}
"""As ``od -a`` shows them."""
_LETTERS = {b"0": 0, b"a": 7, b"b": 8, b"f": 12, b"n": 10, b"r": 13, b"t": 9, b"v": 11, b"\\": 92}


# Where a line may begin: finding these first with RE2 is thirty times as fast as searching for whole lines.
_ADDRESS = re2.compile(
    rb"0x[0-9a-f]{4,16}:(?:[ \t]|\\t)|[0-9a-f]{6,16}:?[ \t]|[0-9a-f]{4}(?:: | [0-9a-f]{8}[ \n])"
)


def read_hexdump(view: View) -> Iterator[View]:
    """The dumped bytes, line by line, in each way that lines are written. A finding covers whole lines."""
    if Sign.DUMP not in view.signs:
        return
    addresses = [address.start() for address in _ADDRESS.finditer(view.data)]
    for pattern, readers in _NOTATIONS:
        lines = list(_lines(view.data, pattern, addresses))
        for read in readers:
            parts = Parts()
            for found in lines:
                if raw := read(found.group(1)):
                    parts.add(raw, found.start(1) + (found.group(1)[:1] == b" "), _end(found, len(raw)))
            if parts:
                yield (dumped := View(parts, view))
                yield from _unpacked(dumped)


def _unpacked(dumped: View) -> Iterator[View]:
    """What compressed data among the dumped bytes hold."""
    contents = Parts()
    for offset, archive in archives(dumped.data) if has_sure_head(dumped.data) else ():
        is_cut = len(archive.content) >= UNPACKED_LIMIT
        contents.add(archive.content, offset, offset + archive.size, is_cut=is_cut)
    if contents:
        yield View(contents, dumped)


def _lines(data: bytes, pattern: re.Pattern[bytes], addresses: Iterable[int]) -> Iterator[re.Match[bytes]]:
    end = last = failed = 0
    for address in addresses:
        if address < end:
            continue
        if failed >= _MOST_TRIES:
            is_same_line, last = not _BREAK.search(data, last, address), address
            if is_same_line:
                continue
            failed = 0
        last = address
        if line := pattern.match(data, address):
            end, failed = line.end(), 0
            yield line
        else:
            failed += 1


def _end(line: re.Match[bytes], size: int) -> int:
    """Where a line ends: the text beside so many bytes has as many characters, and others may follow."""
    data, end = line.string, line.end()
    beside = _BESIDE.match(data, line.end(1))
    if line.re is not _LINE or beside is None:
        return end
    behind = beside.end() + size
    behind += data[behind : behind + 1] in _BARS
    if end <= beside.end():
        return min(behind, len(data))
    return behind if behind < end and not data[behind : behind + 1].isalnum() else end


def _hex(line: bytes) -> bytes:
    digits = line.replace(b"0x", b"").replace(b"\\t", b"").translate(None, b" \t")
    return bytes.fromhex(digits.decode()) if len(digits) % 2 == 0 else b""


def _words(line: bytes) -> bytes:
    """Two or four bytes a word, the lowest one first."""
    words = _GROUPS.findall(line.replace(b"0x", b""))
    if len(words[0]) not in _WORDS or any(len(word) > len(words[0]) or len(word) % 2 for word in words):
        return b""
    return b"".join(bytes.fromhex(word.decode())[::-1] for word in words)


def _octal(line: bytes) -> bytes:
    numbers = _GROUPS.findall(line)
    size = _OCTAL_SIZES[len(numbers[0])]
    if any(len(number) != len(numbers[0]) for number in numbers):
        return b""
    return _bytes((int(number, 8), size) for number in numbers)


def _bytes(numbers: Iterable[tuple[int, int]]) -> bytes:
    try:
        return b"".join(number.to_bytes(size, "little") for number, size in numbers)
    except OverflowError:
        return b""


def _binary(line: bytes) -> bytes:
    return _bytes((int(number, 2), 1) for number in _GROUPS.findall(line))


def _decimal(line: bytes) -> bytes:
    return _bytes((int(number), 1) for number in line.split())


def _decimal_words(line: bytes) -> bytes:
    return _bytes((int(number), 2) for number in line.split())


def _letters(line: bytes) -> bytes:
    return _bytes((_letter(cell), 1) for cell in _CELLS.findall(line))


def _letter(cell: bytes) -> int:
    if cell[2:3].isalpha():
        return _NAMES.get(cell[1:], 0)
    if not cell.startswith(b"  "):
        return int(cell, 8)
    return _LETTERS[cell[-1:]] if cell[2:3] == b"\\" else cell[3]


_NOTATIONS: tuple[tuple[re.Pattern[bytes], tuple[Callable[[bytes], bytes], ...]], ...] = (
    (_LINE, (_hex, _words)),
    (_OCTAL_LINE, (_octal,)),
    (_BINARY_LINE, (_binary,)),
    (_LETTER_LINE, (_letters,)),
    (_DECIMAL_LINE, (_decimal,)),
    (_DECIMAL_WORDS, (_decimal_words,)),
)
