"""Patterns for file names, matched by us against the real folder: what matched is judged, and runs."""

import os
import re
from fnmatch import translate
from functools import lru_cache
from typing import Final

MAX_MATCHES: Final = 150
MAX_PATTERN: Final = 256
MAX_LOOKED_AT: Final = 4_000


class TooManyFiles(Exception):
    """More names than can be judged."""


@lru_cache(maxsize=512)
def _matcher(pattern: str) -> "re.Pattern[str]":
    return re.compile(translate(pattern.replace("[^", "[!")))


def _is_pattern(part: str) -> bool:
    return any(char in part for char in "*?[")


def expand(pattern: str, cwd: str) -> list[str]:
    """
    The names that a pattern stands for, sorted; none when nothing matches.

    As in bash, ``*`` leaves out hidden names and does not cross a slash; ``**`` is the same as ``*``.

    Raises:
        TooManyFiles: A cap was reached.
    """
    if len(pattern) > MAX_PATTERN:
        raise TooManyFiles
    found = ["/"] if pattern.startswith("/") else [""]
    looked_at = 0
    parts = [part for part in pattern.split("/") if part]
    for index, part in enumerate(parts):
        is_last = index == len(parts) - 1
        if not _is_pattern(part):
            found = [base + part + ("" if is_last else "/") for base in found]
            continue
        matcher, grown = _matcher(part), []
        for base in found:
            names = _names(os.path.join(cwd, base))
            looked_at += len(names)
            for name in names:
                if name.startswith(".") != part.startswith(".") or matcher.match(name) is None:
                    continue
                grown.append(base + name + ("" if is_last else "/"))
            if looked_at > MAX_LOOKED_AT or len(grown) > MAX_MATCHES:
                raise TooManyFiles
        found = grown
    if pattern.endswith("/"):
        found = [name + "/" for name in found]
    return sorted(name for name in found if os.path.lexists(os.path.join(cwd, name)))


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
