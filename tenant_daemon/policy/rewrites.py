"""Command lines put into a simpler shape with the same effect, before they are judged."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tenant_daemon.policy.shell.expansions import has_expansion
from tenant_daemon.policy.shell.parser import parse
from tenant_daemon.policy.shell.references import show
from tenant_daemon.policy.shell.script import (
    Joined,
    Pipeline,
    Redirect,
    Row,
    Script,
    SimpleCommand,
    Step,
    Word,
)

OUTPUTS: Final = ("out", "append", "both")
DELETERS: Final = frozenset({"rm", "unlink", "shred"})
_CLIENTS: Final = frozenset({"psql", "mysql", "mariadb", "sqlite3"})
_SET: Final = re.compile(r"set -e[ux]{0,2}(?: ?-?o pipefail)?")
_SET_STRICT: Final = re.compile(r"set -(?:u|u?o pipefail|[vx]{1,2})|set \+[uvx]{1,3}")
SHELLS: Final = frozenset({"sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/bash"})
_SHELL_FLAGS: Final = re.compile(r"(?:-l )?-(?:l?c|(e[ux]{0,2})c|(e[ux]{0,2}(?:o pipefail)?) -c)")
_ALIASES: Final = {
    "ll": (Word("ls"), Word("-l")),
    "la": (Word("ls"), Word("-A")),
    # Nothing runs beside the line that it could wait for.
    "wait": (Word("true"),),
    "jobs": (Word("true"),),
}
RESTATED: Final = frozenset({*_ALIASES, "watch", "echo", "cat"})
"""First words of what ``unaliased``, ``once`` and ``spoken`` may say in other words."""
_TAKING_FILES: Final = frozenset({"-d", "--data", "--data-ascii", "--data-binary", "--json"})
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")
_WATCH_FLAG: Final = re.compile(
    r"(-n|--interval)|-n[\d.]+|--interval=[\d.]+|-[dtcbegx]+|--(?:differences|no-title|color|beep)"
)


def stops_at_failure(step: Step) -> bool:
    """``set -e`` at the beginning."""
    return _SET.fullmatch(said(step)) is not None


def means_nothing(step: Step) -> bool:
    """
    ``set -o pipefail`` and ``set -u``: here a missing variable asks anyway, and no part hides another.

    ``set -x`` would only say what runs, which the answer says in any case.
    """
    return _SET_STRICT.fullmatch(said(step)) is not None


def said(step: Step) -> str:
    """A plain command as it was written; empty for anything else."""
    if not isinstance(step, Pipeline) or len(step.commands) != 1 or step.is_negated:
        return ""
    command = step.commands[0]
    is_plain = not (command.redirects or command.assignments or command.stdin)
    return " ".join(word.text for word in command.words) if is_plain else ""


def shell_script(step: Pipeline) -> Script | None:
    """The script in ``bash -c 'SCRIPT'``, which is judged and runs as if no shell had been named."""
    first = step.commands[0]
    if len(step.commands) != 1 or len(first.words) < 3 or first.assignments or first.stdin is not None:
        return None
    _, *flags, last = first.words
    found = _SHELL_FLAGS.fullmatch(" ".join(word.text for word in flags))
    if found is None or last.is_glob or has_expansion(last.text):
        return None
    script = parse(last.text)
    if script.body is None or not any(found.groups()):
        return script if script.problem is None else None
    steps = script.body.steps if isinstance(script.body, Row) else (script.body,)
    return replace(script, body=all_of(steps))


def all_of(steps: tuple[Step, ...]) -> Step:
    """One after the other as long as each of them comes off."""
    whole = steps[0]
    for step in steps[1:]:
        whole = Joined(whole, "&&", step)
    return whole


def only_prints(step: Step) -> bool:
    """``true`` or ``echo no``: the same in whichever folder it runs."""
    if not isinstance(step, Pipeline) or len(step.commands) != 1:
        return False
    command = step.commands[0]
    return command.words[0].text in ("true", "false", "echo", ":") and not (
        command.redirects or command.assignments or any(word.is_glob for word in command.words)
    )


def unaliased(commands: tuple[SimpleCommand, ...]) -> tuple[SimpleCommand, ...]:
    """``ll``, ``wait`` and their like, which every shell knows, as what they stand for."""
    first = commands[0]
    words = _ALIASES.get(first.words[0].text)
    return commands if words is None else (first._replace(words=(*words, *first.words[1:])), *commands[1:])


def once(commands: tuple[SimpleCommand, ...]) -> tuple[SimpleCommand, ...]:
    """
    ``watch COMMAND`` as the command itself.

    Nobody sits before a screen: what ``watch`` would show again and again is shown once,
    without the shell that it would start.
    """
    first = commands[0]
    if first.words[0].text != "watch" or len(commands) != 1 or first.stdin is not None or first.assignments:
        return commands
    texts = [word.text for word in first.words]
    at = 1
    while at < len(texts) and (found := _WATCH_FLAG.fullmatch(texts[at])) is not None:
        at += 2 if found[1] else 1
    if at >= len(texts) or any(word.is_glob or not word.text.isascii() for word in first.words[at:]):
        return commands
    if at < len(texts) - 1 and any(_PLAIN.fullmatch(text) is None for text in texts[at:]):
        # The shell would take the words apart in another way than they are written.
        return commands
    inner = parse(" ".join(texts[at:]), is_for_shell=True)
    if inner.problem is not None or not isinstance(inner.body, Pipeline):
        return commands
    *others, last = inner.body.commands
    return (*others, last._replace(redirects=(*last.redirects, *first.redirects)))


def spoken(commands: tuple[SimpleCommand, ...]) -> tuple[SimpleCommand, ...]:
    """``echo "select 1" | psql`` as if the text stood in a here-document: then it can be judged."""
    if len(commands) < 2 or commands[0].words[0].text not in ("echo", "cat"):
        return commands
    first, second, *rest = commands
    if first.words[0].text == "cat":
        return _handed_on(first, second, rest) or commands
    words = first.words[1:]
    is_plain = not (first.redirects or first.assignments or first.stdin)
    is_plain = is_plain and not any(word.is_glob for word in words)
    is_fed = second.stdin is not None or any(redirect.kind == "in" for redirect in second.redirects)
    is_client = any(word.text.rpartition("/")[2] in _CLIENTS for word in second.words)
    if not words or words[0].text.startswith("-") or not is_plain or is_fed or not is_client:
        return commands
    text = " ".join(word.text for word in words) + "\n"
    return (second._replace(stdin=Word(text)), *rest)


def _handed_on(
    first: SimpleCommand, second: SimpleCommand, rest: list[SimpleCommand]
) -> tuple[SimpleCommand, ...] | None:
    """``cat <<E | psql`` as ``psql <<E``, where the text stands there as it is."""
    is_fed = second.stdin is not None or any(redirect.kind == "in" for redirect in second.redirects)
    if first.stdin is None or len(first.words) > 1 or first.redirects or first.assignments or is_fed:
        return None
    return None if has_expansion(first.stdin.text) else (second._replace(stdin=first.stdin), *rest)


def with_outer(commands: tuple[SimpleCommand, ...], outer: tuple[Redirect, ...]) -> tuple[SimpleCommand, ...]:
    """The redirections of a group for each pipeline in it; a command's own go first."""
    changed: list[SimpleCommand] = []
    for index, command in enumerate(commands):
        own = {slot(redirect) for redirect in command.redirects}
        is_last = index == len(commands) - 1
        added = [
            redirect
            for redirect in outer
            if slot(redirect) not in own and (is_last or redirect.kind == "err")
        ]
        changed.append(command._replace(redirects=(*command.redirects, *added)))
    return tuple(changed)


