"""``python -m tenant_daemon policy check | explain``: what the gate would say. Nothing is executed."""

import argparse
import difflib
import json
import os
import re
import shlex
import sys
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision, Tier, tier_label
from tenant_daemon.kit.name_lookup import look_up
from tenant_daemon.policy.actions import RunPipelines
from tenant_daemon.policy.autonomy import decide
from tenant_daemon.policy.classify import classify
from tenant_daemon.policy.judgement import Judgement, PolicyContext, Resolve
from tenant_daemon.policy.shell.expansions import readable
from tenant_daemon.settings import TenantSettings

DEFAULT_HOME: Final = Path("/opt/letsbe/tenant")
_DEFAULT_CONTEXT: Final = PolicyContext(
    workspace=DEFAULT_HOME / "workspaces" / "it-admin",
    protected_roots=(DEFAULT_HOME,),
    agent_ids=frozenset({"dispatcher", "it-admin", "marketing", "secretary", "sales"}),
    resolve=look_up,
)
_KEYS: Final = ("workspace", "readable", "allowed_hosts", "internal_names", "resolve")
"""What a line's ``context``, and so a file, may set."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``policy`` with its two verbs."""
    parser = subparsers.add_parser("policy", help="say what the gate would decide; nothing is executed")
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="judge tool calls, one JSON object a line")
    check.add_argument("--settings", type=Path, help="daemon.toml or a file with the keys of [policy]")
    explain = verbs.add_parser("explain", help="say why a command gets its tier")
    explain.add_argument("command_line", metavar="COMMAND")
    explain.add_argument("--settings", type=Path)
    explain.add_argument("--workspace", type=Path, default=None)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the verb; the exit code."""
    try:
        context = _from_settings(args.settings) if args.settings else _DEFAULT_CONTEXT
    except (OSError, ValueError, TypeError, AttributeError) as exc:
        sys.stderr.write(f"The settings in {args.settings} cannot be used: {exc}\n")
        return 2
    if args.verb == "check":
        return check_lines(sys.stdin.buffer, sys.stdout.buffer, context)
    if args.workspace is not None:
        context = replace(context, workspace=Path(os.path.realpath(args.workspace)))
    sys.stdout.write(explain(args.command_line, context))
    return 0


def check_lines(source: BinaryIO, target: BinaryIO, context: PolicyContext) -> int:
    """
    Answer each line with one line; what is no call is denied, and says so.

    Bytes on both sides: only a line feed ends a line, and no spelling of a text can stop the answers.
    """
    for line in source:
        if line.strip():
            # ASCII only: half a surrogate pair in an id or a path cannot be written in UTF-8.
            target.write(json.dumps(answer(line, context)).encode("ascii") + b"\n")
            target.flush()
    return 0


def answer(line: bytes, context: PolicyContext) -> dict[str, object]:
    """What the gate says of one call, for an agent with no unlocks and no overrides."""
    call_id = None
    try:
        call = json.loads(line, parse_constant=_not_json)
        call_id = call.get("id")
        tool, args = call["tool"], call["args"]
        changes = {} if call.get("context") is None else call["context"]
        own = replace(_override(context, changes), has_own_roots="readable" in changes)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as exc:
        return _no_call(call_id, type(exc).__name__)
    judgement = classify(str(tool), args if isinstance(args, dict) else {}, own)
    return {
        "id": call_id,
        "tier": tier_label(judgement.tier, external=judgement.is_external),
        "external": judgement.is_external,
        "decision": _decisions(judgement, str(tool)),
        "reason": judgement.reason,
        "path": _opened_path(judgement),
    }


def _not_json(word: str) -> object:
    """Python reads ``NaN`` and ``Infinity``, which are no JSON and which no other reader would take back."""
    raise ValueError(word)


def _no_call(call_id: object, problem: str) -> dict[str, object]:
    """The answer to what could not be read: nothing runs, nobody is asked."""
    return {
        "id": call_id,
        "tier": tier_label(Tier.CRITICAL_RED, external=False),
        "external": False,
        "decision": {str(int(level)): Decision.DENY.value for level in AutonomyLevel},
        "reason": "That is not a call that can be read.",
        "path": None,
        "error": f"not a call: {problem}",
    }


def explain(text: str, context: PolicyContext) -> str:
    """Why a command line gets its tier, for a person."""
    judgement = classify("shell", {"command": text}, context)
    decisions = _decisions(judgement, "shell")
    lines = [
        f"{'tier':<10}{tier_label(judgement.tier, external=judgement.is_external)}"
        + (", not known well enough to run by itself" if judgement.is_unknown else ""),
        f"{'external':<10}{'yes, it reaches people or systems outside' if judgement.is_external else 'no'}",
        *(_row("decision" if not place else "", f"level {level}: {said}")
          for place, (level, said) in enumerate(_said(decisions).items())),
        *_rows("reason", _sentences(judgement.reason)),
        *_rows("risk", [judgement.risk] if judgement.risk else []),
        *_rows("rules", list(judgement.rule_ids)),
        *_rows("runs", _runs(judgement)),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _said(decisions: Mapping[str, str]) -> dict[str, str]:
    words = {"run": "runs", "ask": "waits for a person", "deny": "is refused"}
    return {level: words[decision] for level, decision in decisions.items()}


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+(?=[A-Z“])", text)


def _row(name: str, value: str) -> str:
    return f"{name:<10}{value}"


def _rows(name: str, values: Sequence[str]) -> list[str]:
    return [_row(name if not place else "", value) for place, value in enumerate(values)]


def _runs(judgement: Judgement) -> list[str]:
    """Every command as it would be started, argument by argument, and where."""
    action = judgement.action
    if not isinstance(action, RunPipelines):
        return ["nothing: the command was not understood"]
    lines = [f"in {action.cwd}"]
    for pipeline in action.pipelines:
        lines.append(" | ".join(shlex.join(map(readable, command.argv)) for command in pipeline))
        for command in pipeline:
            targets = [("input from", command.stdin_path), ("output to", command.stdout_path)]
            lines += [f"  {said} {path}" for said, path in targets if path is not None]
    return lines


def _decisions(judgement: Judgement, tool: str) -> dict[str, str]:
    agent = AgentConfig(agent_id="agent", name="The agent", tools=[tool])
    return {
        str(int(level)): decide(
            judgement,
            agent.model_copy(update={"level": level}),
            tool_name=tool,
            is_server_stopped=False,
        ).decision.value
        for level in AutonomyLevel
    }


def _opened_path(judgement: Judgement) -> str | None:
    action = judgement.action
    path = getattr(action, "path", None) or getattr(action, "target", None)
    return None if path is None else str(path)


def _override(context: PolicyContext, changes: Mapping[str, Any]) -> PolicyContext:
    """
    The context with some of it replaced.

    Raises:
        TypeError: Something in it has the wrong form.
        ValueError: A folder is not a possible path.
    """
    if not isinstance(changes, Mapping):
        raise TypeError("a table was expected")
    fields: dict[str, Any] = {}
    if "workspace" in changes:
        workspace = _folder(changes["workspace"])
        fields["workspace"] = workspace
        if workspace.parent.name == "workspaces":
            fields["protected_roots"] = (*context.protected_roots, workspace.parent.parent)
    if "readable" in changes:
        fields["readable_roots"] = tuple(_folder(root) for root in _texts(changes["readable"]))
    if "allowed_hosts" in changes:
        fields["allowed_hosts"] = frozenset(host.lower() for host in _texts(changes["allowed_hosts"]))
    if "internal_names" in changes:
        fields["internal_names"] = frozenset(name.lower() for name in _texts(changes["internal_names"]))
    if "resolve" in changes:
        fields["resolve"] = _table(changes["resolve"])
    return replace(context, **fields)


def _texts(value: object) -> list[str]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise TypeError("a list of texts was expected")
    return found


def _folder(value: object) -> Path:
    if not isinstance(value, str) or not value.startswith("/"):
        raise ValueError("a folder is named by its whole path")
    return Path(os.path.realpath(value))


def _table(names: Mapping[str, Any]) -> Resolve:
    known = {name.lower(): tuple(_texts(found)) for name, found in names.items()}
    return lambda name: known.get(name.lower(), ())


def _from_settings(path: Path) -> PolicyContext:
    """
    The context that a settings file describes: ``daemon.toml``, or the keys of its ``[policy]`` alone.

    What nobody knows in it is said: the daemon would not start with it.
    """
    with path.open("rb") as file:
        table = tomllib.load(file)
    context = _override(_DEFAULT_CONTEXT, table.get("policy", table))
    _complain_of("", table, {*TenantSettings.model_fields, *(() if "policy" in table else _KEYS)}, path)
    _complain_of("policy.", table.get("policy", {}), _KEYS, path)
    return context


def _complain_of(where: str, table: Mapping[str, Any], known: Collection[str], path: Path) -> None:
    for key in table.keys() - set(known):
        meant = difflib.get_close_matches(key, known, n=1)
        hint = f"; {where}{meant[0]} is one" if meant else ""
        sys.stderr.write(f"{path}: {where}{key} is no setting and was left out{hint}.\n")
