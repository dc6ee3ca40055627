"""Where copies come from and go; that of a file of passwords may lie beside it, kept from view like it."""

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.paths.names import PASSED_OVER, is_secret_name
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.programs.kinds import KINDS

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_ASIDE: Final = re.compile(r"\.(?:bak|old|orig|backup|save|copy|\d{1,8}|\d{4}-\d\d-\d\d)")
_CHANGING_NOTHING: Final = frozenset({"-p", "-n", "-v", "-a"})


def _is_put_aside(judge: "CommandJudge") -> bool:
    """``cp .env .env.bak``: a new file beside the first, under a name that is known for secrets as well."""
    words = [word for word in judge.arguments if word not in _CHANGING_NOTHING]
    if len(words) != 2 or _ASIDE.fullmatch(words[1], len(words[0])) is None:
        return False
    source, target = words
    if judge.program != "cp" or judge.is_in_container or judge.places.is_unsettled:
        return False
    name, copy = source.rpartition("/")[2], target.rpartition("/")[2]
    # Programs that go through whole folders would show it under any other name.
    is_passed_over = any(fnmatchcase(copy, pattern) for pattern in PASSED_OVER)
    if not (target.startswith(source) and is_secret_name(name) and is_secret_name(copy) and is_passed_over):
        return False
    found, made = judge.places.resolve(source), judge.places.resolve(target)
    folder = found.path.rpartition("/")[0]
    is_named = found.path == f"{folder}/{name}" and made.path == f"{folder}/{copy}"
    is_own = is_below(folder, judge.places.roots.workspace)
    return is_named and is_own and not found.is_folder and not made.exists


def _source(judge: "CommandJudge", value: str) -> None:
    """A copy in the workspace can be read later: a source is read, and a tree of them is read whole."""
    if _is_put_aside(judge):
        return
    place = judge.places.resolve(value) if value != FROM_INPUT else None
    if place is not None and place.is_folder:
        KINDS["readtree"](judge, value)
    else:
        KINDS["read"](judge, value)


def _target(judge: "CommandJudge", value: str) -> None:
    if not _is_put_aside(judge):
        KINDS["write"](judge, value)


KINDS.update({"copysource": _source, "copytarget": _target})
