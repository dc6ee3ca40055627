"""
``$(mktemp)``: a file or folder of a name that nothing has, made where the agent may write.

The name is chosen here and not while the line runs, so that everything that is done with it can be judged.
"""

import hashlib
import os
import re
from collections.abc import Callable
from typing import Final, NamedTuple

from tenant_daemon.policy.shell.expansions import has_expansion
from tenant_daemon.policy.shell.script import Pipeline, Step, Word

_TEMPLATE: Final = re.compile(r"([\w./-]*?)(X{3,12})([\w.-]*)", re.ASCII)
_TAKING: Final = {"-p": "folder", "--suffix": "suffix"}
_MOST_TRIES: Final = 50
_UNHEARD: Final = ("err", "/dev/null")


class Temporary(NamedTuple):
    """What is to be made."""

    path: str
    is_folder: bool


def temporary_of(
    step: Step, *, text_of: Callable[[Word], str], home: str, is_taken: Callable[[str], bool]
) -> Temporary | None:
    """
    What ``mktemp`` with plain arguments makes; None for anything else.

    Args:
        text_of: Fills a word in.
        home: Where it is made when nothing is said of it.
        is_taken: Whether there is something of a name.
    """
    if not isinstance(step, Pipeline) or len(step.commands) != 1 or step.is_negated:
        return None
    command = step.commands[0]
    is_plain = all((one.kind, one.target.text) == _UNHEARD for one in command.redirects)
    if command.words[0].text != "mktemp" or not is_plain or command.assignments or command.stdin is not None:
        return None
    words = [text_of(word) for word in command.words[1:]]
    if any(map(has_expansion, words)) or any(word.is_glob for word in command.words):
        return None
    said = _said(words)
    if said is None:
        return None
    template = _TEMPLATE.fullmatch(said["template"] + said["suffix"])
    if template is None or (said["folder"] and said["template"].startswith("/")):
        return None
    folder = said["folder"] or (home if said["is_home"] else "")
    return _unused(folder, template, is_taken, is_folder=bool(said["is_folder"]))


def _said(words: list[str]) -> dict[str, str] | None:
    said = {"template": "", "folder": "", "suffix": "", "is_folder": "", "is_home": ""}
    left = list(words)
    while left:
        word = left.pop(0)
        name, sign, value = word.partition("=")
        if word in ("-d", "--directory"):
            said["is_folder"] = word
        elif word in ("-t", "-q", "--quiet"):
            said["is_home"] = word if word == "-t" else said["is_home"]
        elif name in _TAKING and (sign or left):
            said[_TAKING[name]] = value if sign else left.pop(0)
        elif name == "--tmpdir":
            said["folder"], said["is_home"] = value, name
        elif word.startswith("-") or said["template"]:
            return None
        else:
            said["template"] = word
    if not said["template"]:
        said["template"], said["is_home"] = "tmp.XXXXXXXXXX", "yes"
    return said


def _unused(
    folder: str, template: re.Match[str], is_taken: Callable[[str], bool], *, is_folder: bool
) -> Temporary | None:
    before, signs, after = template.groups()
    for number in range(_MOST_TRIES):
        digits = hashlib.sha256(f"{folder}/{before}{number}".encode()).hexdigest()[: len(signs)]
        path = os.path.join(folder, f"{before}{digits}{after}")
        if not is_taken(path):
            return Temporary(path, is_folder)
    return None
