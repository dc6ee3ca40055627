"""``${name%.txt}`` and its like: what a shell makes of a variable's value on the way."""

import re
from typing import Final

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*|[1-9]"
# The hyphen is escaped: followed by other signs it would stand for all between.
_PLAIN: Final = r"A-Za-z0-9_.,:=@+ <>!\-"
CHANGED: Final = re.compile(
    rf"\$\{{(#?)({_NAME})((?:%%?|##?)[{_PLAIN}/*]+|\^\^?|,,?|//?[{_PLAIN}]+/[{_PLAIN}]*"
    rf"|:\d{{1,3}}(?::\d{{1,3}})?|:-[{_PLAIN}/?]*|)\}}"
)
"""``${#name}``, or a name and what is done with its value."""
LENGTH: Final = "len"
CUT: Final = re.compile(
    r"%[\w.<>-]+|#[\w./<>-]+|%%?[\w./-]+\*|##?\*[\w./-]+|\^\^?|,,?|:-[\w.,@+ /?-]+", re.ASCII
)
"""What the warden can do with a value that is known only while the line runs."""
_PART: Final = re.compile(r":(\d+)(?::(\d+))?")
_REPLACED: Final = re.compile(r"(//?)([^/]+)/(.*)")


class NoValue(Exception):
    """Nobody can say what comes out, or nothing does."""


def change_in(found: re.Match[str]) -> str:
    """What is done with the value, of a match of ``CHANGED``; empty for nothing."""
    if found[1] and found[3]:
        return ""
    return LENGTH if found[1] else found[3]


def changed(value: str, change: str) -> str:
    """
    The value after the change.

    Raises:
        NoValue: It is empty, or depends on the language of the server.
    """
    if change[0] in "%#":
        value = _without(value, change)
    elif change.startswith(":-"):
        value = value or change[2:]
    elif change[0] == "/":
        # What is looked for is ASCII, which is never a part of another letter.
        value = _replaced(value, change)
    elif not value.isascii():
        raise NoValue
    elif change == LENGTH:
        value = str(len(value))
    elif change[0] in "^,":
        value = _in_case(value, change)
    else:
        value = _part_of(value, change)
    if not value:
        raise NoValue
    return value


def _in_case(value: str, change: str) -> str:
    end = len(value) if len(change) == 2 else 1
    turned = value[:end].upper() if change[0] == "^" else value[:end].lower()
    return turned + value[end:]


def _part_of(value: str, change: str) -> str:
    part = _PART.fullmatch(change)
    if part is None:
        raise NoValue
    start = int(part[1])
    return value[start : None if part[2] is None else start + int(part[2])]


def _replaced(value: str, change: str) -> str:
    replaced = _REPLACED.fullmatch(change)
    if replaced is None:
        raise NoValue
    return value.replace(replaced[2], replaced[3], -1 if replaced[1] == "//" else 1)


def _without(value: str, cut: str) -> str:
    """A star stands for anything, nothing else is special."""
    side = cut[0]
    is_longest = cut[:2] in ("%%", "##")
    pattern = cut[2:] if is_longest else cut[1:]
    parts = (re.escape(part) for part in pattern.split("*"))
    # From the front a lazy star is the shortest. From the end the shortest begins as late as possible.
    lazy = ".*" if is_longest else ".*?"
    compiled = re.compile(lazy.join(parts), re.DOTALL)
    if side == "#":
        found = compiled.match(value) if not pattern.endswith("*") or is_longest else None
        return value if found is None else value[found.end() :]
    starts = range(len(value) + 1) if is_longest else range(len(value), -1, -1)
    at = next((at for at in starts if compiled.fullmatch(value, at) is not None), len(value))
    return value[:at]
