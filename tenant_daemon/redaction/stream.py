"""
Redaction of a text that comes in pieces: no secret slips through a cut, and little is held back.

What has arrived and is not released is searched again with each piece, together with some released text as
context. Released is everything up to the place where something may still be open: the beginning of a known
secret in any form, the word at the end, a private key that has begun.
"""

import re
from typing import TYPE_CHECKING

import re2

from tenant_daemon.redaction.apart import open_from
from tenant_daemon.redaction.findings import redacted
from tenant_daemon.redaction.json_texts import quoted

if TYPE_CHECKING:
    from tenant_daemon.redaction.redactor import Redactor

MAX_HELD = 16_384
"""Bytes held back at most; a longer open thing is a file, and is replaced when it is found."""
_MAX_WORD = MAX_HELD
_CONTEXT = 512

_BLOCK_BEGINS = b"-----BEGIN"
_BLOCK_ENDS = re.compile(rb"-----END [A-Z0-9 ]{1,60}-----")
_WORD_ENDS = re.compile(rb"\s")
_ASSIGNMENT_OPEN = re.compile(
    rb"[\w.-]{2,64}[\"'\\]{0,4}\s*(?::|=|=>)\s*[\"'\\]{0,4}$|(?i:\b(?:bearer|basic|token)\s+)$"
)
_PACKED_WORD = re.compile(rb"[^\s]{0,80}?(?:H4sI|eJ[wxyz]|eN[opqr]|eAE|1[fF]8[bB]08|789[cC]|78[dD][aA])")
_LAST_WORD = re.compile(rb"[^\s]+$")
# Wrapped base64 or hex: its lines belong together.
_BLOCK_OPEN = re.compile(rb"(?:(?:^|(?<=\s))[A-Za-z0-9+/=_-]{16,}\s{1,12})+\S*$")
# So do those of a hex dump, from the address of the first one on.
_DUMP_OPEN = re.compile(
    rb"(?:^|(?<=\s))(?:(?:[0-9a-f]{6,16}:?[ \t]{1,3}[0-9a-f]{2}|[0-7]{7} |0x[0-9a-f]{4,16}[ :])[^\n]*\n)*"
    rb"(?:(?:[0-9a-f]{6,16}:?[ \t]{1,3}[0-9a-f]{2}|[0-7]{7} |0x[0-9a-f]{4,16}[ :])[^\n]*"
    rb"|(?:0x)?[0-9a-f]{6,16}:?[ \t]{0,3}|(?:0x?)?[0-9a-f]{0,16})\Z"
)
# And the pieces of a text that a program puts together, in a sum or one statement after the other. RE2, since
# starting anew at each of them takes time.
_PIECE = rb"(?:'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
_ADDED = rb"\)?;?\s{1,24}[$@]?[\w.>-]{1,32}\s?(?:[+&.|]{1,2}=\s?|<<\s?|\()"
_SUM_OPEN = re2.compile(
    rb"(?:%b(?:\s*[+.&~|<>]{1,2}\s*|%b))*%b(?:\s*(?:[+.&~|<>]{1,2}\s*(?:['\"][^\n]*)?)?|\)?;?\s{0,24}[$@\w.>-]*\s?[+&.|<=]{0,2}|%b(?:['\"][^\n]*)?)\z"
    % (_PIECE, _ADDED, _PIECE, _ADDED)
)
_AS_BYTES = re2.Options()
_AS_BYTES.encoding = re2.Options.Encoding.LATIN1
# Characters as numbers, one after the other: what they stand for may be an encoding itself.
_GROUPS_OPEN = re2.compile(
    rb"(?:\A|[^0-9A-Za-z])(?:(?:(?:[0-9A-Fa-f]{2}|[0-9A-Fa-f]{4})[\s,:;|_-]{1,12}){2,}"
    rb"|(?:[0-9]{4,20}[\s,]{1,16}){2,}"
    rb"|(?:(?:0[xX]|\\[xu]|U\+|&#[xX]?)[0-9A-Fa-f]{1,8};?[\s,:;|_-]{1,12})+)\S*\z",
    _AS_BYTES,
)
_LONGEST_GROUP = 16
_LEAST_BEGUN = 4
"""Bytes that nothing but a secret begins with: fewer are there by chance too often."""
_LINE_OF_DATA = re.compile(
    rb"(?:^|[ \t|:>\])*/#%\"+-])(?:(?=[a-z]*[^a-z\s])[A-Za-z0-9+/_-]{10,}={0,2}"
    rb"|[^\s]*(?:\\u[0-9A-Fa-f]{0,4}|\\x[0-9A-Fa-f]{0,2}|%[0-9A-Fa-f]{2}|&#[xX]?[0-9A-Fa-f]*;?|=[0-9A-F]{0,2}))"
    rb"[ \t]*\r?$"
)
"""A line that ends with a piece of data or with an escape, whatever it begins with."""
_END_OF_LINE = 128
_MOST_OF_LINES = 4_096
"""Bytes of such lines that are held: a listing may end all its lines so."""
_OPEN = (_BLOCK_OPEN, _DUMP_OPEN)
_LONGEST_ESCAPE = 12
"""Bytes at the end that may be the beginning of one more character of what was found."""


