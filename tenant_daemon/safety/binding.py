"""
What an approval is bound to, as digests.

The *normalised* digest covers the action itself (program, arguments, working folder, content to be written)
and, by content, the programs and every file that is named anywhere in it or that programs take from the
current folder: a script that was changed is another call, also behind ``timeout`` or on an input. Remembered
approvals go by it.

The *call* digest covers besides that which file lies under each path that is named, so that nothing can be
put in its place between a person's look and the execution.
"""

import dataclasses
import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tenant_daemon.execution.commands import commands_of
from tenant_daemon.execution.environment import SEARCH_PATH
from tenant_daemon.policy.actions import Action, Command, RunPipelines
from tenant_daemon.safety.schemas import ExecuteRequest

_CONTENT_LIMIT_BYTES: Final = 64 * 1_048_576
_CONTENT_NOT_BOUND: Final = ("/var/log/", "/proc/", "/sys/", "/dev/")
"""They change by themselves, and no agent can write there."""
_MAX_WORDS: Final = 400
_PART: Final = re.compile(r"[\s=;|&<>()'\"@,:]+")
_IMPLICIT: Final = tuple(
    """
    Makefile makefile GNUmakefile package.json Dockerfile .dockerignore .env compose.yaml compose.yml
    docker-compose.yaml docker-compose.yml docker-compose.override.yml pyproject.toml setup.py setup.cfg
    Rakefile Gemfile Cargo.toml build.gradle pom.xml go.mod Justfile ansible.cfg manage.py __main__.py
    __init__.py main.py main.go
    """.split()  # noqa: SIM905 - longer as a list
)
"""What programs take from the current folder without being told."""


@dataclass(frozen=True)
class Binding:
    """Two digests, SHA-256 in hex."""

    normalised: str
    call: str


def bind(agent_id: str, tool_name: str, action: Action | None, tool_args: object) -> Binding:
    """
    The digests of a call. Reads files: call it in a thread.

    Args:
        tool_args: What stands for the call when it was not understood and has no action.
    """
    what = _plain(action) if action is not None else ["not understood", tool_args]
    normalised = _digest([agent_id, tool_name, what, sorted(_program_contents(action))])
    return Binding(normalised, _digest([normalised, sorted(_identities(action))]))


def same_call(request: ExecuteRequest, action: Action | None) -> str:
    """What two calls have in common that do the same thing, however they are written. Reads no files."""
    what = _plain(action) if action is not None else ["not understood", request.tool_args]
    return _digest([request.agent_id, request.tool_name, what])


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    """A JSON form that names the kind of every value, so that no two actions share one."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"kind": type(value).__name__, **fields}
    if isinstance(value, Command | RunPipelines):
        return {
            "kind": type(value).__name__,
            **{name: _plain(part) for name, part in value._asdict().items()},
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _program_contents(action: Action | None) -> Iterator[str]:
    """The programs, and every file that an argument, a part of one, or the current folder brings in."""
    for command, cwd in _commands(action):
        program = _located(command.argv[0], cwd)
        if program is not None:
            yield f"{program} {_content(program)}"
        for path in _brought_in(command, cwd):
            yield f"{path} {_content(path)}"


def _brought_in(command: Command, cwd: Path) -> Iterator[Path]:
    words = [part for argument in command.argv[1:] for part in (argument, *_PART.split(argument))]
    named = dict.fromkeys([*words[:_MAX_WORDS], *_IMPLICIT])
    paths = [cwd / name for name in named if name and len(name) < os.pathconf("/", "PC_PATH_MAX")]
    if command.stdin_path is not None:
        paths.append(command.stdin_path)
    for path in paths:
        if not str(path).startswith(_CONTENT_NOT_BOUND) and _is_file(path):
            yield path


def _identities(action: Action | None) -> Iterator[str]:
    for path in _paths(action):
        yield f"{path} {_identity(path)}"


def _paths(action: Action | None) -> Iterator[Path]:
    for command, cwd in _commands(action):
        # Every argument that names something that is there; whether the program takes it as a path or not.
        yield from (
            cwd / argument for argument in command.argv[1:] if len(argument) < os.pathconf("/", "PC_PATH_MAX")
        )
        redirections = (command.stdin_path, command.stdout_path, command.stderr_path)
        yield from (path for path in redirections if path is not None)
    if isinstance(action, RunPipelines):
        yield action.cwd
    elif action is not None:
        values = (getattr(action, field.name) for field in dataclasses.fields(action))
        yield from (value for value in values if isinstance(value, Path))


def _commands(action: Action | None) -> Iterator[tuple[Command, Path]]:
    if isinstance(action, RunPipelines):
        yield from commands_of(action)


def _located(name: str, cwd: Path) -> Path | None:
    if "/" in name:
        return (cwd / name) if _is_file(cwd / name) else None
    found = shutil.which(name, path=SEARCH_PATH)
    return Path(found) if found else None


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _content(path: Path) -> str:
    try:
        status = os.stat(path)
        if status.st_size > _CONTENT_LIMIT_BYTES:
            return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "unreadable"


def _identity(path: Path) -> str:
    """Device, number and kind; not size or time, which change while a log is written."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return "absent"
    return f"{status.st_dev} {status.st_ino} {stat.S_IFMT(status.st_mode)}"
