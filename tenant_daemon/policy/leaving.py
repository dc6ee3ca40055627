"""``exit`` in a line: what stands after it depends on what stands before it, which is said in other words."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from tenant_daemon.policy.rewrites import all_of, said, stops_at_failure
from tenant_daemon.policy.shell.script import Choice, Group, Joined, Pipeline, Row, SimpleCommand, Step, Word

_EXIT: Final = re.compile(r"exit(?: (\d{1,3}))?")


class _Leaving(NamedTuple):
    """A step that ends the line in one case, and what it does before it."""

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
    if not isinstance(body, Row):
        return _one(_kept((body,), _one))
    first, *rest = body.steps
    if stops_at_failure(first) and rest:
        return Row((first, *_kept(tuple(rest), all_of)))
    return _one(_kept(body.steps, _one))


def _kept(steps: tuple[Step, ...], join: Callable[[tuple[Step, ...]], Step]) -> tuple[Step, ...]:
    for place, step in enumerate(steps):
        before, after = steps[:place], steps[place + 1 :]
        if _exit_code(step) is not None:
            return steps if after or not before else (*before, *_ended(step))
        leaving = _leaving(step)
        if leaving is not None:
            return (*before, *_chosen(leaving, join(_kept(after, join)) if after else None))
    return steps


def _leaving(step: Step) -> _Leaving | None:
    condition: Step
    if isinstance(step, Joined):
        condition, last = step.left, step.right
    elif isinstance(step, Choice) and step.otherwise is None:
        condition, last = step.condition, step.then
    else:
        return None
    inner = last.body if isinstance(last, Group) and not last.redirects and not last.is_subshell else last
    steps = inner.steps if isinstance(inner, Row) else (inner,)
    if _exit_code(steps[-1]) is None:
        return None
    done = (*steps[:-1], *_ended(steps[-1]))
    is_at_failure = isinstance(step, Joined) and step.connector == "||"
    return _Leaving(condition, is_at_failure, _one(done) if done else None)


def _chosen(leaving: _Leaving, rest: Step | None) -> tuple[Step, ...]:
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


def _ended(step: Step) -> tuple[Step, ...]:
    """What ends with the code of this ``exit``."""
    code = _exit_code(step)
    return (_said("false" if int(code) else "true"),) if code else ()


def _exit_code(step: Step) -> str | None:
    """The code of a plain ``exit``, empty where it has none; None for anything else."""
    if not isinstance(step, Pipeline) or step.commands[0].words[0].text != "exit":
        return None
    found = _EXIT.fullmatch(said(step))
    return None if found is None else found[1] or ""


def _said(word: str) -> Step:
    return Pipeline((SimpleCommand((Word(word),)),))


def _one(steps: tuple[Step, ...]) -> Step:
    return steps[0] if len(steps) == 1 else Row(steps)
