"""What lies below a folder of the workspace, for programs that go through all of it by themselves."""

import os
import stat
from collections.abc import Callable
from typing import Final

from tenant_daemon.policy.paths.names import (
    is_app_secret_name,
    is_executable_setting,
    is_executed_file,
    is_secret_name,
)
from tenant_daemon.policy.paths.resolve import resolve
from tenant_daemon.policy.paths.roots import is_below

MAX_LOOKED_AT: Final = 2_000
_SEPARATING: Final = frozenset(" \t\n\v\f\r'\"\\")


def holds_links(start: str) -> bool:
    """Whether there is a link at this place or below it, or more than can be looked at."""
    return os.path.islink(start) or _holds(start, os.DirEntry.is_symlink)


def holds_settings(start: str) -> bool:
    """Whether settings that make programs run code lie below this place, or more than can be looked at."""
    return _holds(start, lambda entry: is_executable_setting(entry.name))


def holds_programs(start: str) -> bool:
    """Whether files that tools run lie below this folder, or more than can be looked at."""
    return _holds(start, lambda entry: is_executed_file(entry.name) and not entry.is_dir())


def holds_refused(start: str) -> bool:
    """Whether a link, or a file that may not be read alone, lies below, or more than can be looked at."""

    def is_refused(entry: os.DirEntry[str]) -> bool:
        name = entry.name
        return entry.is_symlink() or is_secret_name(name) or is_app_secret_name(name)

    return os.path.islink(start) or _holds(start, is_refused)


def holds_secrets(start: str, is_listed: Callable[[str, bool], bool]) -> bool:
    """
    Whether a file with secrets lies below this place, or more than can be looked at.

    Args:
        is_listed: Whether a file of this name, right in the folder or further below, is meant at all.
    """

    def is_found(entry: os.DirEntry[str]) -> bool:
        name = entry.name
        if not is_secret_name(name) or not is_listed(name, os.path.dirname(entry.path) == start):
            return False
        return not entry.is_dir(follow_symlinks=False)

    return _holds(start, is_found)


def _holds(start: str, is_wanted: Callable[[os.DirEntry[str]], bool]) -> bool:
    looked_at = 0
    todo = [start]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    looked_at += 1
                    if looked_at > MAX_LOOKED_AT or is_wanted(entry):
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return True
    return False


def is_plain_tree(start: str, workspace: str, *, as_words: bool) -> bool:
    """
    Whether nothing below ``start`` leads a program out of the workspace.

    Args:
        start: A real path in the workspace; nothing has to be there.
        workspace: Links may lead to anywhere below it.
        as_words: The names will be split into words (``xargs``), so none may have a blank or a quote in it.

    Returns:
        False when there is such a link or name, or more than can be looked at.
    """
    looked_at = 0
    todo = [start]
    while todo:
        folder = todo.pop()
        try:
            entries = list(os.scandir(folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return False
        looked_at += len(entries)
        if looked_at > MAX_LOOKED_AT:
            return False
        for entry in entries:
            # A name like `-rf` would be a flag.
            if as_words and (entry.name.startswith("-") or _SEPARATING & set(entry.name)):
                return False
            if entry.is_symlink():
                if not is_below(resolve(entry.path, workspace).path, workspace):
                    return False
            elif entry.is_dir(follow_symlinks=False):
                todo.append(entry.path)
            elif not stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
                return False
    return True
