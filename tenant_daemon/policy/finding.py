"""
``find ... -exec sh -c SCRIPT _ {} \\;`` as a loop over what is found: the script is judged as any line is.

No shell is started. What is found stands in ``$1``, or in the variable of ``for f in "$@"``.
"""

from typing import Final, NamedTuple

from tenant_daemon.policy.leaving import without_exits
from tenant_daemon.policy.rewrites import SHELLS
from tenant_daemon.policy.shell import expansions
from tenant_daemon.policy.shell.parser import parse_called
from tenant_daemon.policy.shell.script import Loop, Pipeline, Script, SimpleCommand, Step

_PRINTING: Final = frozenset(
    {"-print", "-print0", "-printf", "-ls", "-delete", "-exec", "-execdir", "-ok", "-okdir", "-quit"}
)
_EVERY_WORD: Final = expansions.variable("0[@]")
_UNHEARD: Final = ("err", "/dev/null")


class Found(NamedTuple):
    """A script that is run for each file that a command finds."""

    source: Pipeline
    script: Script
    name: str
    """The variable in which the file stands."""
    body: Step


def found_script(command: SimpleCommand) -> Found | None:
    """What is run for each file; None where ``find`` is asked for anything else."""
    texts = [word.text for word in command.words]
    if "-exec" not in texts or command.assignments or command.stdin is not None:
        return None
    at = texts.index("-exec")
    shell = texts[at + 1 : at + 3]
    if len(texts) != at + 7 or shell[:1][0] not in SHELLS or shell[1:] != ["-c"]:
        return None
    text, _, holder, end = texts[at + 3 :]
    is_plain = all((one.kind, one.target.text) == _UNHEARD for one in command.redirects)
    if holder != "{}" or end not in (";", "+") or not is_plain or _PRINTING & set(texts[:at]):
        return None
    if "{}" in text or any(word.is_glob or expansions.has_expansion(word.text) for word in command.words):
        return None
    script = parse_called(text)
    if script.problem is not None or script.body is None:
        return None
    source = Pipeline((command._replace(words=command.words[:at]),))
    body = without_exits(script.body)
    if end == ";":
        return Found(source, script, "1", body)
    if isinstance(body, Loop) and [word.text for word in body.words] in ([], [_EVERY_WORD]):
        return Found(source, script, body.name, body.body)
    return None
