"""
Tokens of vendors under a simple cipher: letters shifted, exchanged or turned around, or a rare base.

Each of them turns the beginning of a token into something that is always the same, so one search for those
literals tells that there is something to decipher; texts without any pay nothing else.
"""

import base64
import re
import string
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from tenant_daemon.redaction.compiled import compiled
from tenant_daemon.redaction.number_bases import BASE45, base45_encode, base91_decode, base91_encode
from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import LONG
from tenant_daemon.redaction.views.vendor_marks import LOOKED_AT, MARKS, WORDS, has_mark
from tenant_daemon.redaction.views.view import Code, Parts, View

_LONGEST_MARK = 8
_SHORTEST_LITERAL = 3
_LONGEST = 600
_ESCAPE, _BACKSLASH = re.compile(rb"\\[A-Za-z]"), 0x5C
_PRINTABLE = re.compile(rb"[!-~]{12,%d}" % _LONGEST)
_HEX = re.compile(rb"[0-9A-Fa-f]{24,%d}" % (2 * _LONGEST))
_WORD_BEFORE = re.compile(rb"[!-~]{1,60}\Z")
_REACH = 60
_LOWER, _UPPER = string.ascii_lowercase, string.ascii_uppercase
_DIGITS, _TURNED = "0123456789", "5678901234"
_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE32HEX = b"0123456789ABCDEFGHIJKLMNOPQRSTUV"
_CROCKFORD = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_Z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_B85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_A85 = bytes(range(33, 118))
_BASE64 = (_UPPER + _LOWER + _DIGITS + "+/").encode()
_UU = b"`" + bytes(range(33, 96))
_XX = ("+-" + _DIGITS + _UPPER + _LOWER).encode()
_AS_LETTERS, _FROM_LETTERS = (
    bytes.maketrans(b"0123456789abcdef", b"abcdefghijklmnop"),
    bytes.maketrans(b"abcdefghijklmnop", b"0123456789abcdef"),
)
_LEAST_DIGITS = 24
_Decoder = Callable[[bytes], bytes]


class _Cipher:
    """One way of writing: to make the beginnings, and to undo it."""

    def __init__(self, encode: _Decoder, decode: _Decoder, *, pattern: re.Pattern[bytes], code: Code) -> None:
        self.encode = encode
        self.decode = decode
        self.pattern = pattern
        self.code = code


_Mark = tuple[_Cipher | None, bytes, bool]
"""A cipher, None for turned around; how a token begins in it; whether that may be amid a word."""


def read_ciphers(view: View) -> View | None:
    """What comes out as the token of a vendor; None when nothing does."""
    if view.is_inner and len(view.data) >= LONG:
        return None
    parts = Parts()
    seen: set[tuple[bytes, int]] = set()
    read: dict[_Cipher, int] = {}
    data = view.data
    for (cipher, literal, is_word), end in _hits(view):
        if cipher is None:
            _take_turned(parts, data, end)
            continue
        if end + LOOKED_AT <= read.get(cipher, 0):
            continue  # That was deciphered with what is in front of it.
        start = end - len(literal)
        if is_word:
            start = _word_start(data, start)
        elif start and cipher.code is Code.EVEN and _is_word(data[start - 1]):
            continue
        found = cipher.pattern.match(data, start)
        if not found or (literal, start) in seen:
            continue
        seen.add((literal, start))
        if cipher.pattern is _PRINTABLE and cipher.code is Code.EVEN:
            read[cipher] = found.end()
        _take(parts, cipher, found)
    if view.is_short:
        _take_numbers(parts, view)
    return View(parts, view, joint=SEPARATOR) if parts else None


def _word_start(data: bytes, start: int) -> int:
    found = _WORD_BEFORE.search(data, max(0, start - _REACH), start)
    return found.start() if found else start


def _take(parts: Parts, cipher: _Cipher, found: re.Match[bytes]) -> None:
    try:
        plain = cipher.decode(found.group())
    except ValueError:
        return
    if plain and has_mark(plain):
        parts.add(plain, found.start(), found.end(), cipher.code)


