"""
What lay under the names of a command when it was judged.

A judged command names files, and programs open them by name. Between the two somebody could put another file
there (a link to a secret, another script). So what lies under each name is noted, judged once more, and
compared by the warden right before it starts the first program: what was replaced in between does not run.
"""

import os
import stat
from collections.abc import Iterator
from typing import Final

from tenant_daemon.execution.commands import commands_of
from tenant_daemon.policy.actions import Action, RunPipelines
from tenant_daemon.policy.shell.expansions import has_expansion

Mark = tuple[int, ...] | None
"""Device, number and kind of a file, for a script besides size and time; None where nothing is."""
Seen = tuple[tuple[str, Mark], ...]
_MAX_NAMES: Final = 400


def seen_by(action: Action | None, *, is_exact: bool) -> Seen:
    """
    The files under every name in a command line. Looks at the disk: call it in a thread.

    Args:
        is_exact: Take in size and time too. A person has approved just this content; for what runs by itself
            a log that grows meanwhile is the same log.
    """
    if not isinstance(action, RunPipelines):
        return ()
    names = dict.fromkeys(_names(action))
    return tuple((name, mark_at(name, is_exact=is_exact)) for name in list(names)[:_MAX_NAMES])


def mark_at(name: str, *, is_exact: bool) -> Mark:
    """What lies there, at the end of every link."""
    try:
        status = os.stat(name)
    except (OSError, ValueError):
        return None
    mark = (status.st_dev, status.st_ino, stat.S_IFMT(status.st_mode))
    if is_exact and stat.S_ISREG(status.st_mode):
        return (*mark, status.st_size, status.st_mtime_ns)
    return mark


def _names(action: RunPipelines) -> Iterator[str]:
    for command, cwd in commands_of(action):
        if "/" in command.argv[0]:
            yield str(cwd / command.argv[0])
        for word in command.argv[1:]:
            name = word.partition("=")[2] if word.startswith("-") else word
            if name and not has_expansion(name) and "SECRET_REF(" not in name:
                yield str(cwd / name)
        if command.stdin_path is not None:
            yield str(command.stdin_path)