def slot(redirect: Redirect) -> str:
    return "out" if redirect.kind in OUTPUTS else "err" if redirect.kind == "merge" else redirect.kind


def shown(command: SimpleCommand) -> SimpleCommand:
    """The command with references to secrets spelled as the agent wrote them."""
    words = tuple(word._replace(text=show(word.text)) for word in command.words)
    return command._replace(words=words)


def place_of(argv: list[str], inner: list[str]) -> int | None:
    """
    Where in the whole command line the program stands that was judged as ``inner``.

    At the end when another program runs it, or once behind ``-exec``, with ``{}`` for what is found.
    """
    if argv[-len(inner) :] == inner:
        return len(argv) - len(inner)
    places = [
        at
        for at in range(1, len(argv) - len(inner))
        if argv[at - 1] == "-exec"
        and argv[at + len(inner)] in (";", "+")
        and all(own == other or "{}" in own for own, other in zip(argv[at:], inner, strict=False))
    ]
    return places[0] if len(places) == 1 and argv.count("-exec") == 1 else None


def with_written(argv: list[str], files: Mapping[str, str]) -> list[str]:
    """
    ``curl -d @FILE`` with what the line itself has put into the file: then it can be judged.

    Args:
        files: What each of them holds, by its name behind an ``@``.
    """
    whole = list(argv)
    for at in range(1, len(argv)):
        text = files.get(argv[at])
        if text is None or text.startswith("@") or argv[at - 1] not in _TAKING_FILES:
            continue
        # As curl does it, line breaks go away but for the two that keep them.
        is_kept = argv[at - 1] in ("--data-binary", "--json")
        whole[at] = text if is_kept else text.replace("\r", "").replace("\n", "")
    return whole
