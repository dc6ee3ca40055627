"""
Files of passwords in a repository: what would record them, and what would show what is recorded.

Git names no files when it shows or takes up everything, so what lies in the folder, and what the index lists,
is looked at. What was recorded once and is not tracked any more cannot be seen here.
"""

import os
import re
import time
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.names import is_app_secret_name, is_secret_name
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.paths.trees import MAX_LOOKED_AT, holds_secrets

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_MOST_INDEX_BYTES: Final = 4 * 1024 * 1024
_MOST_IGNORED_BYTES: Final = 65_536
_SETTLED_NS: Final = 2_000_000_000
_HEADER: Final = 12
_ENTRY: Final = 62
"""Bytes of an entry before its name."""
_EXTENDED: Final = 0x4000
_LENGTH: Final = 0xFFF
# They show what changed unless told to show less; the others only when told to.
_SHOWING: Final = frozenset({"diff", "show", "range-diff"})
_SHOWING_IF_TOLD: Final = frozenset({"log", "whatchanged", "diff-tree", "diff-index", "diff-files", "stash"})
_ALWAYS_SHOWING: Final = frozenset({"grep", "format-patch", "cat-file"})
_LESS: Final = frozenset(
    {
        "--stat", "--shortstat", "--numstat", "--name-only", "--name-status", "--summary", "--quiet", "--raw",
        "--compact-summary", "--dirstat", "--no-patch", "-s", "--check",
    }
)  # fmt: skip
_MORE: Final = re.compile(
    r"-[A-Za-z0-9]*[puUcLmW].*"
    r"|--(?:patch|cc|unified|word-diff|color-words|binary|text|function-context|patch-with-\w+)(?:[=-].*)?"
)
_VALUELESS: Final = _LESS | {"--cached", "--staged", "-p", "--patch", "-w", "-b", "--oneline", "--follow"}
_PLAIN_PATTERN: Final = re.compile(r"/?[\w.*-][\w.*? -]*")
_MAGIC: Final = re.compile(r"[*?\[:\\]")
# What leaves the list of names that are left out as it is.
_KEEPING: Final = frozenset(
    {"git", "cd", "ls", "cat", "echo", "mkdir", "test", "true", "grep", "pwd", "touch"}
)


def check_secrets(judge: "CommandJudge", words: list[str], top: str, folder: str) -> None:
    """
    Note it when git would record or show files of passwords that its arguments do not name.

    Args:
        words: Git's sub-command and what follows it.
        top: The folder that the repository is for.
        folder: Where git works, for paths.
    """
    name = words[0] if words else ""
    if name in ("add", "stash") and _takes_up_secrets(judge, words, top, folder):
        _note(judge, "git.records-secrets", "Would record files of passwords that lie here.")
        return
    is_tools = not is_below(top, judge.places.roots.workspace)
    is_shown = _shows_content(words) and not _is_limited(words, folder)
    if is_shown and _tracks_secrets(f"{top}/.git/index", is_tools=is_tools):
        _note(judge, "git.shows-secrets", "Files of passwords are recorded here, and it could show them.")


def check_compared(judge: "CommandJudge", words: list[str], folder: str) -> None:
    """``git diff --no-index A B``, also outside a repository: folders are compared with all in them."""
    if words[:1] != ["diff"]:
        return
    folders = [judge.places.resolve(os.path.join(folder, word)) for word in words[1:] if word[:1] != "-"]
    if any(place.is_folder and holds_secrets(place.path, lambda *_: True) for place in folders):
        _note(judge, "git.shows-secrets", "Files of passwords lie in these folders, and it would show them.")


def _note(judge: "CommandJudge", rule_id: str, reason: str) -> None:
    risk = "Passwords could get to the language model."
    judge.verdict.note(Tier.CRITICAL_RED, rule_id, reason, risk=risk, unknown=True)


# -- what would be shown ----------------------------------------------------------------------------------


def _shows_content(words: list[str]) -> bool:
    name, *rest = words or [""]
    is_more = any(map(_MORE.fullmatch, rest))
    if name in _SHOWING:
        return is_more or _LESS.isdisjoint(word.partition("=")[0] for word in rest)
    if name == "cat-file":
        return not {"-t", "-s", "-e"} & set(rest)
    if name in ("status", "commit"):
        is_verbose = any(re.fullmatch(r"-[a-z]*v[a-z]*|--verbose", word) for word in rest)
        return is_verbose and (name == "status" or "--dry-run" in rest)
    return name in _ALWAYS_SHOWING or (name in _SHOWING_IF_TOLD and is_more)


def _is_limited(words: list[str], folder: str) -> bool:
    """Whether only files are meant that are named behind ``--``, and each is one file."""
    if "--" not in words[1:]:
        return False
    at = words.index("--")
    # A flag right before it could take it for its value.
    if words[at - 1].startswith("-") and words[at - 1] not in _VALUELESS:
        return False
    names = words[at + 1 :]
    return bool(names) and not any(
        _MAGIC.search(name) or os.path.isdir(os.path.join(folder, name)) for name in names
    )