def _take_numbers(parts: Parts, view: View) -> None:
    """Long words that are one large number to the base 36."""
    for start, end in view.tokens:
        word = view.data[start:end]
        if not _LEAST_DIGITS <= end - start <= _LONGEST or not word.isalnum() or _is_mixed(word):
            continue
        number = int(word, 36)
        plain = number.to_bytes((number.bit_length() + 7) // 8, "big")
        if has_mark(plain):
            parts.add(plain, start, end)


def _is_mixed(word: bytes) -> bool:
    return not (word.islower() or word.isupper())


def _take_turned(parts: Parts, data: bytes, end: int) -> None:
    """The word that ends with the beginning of a token, turned around."""
    if end < len(data) and _is_word(data[end]):
        return
    low = max(0, end - _LONGEST)
    start = max(data.rfind(mark, low, end) for mark in (b" ", b"\n", b'"', b"'", b"=")) + 1
    start = max(start, low)
    if has_mark(turned := data[start:end][::-1]):
        parts.add(turned, start, end, Code.REVERSED)


def _is_word(byte: int) -> bool:
    return 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122


def _translation(source: str, target: str) -> _Cipher:
    there = bytes.maketrans(source.encode(), target.encode())
    back = bytes.maketrans(target.encode(), source.encode())

    def decode(raw: bytes) -> bytes:
        plain = raw.translate(back)
        if b"\\" not in raw or back[_BACKSLASH] != _BACKSLASH:
            return plain
        # The letter of an escape is none of the text that was enciphered.
        return _ESCAPE.sub(lambda found: raw[slice(*found.span())], plain)

    return _Cipher(lambda raw: raw.translate(there), decode, pattern=_PRINTABLE, code=Code.EVEN)


def _ciphers() -> Iterator[_Cipher]:
    alphabet = _LOWER + _UPPER
    for shift in range(1, 26):
        moved = _LOWER[shift:] + _LOWER[:shift] + _UPPER[shift:] + _UPPER[:shift]
        yield _translation(alphabet, moved)
    half = _LOWER[13:] + _LOWER[:13] + _UPPER[13:] + _UPPER[:13]
    yield _translation(alphabet + _DIGITS, half + _TURNED)
    yield _translation(alphabet, _LOWER[::-1] + _UPPER[::-1])
    yield _translation(alphabet, _UPPER + _LOWER)
    signs = bytes(range(33, 127)).decode()
    for shift in (47, 1, 93):
        yield _translation(signs, signs[shift:] + signs[:shift])


def _bases() -> Iterator[_Cipher]:
    for alphabet in (_BASE32.lower(), _BASE32HEX, _BASE32HEX.lower(), _CROCKFORD, _CROCKFORD.lower()):
        yield _base32(alphabet)
    for alphabet in (_B85, _A85, _Z85):
        yield _base85(alphabet)
    yield _Cipher(_ebcdic, lambda raw: _from_ebcdic(raw.lower()), pattern=_HEX, code=Code.WHOLE)


def _rare_bases() -> Iterator[_Cipher]:
    """What is only looked for in short texts."""
    for alphabet in (_UU, _XX):
        yield _base64(alphabet)
    yield _Cipher(_base45, _from_base45, pattern=re.compile(rb"[0-9A-Z $%*+./:-]{24,600}"), code=Code.WHOLE)
    yield _Cipher(_base91, _from_base91, pattern=_PRINTABLE, code=Code.WHOLE)
    yield _Cipher(
        lambda raw: raw.hex().encode().translate(_AS_LETTERS),
        lambda raw: bytes.fromhex(raw[: len(raw) & ~1].translate(_FROM_LETTERS).decode()),
        pattern=re.compile(rb"[a-p]{24,%d}" % (2 * _LONGEST)),
        code=Code.EVEN,
    )
    yield _Cipher(
        lambda raw: bytes(255 - byte for byte in raw).hex().encode(),
        lambda raw: bytes(255 - byte for byte in bytes.fromhex(raw[: len(raw) & ~1].decode())),
        pattern=_HEX,
        code=Code.WHOLE,
    )


def _base64(alphabet: bytes) -> _Cipher:
    there, back = bytes.maketrans(_BASE64, alphabet), bytes.maketrans(alphabet, _BASE64)
    # Some programs write a blank for the first character of uuencode.
    blank = b" " if alphabet is _UU else b""
    pattern = re.compile(b"[" + re.escape(alphabet) + blank + b"]{20,%d}" % _LONGEST)

    def encode(raw: bytes) -> bytes:
        return base64.b64encode(raw)[: len(raw) * 4 // 3].translate(there)

    def decode(written: bytes) -> bytes:
        whole = written.replace(b" ", alphabet[:1]).translate(back)
        return base64.b64decode(whole[: len(whole) & ~3])

    return _Cipher(encode, decode, pattern=pattern, code=Code.WHOLE)


def _base45(raw: bytes) -> bytes:
    return base45_encode(raw[: len(raw) & ~1])


def _from_base45(written: bytes) -> bytes:
    values = [BASE45.index(byte) for byte in written]
    numbers = [
        a + 45 * b + 2025 * c for a, b, c in zip(values[::3], values[1::3], values[2::3], strict=False)
    ]
    whole = next((at for at, number in enumerate(numbers) if number > 0xFFFF), len(numbers))
    return b"".join(number.to_bytes(2, "big") for number in numbers[:whole])


def _base91(raw: bytes) -> bytes:
    """The characters that do not depend on what follows."""
    return base91_encode(raw)[: len(raw) * 8 // 14 * 2]


def _from_base91(written: bytes) -> bytes:
    return base91_decode(written)


def _ebcdic(raw: bytes) -> bytes:
    return raw.decode().encode("cp500").hex().encode()


def _from_ebcdic(digits: bytes) -> bytes:
    return bytes.fromhex(digits[: len(digits) & ~1].decode()).decode("cp500").encode()


def _base32(alphabet: bytes) -> _Cipher:
    there, back = bytes.maketrans(_BASE32, alphabet), bytes.maketrans(alphabet, _BASE32)
    pattern = re.compile(b"[" + alphabet + b"]{24,%d}" % _LONGEST)

    def encode(raw: bytes) -> bytes:
        # Characters that also carry bits of what follows are left out.
        return base64.b32encode(raw)[: len(raw) * 8 // 5].translate(there)

    def decode(written: bytes) -> bytes:
        whole = written.translate(back)
        whole = whole[: len(whole) - (len(whole) % 8 in (1, 3, 6))]
        return base64.b32decode(whole + b"=" * (-len(whole) % 8))

    return _Cipher(encode, decode, pattern=pattern, code=Code.WHOLE)


def _base85(alphabet: bytes) -> _Cipher:
    there, back = bytes.maketrans(_B85, alphabet), bytes.maketrans(alphabet, _B85)
    pattern = re.compile(b"[" + re.escape(alphabet) + b"]{16,%d}" % _LONGEST)

    def encode(raw: bytes) -> bytes:
        return base64.b85encode(raw[:4]).translate(there) if len(raw) >= 4 else b""

    def decode(written: bytes) -> bytes:
        whole = written.translate(back)
        # What stands behind it may be a part of the alphabet as well.
        for cut in range(min(4, len(whole) - 1)):
            try:
                return base64.b85decode(whole[: len(whole) - cut])
            except ValueError:
                continue
        return _as_far_as_possible(whole)

    return _Cipher(encode, decode, pattern=pattern, code=Code.WHOLE)


def _as_far_as_possible(whole: bytes) -> bytes:
    plain = b""
    for start in range(0, len(whole), 5):
        try:
            plain += base64.b85decode(whole[start : start + 5])
        except ValueError:
            break
    return plain


@cache
def _marks(*, is_short: bool) -> tuple[_Mark, ...]:
    """How the beginnings look in each cipher, and turned around."""
    marks = [*_enciphered((*_bases(), *_ciphers()))]
    if is_short:
        marks += _enciphered(_rare_bases())
    return *marks, *((None, mark[:_LONGEST_MARK].encode()[::-1], False) for mark in MARKS)


def _enciphered(ciphers: Iterable[_Cipher]) -> Iterable[_Mark]:
    beginnings = [(mark.encode(), mark in WORDS) for mark in (*MARKS, *WORDS)]
    marks: dict[bytes, _Mark] = {}
    for cipher in ciphers:
        for beginning, is_word in beginnings:
            short = beginning[:_LONGEST_MARK]
            literal = cipher.encode(short)
            if len(literal) >= _SHORTEST_LITERAL + (cipher.code is Code.WHOLE) and literal != short:
                marks.setdefault(literal, (cipher, literal, is_word and cipher.code is Code.EVEN))
    return marks.values()


class _MarkFinder:
    """Finds such marks; compiled once and kept."""

    def __init__(self, name: str, marks: Sequence[_Mark]) -> None:
        self._lock = threading.Lock()
        self._marks = marks
        self._database = compiled(name, [re.escape(literal) for _, literal, _ in marks], 0)

    def find(self, data: bytes) -> list[tuple[_Mark, int]]:
        """The marks in ``data``, with where each ends."""
        hits: list[tuple[_Mark, int]] = []

        def record(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
            hits.append((self._marks[index], end))

        if data:
            with self._lock:
                self._database.scan(data, match_event_handler=record)
        return hits


@cache
def _finder(*, is_short: bool) -> _MarkFinder:
    name = "short-cipher-marks" if is_short else "cipher-marks"
    return _MarkFinder(name, _marks(is_short=is_short))


def _hits(view: View) -> list[tuple[_Mark, int]]:
    return _finder(is_short=view.is_short).find(view.data)
