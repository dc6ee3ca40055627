"""
``exit``, ``return`` and ``continue``: what stands after them depends on what stands before them, which is
said in other words.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from tenant_daemon.policy.rewrites import all_of, said, stops_at_failure
from tenant_daemon.policy.shell.script import Choice, Group, Joined, Pipeline, Row, SimpleCommand, Step, Word

_EXIT: Final = re.compile(r"(?:exit|return)(?: (\d{1,3}))?|continue|break")


class Leaving(NamedTuple):
    """A step that leaves in one case, and what it does before it."""

    condition: Step
    is_at_failure: bool
    done: Step | None


def without_exits(body: Step) -> Step:
    """
    A whole line without ``exit``; where that is not possible it stays, and is not known as a program.

    ``a || exit 1; b`` is ``a && b``; ``a || { echo no; exit 1; }; b`` chooses between ``b`` and the words.
    """
    if isinstance(body, Pipeline) and body.commands[0].words[0].text != "exit":
        # Nearly every line; said here for its speed.
        return body
    return without(body, "exit")


def without(body: Step, word: str) -> Step:
    """The body of a line, a function or a round without ``exit``, ``return`` or ``continue``."""
    if not isinstance(body, Row):
        return one_of(_kept((body,), one_of, word))
    first, *rest = body.steps
    if stops_at_failure(first) and rest:
        return Row((first, *_kept(tuple(rest), all_of, word)))
    return one_of(_kept(body.steps, one_of, word))


def parted(body: Step, word: str) -> tuple[tuple[Step, ...], Leaving, tuple[Step, ...]] | None:
    """What a body does before it may leave, how it leaves, and what it does else; None when it does not."""
    steps = body.steps if isinstance(body, Row) else (body,)
    for place, step in enumerate(steps):
        leaving = _leaving(step, word)
        if leaving is not None:
            return steps[:place], leaving, steps[place + 1 :]
    return None


def _kept(steps: tuple[Step, ...], join: Callable[[tuple[Step, ...]], Step], word: str) -> tuple[Step, ...]:
    for place, step in enumerate(steps):
        before, after = steps[:place], steps[place + 1 :]
        if _exit_code(step, word) is not None:
            return steps if after or not before else (*before, *_ended(step, word))
        leaving = _leaving(step, word)
        if leaving is not None:
            return (*before, *chosen(leaving, join(_kept(after, join, word)) if after else None))
    return steps


def _leaving(step: Step, word: str) -> Leaving | None:
    condition: Step
    if isinstance(step, Joined):
        condition, last = step.left, step.right
    elif isinstance(step, Choice) and step.otherwise is None:
        condition, last = step.condition, step.then
    else:
        return None
    inner = last.body if isinstance(last, Group) and not last.redirects and not last.is_subshell else last
    steps = inner.steps if isinstance(inner, Row) else (inner,)
    if _exit_code(steps[-1], word) is None:
        return None
    done = (*steps[:-1], *_ended(steps[-1], word))
    is_at_failure = isinstance(step, Joined) and step.connector == "||"
    return Leaving(condition, is_at_failure, one_of(done) if done else None)


def chosen(leaving: Leaving, rest: Step | None) -> tuple[Step, ...]:
    """The same with ``rest``, which runs in the other case."""
    condition, is_at_failure, done = leaving
    if not is_at_failure:
        return (Choice(condition, done or _said("true"), rest),)
    if _is_entering(condition):
        # Where the folder is not there, nothing after it runs anyway.
        return (condition,) if rest is None else (condition, rest)
    if done is None or done == _said("false"):
        return (condition if rest is None else Joined(condition, "&&", rest),)
    return (Joined(condition, "||", done) if rest is None else Choice(condition, rest, done),)


def _is_entering(step: Step) -> bool:
    return isinstance(step, Pipeline) and not step.is_negated and step.commands[0].words[0].text == "cd"


def _ended(step: Step, word: str) -> tuple[Step, ...]:
    """What ends with the code of this ``exit``."""
    if word in ("continue", "break"):
        return (_said("true"),)
    code = _exit_code(step, word)
    return (_said("false" if int(code) else "true"),) if code else ()


def _exit_code(step: Step, word: str) -> str | None:
    """The code of a plain ``exit``, empty where it has none; None for anything else."""
    if not isinstance(step, Pipeline) or step.commands[0].words[0].text != word:
        return None
    found = _EXIT.fullmatch(said(step))
    return None if found is None else found[1] or ""


def _said(word: str) -> Step:
    return Pipeline((SimpleCommand((Word(word),)),))


def one_of(steps: tuple[Step, ...]) -> Step:
    """Steps one after the other."""
    return steps[0] if len(steps) == 1 else Row(steps)
