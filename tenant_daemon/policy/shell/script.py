"""A parsed command line: plain words in commands, commands in pipelines, pipelines in a tree of steps."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Union


class Word(NamedTuple):
    """One argument after unquoting; ``text`` may hold the placeholders of ``expansions``."""

    text: str
    is_glob: bool = False
    """Unquoted ``*``, ``?`` or ``[``: to be matched against real names."""
    is_dynamic: bool = False
    """Holds what only a shell could compute; ``text`` is then the raw source."""


class Redirect(NamedTuple):
    """
    A redirection.

    ``both`` is ``&>``; ``merge`` is ``2>&1`` and ``aside`` is ``>&2``, which have no target.
    """

    kind: Literal["in", "out", "append", "both", "err", "merge", "aside"]
    target: Word


class SimpleCommand(NamedTuple):
    """One program with its arguments."""

    words: tuple[Word, ...]
    assignments: tuple[tuple[str, Word], ...] = ()
    redirects: tuple[Redirect, ...] = ()
    stdin: Word | None = None
    """The text of a here-document or here-string."""


class Pipeline(NamedTuple):
    """Commands that feed each other."""

    commands: tuple[SimpleCommand, ...]
    is_negated: bool = False


class Row(NamedTuple):
    """Steps one after the other, whatever comes of them."""

    steps: tuple["Step", ...]


class Joined(NamedTuple):
    """Two steps, the second depending on how the first one ends."""

    left: "Step"
    connector: Literal["&&", "||"]
    right: "Step"


class Choice(NamedTuple):
    """``if``."""

    condition: "Step"
    then: "Step"
    otherwise: Union["Step", None]


class Loop(NamedTuple):
    """``for NAME in WORDS``."""

    name: str
    words: tuple[Word, ...]
    body: "Step"


class While(NamedTuple):
    """``while`` and ``until``, where nothing is read."""

    condition: "Step"
    body: "Step"
    is_until: bool


class Pattern(NamedTuple):
    """What a word is held against in ``case``."""

    regex: str
    basic: str
    """The same as a basic regular expression."""
    literal: str | None
    """The text, when nothing in it is special."""


class Case(NamedTuple):
    """``case WORD in PATTERNS) BODY;; ... esac``."""

    word: Word
    branches: tuple[tuple[tuple[Pattern, ...], Union["Step", None]], ...]


class Call(NamedTuple):
    """A function of the line's own, called."""

    words: tuple[Word, ...]
    body: "Step"


class ReadLoop(NamedTuple):
    """``SOURCE | while read NAMES``."""

    source: "Step"
    names: tuple[str, ...]
    separator: str
    """Between the parts of a line; empty for blanks."""
    body: "Step"
    is_apart: bool = False
    """Behind a pipe it is a process of its own: what it sets is gone afterwards."""


class Fed(NamedTuple):
    """A loop or a group in a pipe: ``for ...; done | sort``, ``ps | (head -1; sort)``."""

    source: "Step"
    target: "Step"
    """It reads what the source prints."""


class Group(NamedTuple):
    """Steps in brackets, with redirections for all of them."""

    body: "Step"
    redirects: tuple[Redirect, ...] = ()
    is_subshell: bool = False


class Assignment(NamedTuple):
    """``NAME=value`` as a step of its own."""

    name: str
    word: Word
    is_local: bool = False


class ArrayAssignment(NamedTuple):
    """``NAME=(WORDS)``, ``NAME+=(WORDS)``, or what ``mapfile`` does."""

    name: str
    words: tuple[Word, ...]
    is_more: bool = False
    is_of_lines: bool = False
    """An element for each line that the one word, ``$(...)``, prints."""


Step = (
    Pipeline
    | Row
    | Joined
    | Choice
    | Case
    | Loop
    | While
    | ReadLoop
    | Fed
    | Group
    | Call
    | Assignment
    | ArrayAssignment
)


@dataclass(frozen=True, slots=True)
class Script:
    """
    A command line.

    ``problem`` says why it cannot be run; the commands that were made out are kept all the same, so that
    what is dangerous in them is still named.
    """

    body: Step | None = None
    substitutions: tuple[Step, ...] = ()
    """What stands in ``$(...)``, by the number in the placeholder."""
    problem: str | None = None
    loose_parts: tuple[SimpleCommand, ...] = field(default=())
    """Commands inside a construct that is refused (substitutions, loops ...)."""

    @property
    def pipelines(self) -> tuple[tuple[SimpleCommand, ...], ...]:
        """Every pipeline, wherever it stands."""
        return tuple(_pipelines(self.body)) if self.body is not None else ()


def _pipelines(step: Step) -> list[tuple[SimpleCommand, ...]]:
    if isinstance(step, Pipeline):
        return [step.commands]
    inner: tuple[Step | None, ...] = ()
    if isinstance(step, Row):
        inner = step.steps
    elif isinstance(step, Joined):
        inner = (step.left, step.right)
    elif isinstance(step, Choice):
        inner = (step.condition, step.then, step.otherwise)
    elif isinstance(step, Case):
        inner = tuple(body for _, body in step.branches)
    elif isinstance(step, While):
        inner = (step.condition, step.body)
    elif isinstance(step, ReadLoop):
        inner = (step.source, step.body)
    elif isinstance(step, Fed):
        inner = (step.source, step.target)
    elif isinstance(step, Loop | Group | Call):
        inner = (step.body,)
    return [found for part in inner if part is not None for found in _pipelines(part)]
