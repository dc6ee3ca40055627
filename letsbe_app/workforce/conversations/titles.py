"""A conversation's title from its first message. Pure."""

from typing import Final

from letsbe_app.kit.one_line import without_hidden

_MAX_LENGTH: Final = 60


def title_from(text: str) -> str:
    """The first line that says something, cut at a word."""
    lines = (" ".join(without_hidden(raw).split()) for raw in text.splitlines())
    line = next(filter(None, lines), "")
    if len(line) <= _MAX_LENGTH:
        return line
    head, space, _ = line[:_MAX_LENGTH].rpartition(" ")
    return f"{head if space else line[: _MAX_LENGTH - 1]}…"
