"""
Where a program takes any text for what it is: a pattern, a message, a moment, a value for a variable.

What a loop reads may stand there. A word that begins with it can be no flag, because the warden puts ``./``
before a dash.
"""

import re
from collections.abc import Sequence
from typing import Final

from tenant_daemon.policy.shell import expansions

_SEARCHERS: Final = frozenset({"grep", "egrep", "fgrep", "zgrep"})
_SEARCH_FLAG: Final = re.compile(
    r"-[acEFhHiIlLnoqsvwx]+|--(?:count|ignore-case|only-matching|quiet|color=\w+)|-m\d+"
)
_ONE_OF_FILE: Final = re.compile(r"-\w*[efrRd]\w*|--(?:regexp|file|recursive|dereference-recursive)\b.*")
_AFTER: Final = {
    "date": ("-d", "--date"),
    "head": ("-n", "-c"),
    "tail": ("-n", "-c"),
    "grep": ("-e", "--regexp"),
    "git commit": ("-m", "--message"),
}
"""Flags whose value is a text, by program."""
_JOINED: Final = {
    "date": ("--date=",),
    "git log": ("--since=", "--until=", "--after=", "--before=", "--author=", "--grep="),
    "git commit": ("--message=",),
}
_OF_JQ: Final = ("--arg", "--argjson")
"""A name and a text follow, whatever they begin with."""
_AWK_VARIABLE: Final = re.compile(r"(?:-v|--assign=)?[a-z_][a-z0-9_]*=", re.ASCII)
_AWKS: Final = frozenset({"awk", "gawk", "mawk"})


def is_text(argv: Sequence[str], at: int) -> bool:
    """Whether the word at this place may be any text, as long as what is known of it is as it stands."""
    name, word, before = argv[0], argv[at], argv[at - 1]
    if expansions.outputs(word) and word[:1] in expansions.OUTPUT_SIGNS:
        # It could be a flag, or several words.
        is_taken = before in _AFTER.get(name, ()) or (name == "jq" and at > 2 and argv[at - 2] in _OF_JQ)
        return is_taken and expansions.bare_output(word) is None
    whole = f"{name} {argv[1]}" if name == "git" and at > 1 else name
    if name == "sleep" or before in _AFTER.get(whole, ()) or word.startswith(_JOINED.get(whole, ("\0",))):
        return True
    if name == "jq":
        return at > 1 and argv[at - 2] in _OF_JQ
    if name in _AWKS:
        is_value = before in ("-v", "--assign") or word.startswith(("-v", "--assign="))
        return is_value and _AWK_VARIABLE.match(word) is not None
    return name in _SEARCHERS and _is_pattern(argv, at)


def _is_pattern(argv: Sequence[str], at: int) -> bool:
    """``grep -c "$x" FILES``: the first word that is no flag, where no flag brings a pattern."""
    before = list(argv[1:at])
    if before[-1:] == ["--"]:
        del before[-1]
    flags = [word for word in argv[1:] if word.startswith("-") and word != "-"]
    return all(map(_SEARCH_FLAG.fullmatch, before)) and not any(map(_ONE_OF_FILE.fullmatch, flags))


def standing_for_text(word: str) -> str:
    """What a word is judged as in which any text may stand."""
    return expansions.LINE.sub("1", expansions.without_outputs(word))
