"""The env tools: settings files of business tools, whose values are masked when read."""

import re
from pathlib import Path
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import ReadEnv, UpdateEnv
from tenant_daemon.policy.env_meaning import judge_meaning
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.policy.paths.places import PlaceJudge
from tenant_daemon.policy.paths.resolve import RealPath
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.programs.variables import is_credential_variable, is_loader_variable
from tenant_daemon.policy.screening import find_hidden_in_name
from tenant_daemon.policy.verdict import Verdict, display_path

_ENV_NAME: Final = re.compile(r"\.env(?:\.[A-Za-z0-9_-]+)*|[A-Za-z0-9_-]+\.env|env", re.IGNORECASE)
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
MAX_VALUE_CHARACTERS: Final = 8_192


def judge_env_read(path: str, context: PolicyContext) -> Judgement:
    """``env_read``: the names and masked values of a settings file."""
    verdict = Verdict()
    place = _env_file(path, context, verdict)
    verdict.note(
        Tier.GREEN, "env.read", f"Reads the settings in {_said(place, context)}; their values stay hidden."
    )
    return verdict.judgement(None if verdict.is_forbidden else ReadEnv(Path(place.path)))


def judge_env_update(path: str, key: str, value: str, context: PolicyContext) -> Judgement:
    """``env_update``: one setting gets a new value; the old file is kept for undo."""
    verdict = Verdict()
    place = _env_file(path, context, verdict)
    _judge_key(key, verdict)
    _judge_value(value, verdict)
    if len(value) <= MAX_VALUE_CHARACTERS:
        judge_meaning(key, value, context, verdict)
    verdict.note(Tier.YELLOW, "env.update", f"Changes the setting {key} in {_said(place, context)}.")
    return verdict.judgement(None if verdict.is_forbidden else UpdateEnv(Path(place.path), key, value))


def _env_file(path: str, context: PolicyContext, verdict: Verdict) -> RealPath:
    """The real path of a settings file in the workspace or below a readable root; else forbidden."""
    places = PlaceJudge(context, verdict)
    place = places.resolve(path)
    hidden = find_hidden_in_name(path)
    roots = places.roots
    allowed = (roots.workspace, *(root for root in roots.readable if root != "/var/log"))
    if hidden is not None or place.problem or "SECRET_REF(" in path:
        _forbid(verdict, "path.impossible", place.problem or "The path is not a possible path.")
    elif any(is_below(place.path, root) for root in roots.protected) and not is_below(
        place.path, roots.workspace
    ):
        _forbid(verdict, "path.guardrail", f"{place.path} belongs to the safety system itself.")
    elif place.is_magic or not any(is_below(place.path, root) for root in allowed):
        _forbid(
            verdict, "path.outside-forbidden", f"{place.path} is not among the places that agents may use."
        )
    elif _ENV_NAME.fullmatch(place.path.rpartition("/")[2]) is None:
        _forbid(verdict, "env.not-settings", f"{place.path} is not a settings file (.env).")
    elif place.exists and (not place.is_regular or place.links > 1):
        _forbid(verdict, "path.special", f"{place.path} is not an ordinary file.")
    return place


def _judge_key(key: str, verdict: Verdict) -> None:
    if _KEY.fullmatch(key) is None:
        _forbid(verdict, "env.key", "That is not a possible name for a setting.")
    elif is_loader_variable(key):
        verdict.note(
            Tier.RED,
            "env.loader",
            f"{key} can make a program load or run something else.",
            risk="The tool could run foreign code.",
            unknown=True,
        )
    elif is_credential_variable(key):
        verdict.note(
            Tier.RED,
            "env.credential",
            f"{key} is a password, a key or an address with one in it.",
            risk="The tool may no longer reach its database or other services.",
        )


def _judge_value(value: str, verdict: Verdict) -> None:
    if len(value) > MAX_VALUE_CHARACTERS:
        _forbid(verdict, "env.value", "The value is too long.")
    elif (
        any(char in value for char in "\n\r\x00") or find_hidden_in_name(value.replace("\t", " ")) is not None
    ):
        # A line break would smuggle in a second setting.
        _forbid(verdict, "env.value", "The value has a line break or an invisible character in it.")


def _forbid(verdict: Verdict, rule_id: str, reason: str) -> None:
    verdict.note(Tier.CRITICAL_RED, rule_id, reason, unknown=True, forbidden=True)


def _said(place: RealPath, context: PolicyContext) -> str:
    return display_path(place.path, context.workspace)
