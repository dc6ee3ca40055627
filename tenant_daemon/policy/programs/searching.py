"""ripgrep and ag go through whole folders by themselves, and leave files of passwords out, as grep does."""

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.paths.names import PASSED_OVER
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.shell.expansions import expand_braces

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge


def _finds_secrets(pattern: str) -> bool:
    """Whether a pattern brings files in that are passed over: the last one that fits decides."""
    if pattern.startswith("!"):
        return False
    spelled = expand_braces(pattern) if "{" in pattern else [pattern]
    return spelled is None or any(
        fnmatchcase(secret.replace("*", "x"), one.rpartition("/")[2].lower())
        for one in spelled
        for secret in PASSED_OVER
    )


def _ripgrep(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if judge.is_in_container or reading.has("--files", "--type-list"):
        return
    if any(map(_finds_secrets, reading.values("-g", "--glob", "--iglob"))):
        judge.unknown("search.secrets", "It would go through files that hold secrets, too.")
    judge.insert(*(f"--glob=!{pattern}" for pattern in PASSED_OVER))


def _silver_searcher(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if not judge.is_in_container:
        judge.insert(*(f"--ignore={pattern}" for pattern in PASSED_OVER))


def _as_ack_spells(pattern: str) -> str:
    """A pattern for names, by the ending or as a pattern for the whole name."""
    if pattern.startswith("*."):
        return f"--ignore-file=ext:{pattern[2:]}"
    name = re.escape(pattern).replace("\\*", ".*")
    return f"--ignore-file=match:/^{name}$/"


_ACK_PASSES_OVER: Final = tuple(map(_as_ack_spells, PASSED_OVER))


def _ack(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Without ``--noenv`` it would take flags from files; a pattern is Perl's, and may hold code."""
    judge.insert("--noenv", *_ACK_PASSES_OVER)


def _ugrep(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if not judge.is_in_container:
        judge.insert(*(f"--exclude={pattern}" for pattern in PASSED_OVER))


REVIEWS.update({"ack": _ack, "ugrep": _ugrep})
REVIEWS.update({"ripgrep": _ripgrep, "silversearcher": _silver_searcher})
