"""The last step of a list: what a redirection or a pipe behind the list belongs to."""

from collections.abc import Callable
from typing import Final

from tenant_daemon.policy.shell.script import (
    Call,
    Case,
    Choice,
    Fed,
    Group,
    Joined,
    Loop,
    Pipeline,
    Redirect,
    Step,
    While,
    Word,
)
from tenant_daemon.policy.shell.words import Refused

CONSTRUCTS: Final = (Group, Loop, Choice, Case, While, Call)
"""Steps in brackets of their own."""


def on_last(step: Step, change: Callable[[Step], Step], *, is_redirection: bool = False) -> Step:
    """
    The step with its last command, pipeline or construct changed.

    Raises:
        Refused: The last one is negated, which a redirection alone leaves as it is, or nothing that a
            redirection or a pipe can follow.
    """
    if isinstance(step, Joined):
        return step._replace(right=on_last(step.right, change, is_redirection=is_redirection))
    if isinstance(step, Pipeline) and step.is_negated and not is_redirection:
        raise Refused("a redirection of something that is not one command")
    if isinstance(step, Fed):
        return step._replace(target=on_last(step.target, change, is_redirection=is_redirection))
    if isinstance(step, (Pipeline, *CONSTRUCTS)):
        return change(step)
    raise Refused("a redirection of something that is not one command")


def redirected(
    step: Step, redirects: tuple[Redirect, ...], stdin: Word | None, words: tuple[Word, ...] = ()
) -> Step:
    """A last step with redirections, a text for its input, and the words that stand behind them."""
    if not isinstance(step, Pipeline):
        if stdin is not None or words:
            raise Refused("a text for a group of commands")
        return Group(step, redirects)
    *first, last = step.commands
    if stdin is not None and last.stdin is not None:
        raise Refused("two texts for one command")
    changed = last._replace(
        words=(*last.words, *words), redirects=(*last.redirects, *redirects), stdin=stdin or last.stdin
    )
    return step._replace(commands=(*first, changed))