def _tracks_secrets(index: str, *, is_tools: bool) -> bool:
    """Whether a file with a name of secrets is in the index, or it cannot be read."""
    try:
        found = os.stat(index)
        if found.st_size > _MOST_INDEX_BYTES:
            return True
        mark = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        # Two changes at nearly the same time may bear the same one; nobody can set that of the last change.
        is_settled = time.time_ns() - found.st_ctime_ns > _SETTLED_NS
        look = _lists_secrets if is_settled else _lists_secrets.__wrapped__
        return look(index, is_tools, mark)
    except FileNotFoundError:
        return False
    except (OSError, ValueError, IndexError):
        return True


@lru_cache(maxsize=64)
def _lists_secrets(index: str, is_tools: bool, _mark: tuple[int, ...]) -> bool:
    with open(index, "rb") as file:
        names = {path.rpartition("/")[2] for path in _index_names(file.read())}
    return any(is_secret_name(name) or (is_tools and is_app_secret_name(name)) for name in names)


def _index_names(data: bytes) -> list[str]:
    """
    The paths in an index, as gitformat-index(5) describes versions 2 to 4.

    Raises:
        ValueError: It is of another kind, or ends too early.
    """
    version = int.from_bytes(data[4:8])
    if data[:4] != b"DIRC" or version not in (2, 3, 4):
        raise ValueError("not a known index")
    names: list[str] = []
    at, before = _HEADER, b""
    for _ in range(int.from_bytes(data[8:12])):
        start = at
        at += _ENTRY + (2 if int.from_bytes(data[at + 60 : at + 62]) & _EXTENDED else 0)
        kept = b""
        if version == 4:
            cut, at = _offset(data, at)
            kept = before[: len(before) - cut]
        end = data.index(b"\0", at)
        before = kept + data[at:end]
        # The length is said once more, so that longer hashes are not taken for a part of the name.
        said = int.from_bytes(data[start + 60 : start + 62]) & _LENGTH
        if said not in (_LENGTH, len(before)):
            raise ValueError("not a known kind of entry")
        names.append(before.decode(errors="replace"))
        # Up to version 3 an entry ends at a multiple of eight bytes, with one to eight zeros.
        at = end + 1 if version == 4 else start + (end - start + 8) // 8 * 8
    return names


def _offset(data: bytes, at: int) -> tuple[int, int]:
    """The number that says how much of the path before is cut off, and where it ends."""
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (data[at] & 0x7F)
    return value, at + 1


# -- what would be recorded -------------------------------------------------------------------------------


def _takes_up_secrets(judge: "CommandJudge", words: list[str], top: str, folder: str) -> bool:
    name, *rest = words
    flags = {word for word in rest if word.startswith("-")}
    letters = "".join(word for word in flags if not word.startswith("--"))
    if name == "stash":
        is_untracked = "u" in letters or "--include-untracked" in flags
        return is_untracked and _lies_unignored(judge, top, [top], is_forced=False)
    if flags & {"-n", "--dry-run", "-u", "--update"}:
        return False
    named = [word for word in rest if not word.startswith("-")]
    starts = [top] if not named or any(map(_MAGIC.search, named)) else []
    starts += [os.path.normpath(os.path.join(folder, word)) for word in named]
    return _lies_unignored(judge, top, starts, is_forced="f" in letters or "--force" in flags)


def _lies_unignored(judge: "CommandJudge", top: str, starts: list[str], *, is_forced: bool) -> bool:
    """Whether a file with secrets lies below that git would not leave out, or more than can be looked at."""
    is_changed = not _KEEPING.issuperset(judge.before) or any(
        path.endswith("/.gitignore") for path in judge.places.spelled
    )
    ignored = [] if is_forced or is_changed else _read_ignored(top) or []
    looked_at = 0
    todo = [start for start in starts if os.path.isdir(start) and not os.path.islink(start)]
    while todo:
        folder = todo.pop()
        try:
            entries = list(os.scandir(folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return True
        # Further below, a list of its own could take names up again.
        if folder != top and any(entry.name == ".gitignore" for entry in entries):
            ignored = ignored if _read_ignored(folder) is not None else []
        looked_at += len(entries)
        if looked_at > MAX_LOOKED_AT:
            return True
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            name = f"/{entry.name}" if folder == top else entry.name
            if entry.name == ".git" or _is_ignored(name, ignored, is_folder=is_folder):
                continue
            if is_folder:
                todo.append(entry.path)
            elif is_secret_name(entry.name):
                return True
    return False


def _read_ignored(folder: str) -> list[str] | None:
    """The lines of a folder's ``.gitignore``; None where some are taken up again, or it cannot be read."""
    path = f"{folder}/.gitignore"
    try:
        if os.path.islink(path) or os.path.getsize(path) > _MOST_IGNORED_BYTES:
            return None
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        return None
    return None if any(line.startswith("!") for line in lines) else lines


def _is_ignored(name: str, ignored: list[str], *, is_folder: bool) -> bool:
    """Whether a name fits; one at the top of the repository begins with a slash, as patterns for those do."""
    for pattern in ignored:
        if pattern.endswith("/") and not is_folder:
            continue
        plain = pattern.rstrip("/")
        fitting = name if plain.startswith("/") else name.removeprefix("/")
        if _PLAIN_PATTERN.fullmatch(plain) is not None and fnmatchcase(fitting, plain):
            return True
    return False
