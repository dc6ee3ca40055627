"""
Redaction of a text that comes in pieces: no secret slips through a cut, and little is held back.

What has arrived and is not released is searched again with each piece, together with some released text as
context. Released is everything up to the place where something may still be open: the beginning of a known
secret in any form, the word at the end, a private key that has begun.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenant_daemon.redaction.redactor import Redactor

MAX_HELD = 16_384
"""Bytes held back at most; a longer open thing is a file, and is replaced when it is found."""
_MAX_WORD = 2_048
_CONTEXT = 512

_PRIVATE_KEY_BEGINS = re.compile(rb"-----BEGIN(?: [A-Z0-9 ]*)?(?:-{0,5})[^-]*$|-----?B?E?G?I?N?$")
_ASSIGNMENT_OPEN = re.compile(
    rb"[\w.-]{2,64}[\"'\\]{0,4}\s*(?::|=|=>)\s*[\"'\\]{0,4}$|(?i:\b(?:bearer|basic|token)\s+)$"
)
_LAST_WORD = re.compile(rb"[^\s]+$")
# Wrapped base64 or hex, and hex dumps: their lines belong together.
_BLOCK_OPEN = re.compile(
    rb"(?:(?:^|(?<=\s))[A-Za-z0-9+/=_-]{16,}\s{1,12})+\S*$"
    rb"|(?m:^[0-9a-f]{6,16}:?[ \t]{1,3}(?:[0-9a-f]{2,4}[ \t]{1,3}){3}[^\n]*\n)+[^\n]*\Z"
)


class StreamRedactor:
    """
    Feed pieces in order and pass on what comes back; after the last piece call ``finish`` once.

    The pieces that come back, joined, are the redacted text.
    """

    def __init__(self, redactor: "Redactor") -> None:
        self._redactor = redactor
        self._context = b""
        """Released text, as it arrived: gives the rules what stands before."""
        self._held = b""

    def feed(self, text: str) -> str:
        """What can be released now that ``text`` has arrived."""
        self._held += text.encode("utf-8", "surrogatepass")
        return self._release(self._safe_end())

    def finish(self) -> str:
        """The rest, when no more will come."""
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
        if block := _BLOCK_OPEN.search(held):
            ends.append(block.start())
        if key := _PRIVATE_KEY_BEGINS.search(held):
            ends.append(key.start())
        return max(min(ends), len(held) - MAX_HELD, 0)

    def _release(self, end: int) -> str:
        """Release up to ``end``, moved to where no finding is cut."""
        if not self._held:
            return ""
        if end <= 0 and len(self._held) < MAX_HELD:
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
            if finding.end > limit:
                # The secret may go on: it waits until it is seen whole.
                limit = start if limit < len(data) else limit
                if start >= limit:
                    break
            pieces.append(data[position:start])
            pieces.append(finding.placeholder.encode())
            position = finding.end
        if position < limit:
            pieces.append(data[position:limit])
            position = limit
        self._context = data[max(0, position - _CONTEXT) : position]
        self._held = data[position:]
        return b"".join(pieces).decode("utf-8", "surrogatepass")
