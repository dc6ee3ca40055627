"""
From the text that OpenClaw shows to the text that leaves the server.

OpenClaw gives the whole answer so far, again and again; between two of these it may skip steps, trim blanks
or begin anew. What has left cannot be taken back, so here text only ever grows.
"""

import json
import re
from typing import Final, Protocol

MAX_CHARS: Final = 390_000
MAX_JSON_BYTES: Final = 900_000
"""What fits into the last event of a run, which carries the whole text in one frame."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class TextStream(Protocol):
    """A ``StreamRedactor``."""

    def feed(self, text: str) -> str:
        """More text in, the part that is safe to show out."""

    def pause(self) -> str:
        """What was held back, when the text may or may not go on; a secret that may have begun stays."""

    def finish(self) -> str:
        """What was held back."""


class AnswerText:
    """
    One answer on its way out.

    Args:
        stream: Redacts; fresh for each answer.
        already: Redacted text of the same answer that left before a restart; it is not given out again.
    """

    def __init__(self, stream: TextStream, already: str = "") -> None:
        self._stream = stream
        self._seen = ""
        self._skip = len(already)
        self._given = [already]
        self._chars = len(already)
        self._json_bytes = _json_bytes(already)
        self.is_cut = False
        """Whether the answer was too long to be passed on whole."""

    @property
    def text(self) -> str:
        """Everything that was given out."""
        return "".join(self._given)

    def grow(self, whole: str) -> str:
        """The next redacted piece, given the whole answer so far."""
        return self._give(self._stream.feed(self._new_part(_well_formed(whole))))

    def pause(self) -> str:
        """What was held back, when nothing more comes before a person or a tool has answered."""
        return self._give(self._stream.pause())

    def finish(self, whole: str | None = None) -> str:
        """The last piece, given the final answer, or None when the answer was cut off where it was."""
        last = "" if whole is None else self._stream.feed(self._new_part(_well_formed(whole)))
        return self._give(last + self._stream.finish())

    def _new_part(self, whole: str) -> str:
        whole = whole.lstrip()
        seen = self._seen
        if seen.startswith(whole):
            return ""
        self._seen = whole
        if whole.startswith(seen):
            return whole[len(seen) :]
        trimmed = seen.rstrip()
        if whole.startswith(trimmed):
            return whole[len(trimmed) :]
        return f"\n\n{whole}"

    def _give(self, text: str) -> str:
        skipped = min(self._skip, len(text))
        self._skip -= skipped
        text = text[skipped:]
        if not text or self.is_cut:
            return ""
        size = _json_bytes(text)
        if self._chars + len(text) > MAX_CHARS or self._json_bytes + size > MAX_JSON_BYTES:
            self.is_cut = True
            return ""
        self._chars += len(text)
        self._json_bytes += size
        self._given.append(text)
        return text


def _json_bytes(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def _well_formed(text: str) -> str:
    """Without half characters: JavaScript cuts strings between the two halves of an emoji."""
    if not _SURROGATE.search(text):
        return text
    if "\ud800" <= text[-1] <= "\udbff":
        text = text[:-1]
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
