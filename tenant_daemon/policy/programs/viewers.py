"""
Programs behind a pipe that show what comes in as it is, or less of it.

A secret's value may go to a tool of the server by curl. Where the tool sends it back, it is found in the
answer as long as nobody has taken it apart, and nobody may ask about it letter by letter. So only these may
stand between the answer and the agent.
"""

import re
from typing import Final

from tenant_daemon.policy.shell.script import SimpleCommand

_FUNCTIONS: Final = (
    "length|keys|map|select|sort_by|group_by|unique_by|unique|add|first|last|and|or|not|null|true|false|empty"
    "|to_entries|min_by|max_by|has|any|all"
)
# Paths, numbers, signs and a few functions; no slices, and nothing that works on the letters of a text.
# What is matched once is never tried in another way.
_FILTER: Final = re.compile(
    r"(?:\.[A-Za-z_]\w*|\.|\[\d*\]|\[|\]|(?:[A-Za-z_]\w*|\"\w+\")\s*:(?!\s*\d)"
    r"|\"(?:[\w .,:;/|()+-]|\\[tn]|\\\(\.[\w.]+\))*\""
    rf"|\b(?:{_FUNCTIONS})\b|(?<=[{{,\s])[a-z_]\w*(?=\s*[,}}])"
    r"|\{|\}|[|,()?]|[=!]=|[<>]=?(?=\s*\d)|\d++|\s++)++",
    re.ASCII,
)
_ORDERING: Final = re.compile(r"_by|unique|group|\bhas\b")
_COMPARED_TEXT: Final = re.compile(r"[=!]=\s*\"[^\"]*\"|\"\w+\"\s*:")
_MOST_CHARACTERS: Final = 500
_JQ_FLAG: Final = re.compile(
    r"-[rcCSMe]{1,4}|--(?:raw-output|compact-output|sort-keys|tab|monochrome-output)"
)
_PLAIN: Final = re.compile(r"python3? -m json\.tool|wc -[lwc]|head(?: -(?:n ?)?\d+)?")


def only_views(command: SimpleCommand) -> bool:
    """Whether a program behind a pipe leaves the texts in what comes in whole."""
    if command.redirects or command.assignments or command.stdin is not None:
        return False
    if any(word.is_glob for word in command.words):
        return False
    words = [word.text for word in command.words]
    if words[0] != "jq":
        return _PLAIN.fullmatch(" ".join(words)) is not None
    *flags, wanted = words[1:] or ["."]
    return all(map(_JQ_FLAG.fullmatch, flags)) and _is_filter(wanted)


def _is_filter(text: str) -> bool:
    if len(text) > _MOST_CHARACTERS or text.startswith("-") or _FILTER.fullmatch(text) is None:
        return False
    # What is put in an order beside a text of the agent's own is compared with it.
    return _ORDERING.search(text) is None or '"' not in _COMPARED_TEXT.sub("", text)
