"""Patterns of ``case``: what a word is held against."""

import re
from typing import Final

from tenant_daemon.policy.shell.script import Pattern

_PART: Final = re.compile(
    r"'(?P<raw>[^']*)'|\"(?P<quoted>[^\"$`\\]*)\"|(?P<star>\*)|(?P<any>\?)"
    r"|\[(?P<not>[!^]?)(?P<set>[A-Za-z0-9_.-]+)\]|(?P<plain>[^\s'\"*?\[\]\\$`(){}|&;<>~!]+)"
)
_SPECIAL: Final = re.compile(r"[.\[\]*^$\\]")


class NoPattern(Exception):
    """It has something in it that is not taken apart here."""


def pattern_of(source: str) -> Pattern:
    """
    The pattern that this source text is.

    Raises:
        NoPattern: It has more than text, quoted or not, ``*``, ``?`` and ``[a-z]``.
    """
    regex: list[str] = []
    basic: list[str] = []
    literal: list[str] | None = []
    at = 0
    while at < len(source):
        found = _PART.match(source, at)
        if found is None:
            raise NoPattern
        at = found.end()
        text = found["raw"] or found["quoted"] or found["plain"] or ""
        if found["star"] or found["any"] or found["set"]:
            literal = None
        elif literal is not None:
            literal.append(text)
        if found["set"]:
            inner = ("^" if found["not"] else "") + found["set"]
            regex.append(f"[{inner}]")
            basic.append(f"[{inner}]")
        elif found["star"] or found["any"]:
            sign = ".*" if found["star"] else "."
            regex.append(sign)
            basic.append(sign)
        else:
            regex.append(re.escape(text))
            basic.append(_SPECIAL.sub(r"\\\g<0>", text))
    return Pattern("".join(regex), "".join(basic), None if literal is None else "".join(literal))
