"""The examples that rule files carry: each is judged when the rules are loaded."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from tenant_daemon.policy.commands import judge_shell
from tenant_daemon.policy.judgement import PolicyContext
from tenant_daemon.policy.programs.library import load_library
from tenant_daemon.policy.programs.profile import BadRule, Profile

# A place that exists nowhere, so that a rule's examples mean the same on every computer.
EXAMPLE_CONTEXT: Final = PolicyContext(
    workspace=Path("/nonexistent/letsbe/workspaces/example"),
    protected_roots=(Path("/nonexistent/letsbe/home"),),
    allowed_hosts=frozenset({"127.0.0.1:2368", "localhost:2368"}),
    # The number in an example may be anybody's here, also a guardrail's.
    has_processes=False,
)


def find_broken_examples() -> list[str]:
    """Each example that is judged otherwise than its profile says, as a sentence."""
    broken: list[str] = []
    seen: set[int] = set()
    for profile in load_library().values():
        _collect(profile, broken, seen)
    return broken


@lru_cache(maxsize=1)
def check_examples() -> None:
    """
    Judge every example once per process.

    Raises:
        BadRule: Some are judged otherwise than their profile says; nothing is classified then.
    """
    broken = find_broken_examples()
    if broken:
        raise BadRule("; ".join(broken))


def _collect(profile: Profile, broken: list[str], seen: set[int]) -> None:
    key = hash((profile.says, profile.matches, profile.not_matches))
    if key not in seen:
        seen.add(key)
        broken.extend(_broken(profile))
    for sub in profile.subs.values():
        _collect(sub, broken, seen)


def _broken(profile: Profile) -> list[str]:
    problems = []
    for text in profile.matches:
        found = judge_shell(text, EXAMPLE_CONTEXT)
        if found.is_unknown or found.tier != profile.tier or found.is_external != profile.is_external:
            problems.append(f"{profile.rule_id}: {text!r} is {found.tier.name}, {found.reason}")
    for text in profile.not_matches:
        found = judge_shell(text, EXAMPLE_CONTEXT)
        is_stricter = found.tier > profile.tier or found.is_external > profile.is_external
        if not (is_stricter or found.is_unknown or found.is_forbidden):
            problems.append(f"{profile.rule_id}: {text!r} should be stricter than {profile.tier.name}")
    return problems
