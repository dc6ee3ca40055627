"""What a person sees of a call before deciding. Not redacted yet."""

import difflib
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple, assert_never

from tenant_daemon.contracts.approvals import ApprovalRequested
from tenant_daemon.execution.env import masked, with_setting
from tenant_daemon.execution.files import read_up_to
from tenant_daemon.execution.outcome import ActionFailed
from tenant_daemon.execution.safe_paths import open_file
from tenant_daemon.policy.actions import (
    Action,
    BrowseScenario,
    Command,
    DeletePath,
    GenerateSecret,
    HandOver,
    HttpCall,
    ListFiles,
    MovePath,
    ReadEnv,
    ReadFile,
    RequestSecret,
    RotateSecret,
    RunPipelines,
    StartHelper,
    UpdateEnv,
    WriteFile,
)
from tenant_daemon.policy.building import NO_HOME
from tenant_daemon.policy.shell.expansions import output, output_file, readable
from tenant_daemon.safety.gate import Ruling

DIFF_BYTES: Final = 64_000
"""Of each side; comparing larger texts takes too long."""
_ALWAYS: Final = ("HOME", NO_HOME)
"""Stands before every command, so that it tells a person nothing of this one."""
_CANNOT_RUN: Final = (
    "The way it is written nothing of it can run, not even when you approve it: edit it or deny it."
)


def summary_of(
    tool_name: str, tool_args: Mapping[str, object], action: Action | None, workspace: Path
) -> str:
    """One line: what the agent wants to do."""
    if action is None:
        words = tool_args.get("command") or tool_args.get("path") or tool_args.get("url") or ""
        return _one_line(f"{tool_name} {words}")
    return _one_line(_told(action, workspace))


class Question(NamedTuple):
    """A call in plain words; exactly what it is stands beside them on the card."""

    what: str
    """What the agent wants to do."""
    why: str
    """Why a person has to decide."""


def question_of(ruling: Ruling, workspace: Path) -> Question:
    """The words for a call that waits for a person."""
    reason, action = ruling.judgement.reason, ruling.action
    if action is None:
        # Asked all the same: a person may see what it was meant to be, and write it so that it can run.
        return Question(reason, _CANNOT_RUN)
    if isinstance(action, RunPipelines | HttpCall):
        return Question(reason, ruling.why_asked)
    return Question(_one_line(_told(action, workspace)), f"{reason} {ruling.why_asked}")


def exact(request: ApprovalRequested) -> str:
    """What was asked, for the record: the command or the request as it is, everything else in words."""
    if request.argv:
        return shlex.join(request.argv)
    if "url" in request.tool_args:
        return _one_line(f"{request.tool_args.get('method', '')} {request.tool_args['url']}")
    return request.summary


def argv_of(action: Action | None) -> list[str]:
    """Exactly what will run, when it is a command; connectors and redirections as words of their own."""
    if not isinstance(action, RunPipelines):
        return []
    words: list[str] = []
    for number, pipeline in enumerate(action.pipelines):
        if number:
            words.append(action.connectors[number - 1])
        for place, command in enumerate(pipeline):
            if place:
                words.append("|")
            if command.cwd is not None:
                words.append(f"[in {command.cwd}]")
            words += [f"{name}={value}" for name, value in command.env if (name, value) != _ALWAYS]
            words += [_with_captures(word, command) for word in command.argv]
            if command.stdin_path is not None:
                words += ["<", str(command.stdin_path)]
            if command.stdin_text is not None:
                words += ["<<<", command.stdin_text]
            if command.stdout_path is not None:
                words += [">>" if command.is_append else ">", str(command.stdout_path)]
            if command.is_stderr_merged:
                words.append("2>&1")
            elif command.stderr_path is not None:
                words += ["2>>", str(command.stderr_path)]
    return words


def _with_captures(word: str, command: Command) -> str:
    """A word with what is only known while it runs, as a person would write it."""
    if not command.takes_output:
        return word
    for number, capture in enumerate(command.captures):
        shown = f"$({' '.join(argv_of(capture))})"
        word = word.replace(output(number, is_bare=True), shown).replace(output(number, is_bare=False), shown)
        word = word.replace(output_file(number), f"<{shown[1:]}")
    return readable(word)


def diff_of(action: Action | None) -> str:
    """How a file would change, as a unified diff; empty when none does. Reads files: call it in a thread."""
    match action:
        case WriteFile():
            return text_diff(action.path.name, _current(action.path), action.content)
        case UpdateEnv():
            before = _current(action.path)
            try:
                after = with_setting(before, action.key, action.value)
            except ActionFailed:
                return ""
            return _env_diff(action, before, after)
        case _:
            return ""


def _told(action: Action, workspace: Path) -> str:
    def name(path: Path) -> str:
        return str(path.relative_to(workspace)) if path.is_relative_to(workspace) else str(path)

    match action:
        case RunPipelines():
            connectors = {"|", "&&", "||", ";", "<", "<<<", ">", ">>"}
            return " ".join(word if word in connectors else shlex.quote(word) for word in argv_of(action))
        case ReadFile():
            return f"Read {name(action.path)}"
        case WriteFile():
            return f"Write {name(action.path)}"
        case ListFiles():
            return f"List {name(action.path)}"
        case MovePath():
            return f"Move {name(action.source)} to {name(action.target)}"
        case DeletePath():
            return f"Delete {name(action.path)}"
        case ReadEnv():
            return f"Read the names of the settings in {name(action.path)}"
        case UpdateEnv():
            return f"Set {action.key} in {name(action.path)}"
        case HttpCall():
            return f"{action.method} {action.url}"
        case GenerateSecret():
            return f"Make a new secret named {action.name}"
        case RotateSecret():
            return f"Give the secret {action.name} and its tool a new value"
        case RequestSecret():
            return f"Ask for the secret {action.name}: {action.purpose}"
        case HandOver():
            return f"Hand over to {action.agent_id}: {action.message}"
        case BrowseScenario():
            return f"In a browser, {action.scenario}: {action.url}"
        case StartHelper():
            return f"Have a helper do: {action.task}"
        case _:
            assert_never(action)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:2_000]


def _current(path: Path) -> str:
    try:
        with open_file(path) as handle:
            return read_up_to(handle, DIFF_BYTES + 1).decode("utf-8", "replace")
    except ActionFailed:
        return ""


def text_diff(name: str, before: str, after: str) -> str:
    """Unified diff of two texts."""
    if len(before) > DIFF_BYTES or len(after) > DIFF_BYTES:
        return f"The change is too large to be shown ({len(after)} characters)."
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{name} (before)", f"{name} (after)", lineterm="", n=2
    )
    return "\n".join(lines)


def _env_diff(action: UpdateEnv, before: str, after: str) -> str:
    """Old values are masked; the new one is shown as the agent gave it, mostly a ``SECRET_REF``."""
    shown = masked(after).splitlines()
    changed = [
        at
        for at, line in enumerate(after.splitlines())
        if line.partition("=")[0].split()[-1:] == [action.key]
    ]
    for at in changed:
        shown[at] = after.splitlines()[at]
    return text_diff(action.path.name, masked(before), "\n".join(shown))
