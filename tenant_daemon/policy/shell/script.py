"""A parsed command line: plain words in commands, commands in pipelines, pipelines in a row."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Word(NamedTuple):
    """One argument after unquoting."""

    text: str
    is_glob: bool = False
    """Unquoted ``*``, ``?`` or ``[``: to be matched against real names."""
    is_dynamic: bool = False
    """Holds what only a shell could compute; ``text`` is then the raw source."""


class Redirect(NamedTuple):
    """A redirection; ``both`` is ``&>``, ``merge`` is ``2>&1`` and has no target."""

    kind: Literal["in", "out", "append", "both", "err", "merge"]
    target: Word


class SimpleCommand(NamedTuple):
    """One program with its arguments."""

    words: tuple[Word, ...]
    assignments: tuple[tuple[str, Word], ...] = ()
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """
    A command line.

    ``problem`` says why it cannot be run; the commands that were made out are kept all the same, so that
    what is dangerous in them is still named.
    """

    pipelines: tuple[tuple[SimpleCommand, ...], ...] = ()
    connectors: tuple[str, ...] = ()
    problem: str | None = None
    loose_parts: tuple[SimpleCommand, ...] = field(default=())
    """Commands inside a construct that is refused (substitutions, loops ...)."""
