"""A conversation's title from its first message. Pure."""

from typing import Final

_MAX_LENGTH: Final = 60


def title_from(text: str) -> str:
    """The first line that says something, cut at a word."""
    line = next((stripped for raw in text.splitlines() if (stripped := " ".join(raw.split()))), "")
    if len(line) <= _MAX_LENGTH:
        return line
    head, space, _ = line[:_MAX_LENGTH].rpartition(" ")
    return f"{head if space else line[: _MAX_LENGTH - 1]}…"