Move = tuple[int, bytes | None]
"""So many bytes, and what was told in their place; None where they were told themselves."""


class StreamRedactor:
    """
    Feed pieces in order and pass on what comes back; after the last piece call ``finish`` once.

    The pieces that come back, joined, are the redacted text. Each look at them costs about the same however
    long they are: pieces that are there at the same moment are looked at together, all but the last of them
    fed with ``waits``, with ``settle`` for a text whose last piece waits.
    """

    def __init__(self, redactor: "Redactor") -> None:
        self._redactor = redactor
        self._context = b""
        """Released text, as it arrived: gives the rules what stands before."""
        self._held = b""
        self._waits = False
        """Whether some of what is held was not looked at."""
        self._skips_to: re.Pattern[bytes] | None = None
        """Set in the middle of a secret that grew over the limit: the rest of it is dropped."""
        self.moves: list[Move] | None = None
        """What became of bytes that are no longer held, in their order; a list where somebody asks for it."""

    def feed(self, text: str, *, waits: bool = False) -> str:
        """What can be released now that ``text`` has arrived; nothing of it when it waits for the next."""
        self._held += text.encode("utf-8", "surrogatepass")
        self._waits = waits and len(self._held) < MAX_HELD
        if self._waits:
            return ""
        self._skip()
        if len(self._held) > MAX_HELD and self._skips_to is None and _is_packed(self._held):
            # Data that cannot be read before its end has come, and that is too large to wait for.
            placeholder = redacted("unread-data")
            self._note(len(self._held), placeholder.encode())
            self._context, self._held, self._skips_to = b"", b"", _WORD_ENDS
            return placeholder
        return self._release(self._safe_end())

    def settle(self) -> str:
        """What can be released of pieces that wait."""
        return self.feed("") if self._waits else ""

    def pause(self) -> str:
        """
        The rest, when another text goes on and this one may or may not.

        What may be a secret of the vault that has begun stays; that would be cut here otherwise.
        """
        if not self._held:
            return ""
        self._skip()
        self._waits = False
        shown = self._context + self._held
        opening = self._redactor.known.open_end(shown)
        if opening is None or len(shown) - opening < _LEAST_BEGUN:
            return self._release(len(self._held))
        return self._release(opening - len(self._context))

    def finish(self) -> str:
        """The rest, when no more will come."""
        self._skip()
        return self._release(len(self._held))

    def _safe_end(self) -> int:
        """How much of what is held cannot become part of a secret any more."""
        held = self._held
        ends = [len(held)]
        if (opening := self._redactor.known.open_end(held)) is not None:
            ends.append(opening)
        if word := _LAST_WORD.search(held[-_MAX_WORD:]):
            ends.append(max(0, len(held) - _MAX_WORD) + word.start())
        tail_at = max(0, len(held) - 256)
        if open_name := _ASSIGNMENT_OPEN.search(held, tail_at):
            ends.append(open_name.start())
        ends.extend(opened.start() for p in _OPEN if (opened := p.search(held)))
        if (b"'" in held or b'"' in held) and (opened := _SUM_OPEN.search(held)):
            ends.append(opened.start())
        # One number is no sign of anything, so the first of them may have been released.
        before = self._context[-_LONGEST_GROUP:]
        if opened := _GROUPS_OPEN.search(before + held):
            ends.append(max(0, opened.start() - len(before)))
        ends.append(_lines_open(held))
        ends.append(open_from(self._context, held))
        begins = held.rfind(_BLOCK_BEGINS)
        if begins >= 0 and not _BLOCK_ENDS.search(held, begins):
            ends.append(begins)
        return max(min(ends), len(held) - MAX_HELD, 0)

    def _skip(self) -> None:
        if self._skips_to is None:
            return
        size = len(self._held)
        if found := self._skips_to.search(self._held):
            self._held, self._skips_to = self._held[found.start() :], None
        else:
            # The end marker itself may be cut.
            self._held = self._held[-80:]
        self._note(size - len(self._held), b"")

    def _note(self, size: int, told: bytes | None) -> None:
        if self.moves is not None and size:
            self.moves.append((size, told))

    def _release(self, end: int) -> str:
        """Release up to ``end``, moved to where no finding is cut."""
        if not self._held:
            return ""
        if end <= 0 or self._skips_to:
            return ""
        data = self._context + self._held
        shift = len(self._context)
        pieces: list[bytes] = []
        position, limit = shift, shift + end
        for finding in self._redactor.find(data):
            if finding.end <= position:
                continue
            start = max(finding.start, position)
            if start >= limit:
                break
            if finding.end > limit and len(self._held) <= MAX_HELD:
                # The secret may go on: it waits until it is seen whole.
                limit = start
                break
            if finding.end > limit:
                self._skips_to = _end_of(data, finding.start, finding.end)
            pieces.append(data[position:start])
            pieces.append(placeholder := quoted(finding, data).placeholder.encode())
            self._note(start - position, None)
            self._note(finding.end - start, placeholder)
            position = finding.end
        if position < limit:
            pieces.append(data[position:limit])
            self._note(limit - position, None)
            position = limit
        self._context = data[max(0, position - _CONTEXT) : position]
        self._held = data[position:]
        return b"".join(pieces).decode("utf-8", "surrogatepass")


def _lines_open(held: bytes) -> int:
    """Where the last lines begin that end with data; the end where there are none."""
    opened = len(held)
    end = held.rfind(b"\n")
    while end >= max(0, len(held) - _MOST_OF_LINES):
        begin = held.rfind(b"\n", 0, end) + 1
        if not _LINE_OF_DATA.search(held[max(begin, end - _END_OF_LINE) : end]):
            break
        opened, end = begin, begin - 1
    return opened


def _is_packed(held: bytes) -> bool:
    """Whether all that is held is the beginning of one word that holds compressed data."""
    return _PACKED_WORD.match(held) is not None and not _WORD_ENDS.search(held)


def _end_of(data: bytes, start: int, end: int) -> re.Pattern[bytes] | None:
    """What ends a secret that is released as a placeholder before all of it has arrived."""
    if data.startswith(_BLOCK_BEGINS, start):
        return None if _BLOCK_ENDS.search(data, start, end) else _BLOCK_ENDS
    return _WORD_ENDS if len(data) - end < _LONGEST_ESCAPE and not _WORD_ENDS.search(data, end) else None
