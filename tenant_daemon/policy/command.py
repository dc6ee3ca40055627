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
from tenant_daemon.kit.terminal import complain, say
from tenant_daemon.policy.actions import RunPipelines
from tenant_daemon.policy.autonomy import decide
from tenant_daemon.policy.classify import classify
from tenant_daemon.policy.judgement import Judgement, PolicyContext, Resolve
from tenant_daemon.policy.shell.expansions import readable
from tenant_daemon.policy.web.address import ascii_name
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
_NO_CALLS: Final = frozenset({"tool.unknown", "tool.arguments"})
_ID: Final = re.compile(rb'"id"\s*:\s*("(?:[^"\\]|\\.){0,200}"|-?\d{1,18})')
_MOST_SEARCHED: Final = 4_096


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
        complain(f"The settings in {args.settings} cannot be used: {exc}")
        return 2
    if args.verb == "check":
        return check_lines(sys.stdin.buffer, sys.stdout.buffer, context)
    if args.workspace is not None:
        context = replace(context, workspace=Path(os.path.realpath(args.workspace)))
    say(explain(args.command_line, context).rstrip("\n"))
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
    call: dict[str, Any] = {}
    try:
        call = _read_call(line)
        own = _own_context(call, context)
    except NotACall as exc:
        return _no_call(call.get("id") if call else _find_id(line), str(exc))
    judgement = classify(call["tool"], call["args"], own)
    said = {
        "id": call.get("id"),
        "tier": tier_label(judgement.tier, external=judgement.is_external),
        "external": judgement.is_external,
        "decision": _decisions(judgement, call["tool"]),
        "reason": judgement.reason,
        "path": _opened_path(judgement),
    }
    return said | ({"error": judgement.reason} if _NO_CALLS & set(judgement.rule_ids) else {})


class NotACall(ValueError):
    """A line that cannot be judged; the message says what is wrong with it."""


def _read_call(line: bytes) -> dict[str, Any]:
    """
    A line as a call, of which only the context has not been looked at.

    Raises:
        NotACall: It is none.
    """
    try:
        call = json.loads(line, parse_constant=_not_json)
    except RecursionError:
        raise NotACall("The line is nested too deeply.") from None
    except UnicodeDecodeError:
        raise NotACall("The line is not text in UTF-8.") from None
    except json.JSONDecodeError as exc:
        raise NotACall(f"The line is no JSON: {exc.msg} at character {exc.pos + 1}.") from None
    except ValueError as exc:
        raise NotACall(f"The line is no JSON: {exc}.") from None
    if not isinstance(call, dict):
        raise NotACall("A call is a JSON object, and this is something else.")
    return call


def _own_context(call: Mapping[str, Any], context: PolicyContext) -> PolicyContext:
    """
    The context of one call.

    Raises:
        NotACall: A part of the call is missing or has the wrong form.
    """
    for name, form, said in (("tool", str, "text"), ("args", dict, "an object")):
        if not isinstance(call.get(name), form):
            state = f"is not {said}" if name in call else "is missing"
            raise NotACall(f"“{name}” {state}.")
    changes = call.get("context")
    if changes is None:
        changes = {}
    try:
        return replace(_override(context, changes), has_own_roots="readable" in changes)
    except (ValueError, TypeError) as exc:
        raise NotACall(f"“context” cannot be used: {exc}.") from exc


def _find_id(line: bytes) -> object:
    """The ``id`` of a line that is no JSON, as far as it can be seen, so that its sender finds it again."""
    found = _ID.search(line[:_MOST_SEARCHED])
    try:
        return None if found is None else json.loads(found[1])
    except ValueError:
        return None


def _not_json(word: str) -> object:
    """Python reads ``NaN`` and ``Infinity``, which are no JSON and which no other reader would take back."""
    raise ValueError(f"{word} is no number")


def _no_call(call_id: object, problem: str) -> dict[str, object]:
    """The answer to what could not be read: nothing runs, nobody is asked."""
    return {
        "id": call_id,
        "tier": tier_label(Tier.CRITICAL_RED, external=False),
        "external": False,
        "decision": {str(int(level)): Decision.DENY.value for level in AutonomyLevel},
        "reason": f"That is not a call that can be read. {problem}",
        "path": None,
        "error": problem,
    }


def explain(text: str, context: PolicyContext) -> str:
    """Why a command line gets its tier, for a person."""
    judgement = classify("shell", {"command": text}, context)
    # Above that tier nothing runs by itself anyway.
    is_uncertain = judgement.is_unknown and judgement.tier < Tier.CRITICAL_RED
    decisions = _decisions(judgement, "shell")
    lines = [
        f"{'tier':<10}{tier_label(judgement.tier, external=judgement.is_external)}"
        + (", not known well enough to run by itself" if is_uncertain else ""),
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
        raise TypeError("it is not a table")
    fields: dict[str, Any] = {}
    if "workspace" in changes:
        workspace = _folder("workspace", changes["workspace"])
        fields["workspace"] = workspace
        if workspace.parent.name == "workspaces":
            fields["protected_roots"] = (*context.protected_roots, workspace.parent.parent)
    if "readable" in changes:
        fields["readable_roots"] = tuple(_folder("readable", root) for root in _texts(changes, "readable"))
    if "allowed_hosts" in changes:
        fields["allowed_hosts"] = frozenset(map(ascii_name, _texts(changes, "allowed_hosts")))
    if "internal_names" in changes:
        fields["internal_names"] = frozenset(map(ascii_name, _texts(changes, "internal_names")))
    if "resolve" in changes:
        fields["resolve"] = _table(changes["resolve"])
    return replace(context, **fields)


def _texts(table: Mapping[str, object], name: str) -> list[str]:
    value = table[name]
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise TypeError(f"{name} is a list of texts")
    return found


def _folder(name: str, value: object) -> Path:
    if not isinstance(value, str) or not value.startswith("/"):
        raise ValueError(f"{name} needs the whole path of a folder")
    return Path(os.path.realpath(value))


def _table(names: object) -> Resolve:
    if not isinstance(names, Mapping):
        raise TypeError("resolve is a table of names and their addresses")
    known = {ascii_name(name): tuple(_texts(names, name)) for name in names}
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
        complain(f"{path}: {where}{key} is no setting and was left out{hint}.")
