"""``.env`` files: which settings there are, without their values, and changing one of them."""

import re
from pathlib import Path
from typing import Final

from tenant_daemon.contracts.changes import ChangeKind
from tenant_daemon.execution.files import Files, read_up_to
from tenant_daemon.execution.outcome import ActionFailed, CallScope, Outcome
from tenant_daemon.execution.safe_paths import open_file, open_folder, status_in
from tenant_daemon.policy.actions import ReadEnv, UpdateEnv

MAX_BYTES: Final = 262_144
_MASK: Final = "********"
_ASSIGNMENT: Final = re.compile(
    r"^(?P<head>\s*(?:export\s+)?(?P<key>[A-Za-z_][A-Za-z0-9_.]*)\s*=)(?P<value>.*)$"
)
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")
"""Values that every reader of such files takes as they are, without quotes."""


class EnvFiles:
    """Blocking: call it in a thread."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def read(self, action: ReadEnv) -> Outcome:
        return Outcome(is_success=True, output=masked(_text_of(action.path)) or "(empty)")

    def update(self, action: UpdateEnv, scope: CallScope) -> Outcome:
        with open_folder(action.path.parent) as folder:
            held = status_in(folder, action.path.name)
        text = _text_of(action.path) if held is not None else ""
        changed = with_setting(text, action.key, action.value)
        note = self._files.replace(
            action.path, changed.encode(), kind=ChangeKind.SETTING, scope=scope, setting=action.key
        )
        return Outcome(is_success=True, output=f"Set {action.key} in {action.path.name}.{note}")


def masked(text: str) -> str:
    """The file with every value masked; a comment may hold an old value, so it is masked as well."""
    return "\n".join(_masked_line(line) for line in text.splitlines())


def with_setting(text: str, key: str, value: str) -> str:
    """
    The file with one setting changed or added; everything else stays as it is.

    Of a key that is set twice every occurrence changes, since readers differ in which one they take.
    """
    if not _KEY.fullmatch(key):
        raise ActionFailed(f"not a name for a setting: {key}")
    line = f"{key}={_quoted(value)}"
    lines = text.splitlines()
    places = [at for at, old in enumerate(lines) if (found := _ASSIGNMENT.match(old)) and found["key"] == key]
    for at in places:
        prefix = "export " if lines[at].lstrip().startswith("export ") else ""
        lines[at] = prefix + line
    if not places:
        lines.append(line)
    return "\n".join(lines) + "\n"


def _masked_line(line: str) -> str:
    if not line.strip():
        return line
    found = _ASSIGNMENT.match(line)
    if found:
        return f"{found['head']}{_MASK if found['value'].strip() else ''}"
    if line.lstrip().startswith("#") and "=" in line:
        return f"{line.partition('=')[0]}={_MASK}"
    # Neither: the continuation of a value over several lines, which is a value too.
    return line if line.lstrip().startswith("#") else _MASK


def _quoted(value: str) -> str:
    if any(character in value for character in "\n\r\0"):
        raise ActionFailed("a setting cannot hold a line break")
    if _PLAIN.fullmatch(value):
        return value
    if "'" not in value:
        return f"'{value}'"
    # `$` and backquotes have a meaning between double quotes for docker compose and shells alike.
    escaped = re.sub(r'(["\\$`])', r"\\\1", value)
    return f'"{escaped}"'


def _text_of(path: Path) -> str:
    with open_file(path) as handle:
        content = read_up_to(handle, MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ActionFailed(f"{path} is larger than {MAX_BYTES} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ActionFailed(f"{path} is not a text file") from exc
