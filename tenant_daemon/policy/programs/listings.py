"""Which names a program hands on, line by line, to ``xargs`` or a loop."""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final

from tenant_daemon.policy.paths.names import looks_for_secrets
from tenant_daemon.policy.paths.trees import holds_secrets
from tenant_daemon.policy.programs.docker_names import UNITS, with_column

_SELECTING: Final = {"sort": 0, "uniq": 0, "head": 0, "tail": 0, "grep": 1}
"""Programs that leave lines as they are, and how many words without a dash they take then."""
_HARMLESS_FLAG: Final = re.compile(r"-[vEiurzF0-9]+|-n|-V")
_LS_FLAG: Final = re.compile(r"-[1dtrAaSpvXUc]+")
_COUNT_FLAG: Final = re.compile(r"-n\+?\d+|--lines=\+?\d+")
_SHOWS_HIDDEN: Final = re.compile(r"-\w*[aA]\w*")
_GLOB: Final = re.compile(r"[*?\[]")
_RELATIVE: Final = re.compile(r"[\w.*?+][\w.*?+-]*(?:/[\w.*?+-]+)*/?")
_OF_LOGS: Final = re.compile(r"(/var/log(?:/[\w.-]+)*)/[\w.*?+-]+")
_TRACKED_FLAG: Final = re.compile(r"--(?:cached|modified|others|exclude-standard|name-only|staged)|-[cmo]")
_REVISION_OR_NAME: Final = re.compile(r"(?:[A-Za-z0-9*][\w.*-]*/?)+(?:[~^]\d*)?")
_XARGS_FLAG: Final = re.compile(r"-[0rnP]|-[nP]?\d+|-0r|-r0|--null|--no-run-if-empty")
_NAMING_FLAG: Final = re.compile(r"-[iswvEFP]*[lL][iswvEFP]*|--files-with(?:-|out-)match(?:es)?")
ABOUT_PROCESSES: Final = frozenset({"ps", "pwdx", "pmap", "top"})
"""Programs that only tell about processes, which they are given as numbers."""
_ABOUT_UNITS: Final = frozenset({"status", "is-active", "is-enabled", "is-failed", "show"})
A_UNIT: Final = "found.service"
"""What stands for any service in commands that only tell about it."""
_ENDED: Final = frozenset({"-0", "-0r", "-r0", "--null"})
_WITH_NAMES: Final = re.compile(r"-\w*[ladcS]|--(?:list|delim|count|separator|lock|log)")
_PLAIN_FLAG: Final = re.compile(r"-[iswvEFP]+|--color=never")
_SHOWS_NO_CONTENT: Final = frozenset({"wc", "ls", "du", "stat", "file"})


def leaves_lines(argv: Sequence[str]) -> bool:
    """Whether a program passes on lines as they came, perhaps fewer or in another order."""
    if argv[0] in ("head", "tail"):
        at = 3 if argv[1:2] == ["-n"] else 2 if _COUNT_FLAG.fullmatch("".join(argv[1:2])) else 1
        argv = [argv[0], *argv[at:]]
    plain = [arg for arg in argv[1:] if not arg.startswith("-")]
    flags = [arg for arg in argv[1:] if arg.startswith("-")]
    return (
        _SELECTING.get(argv[0]) == len(plain)
        and all(_HARMLESS_FLAG.fullmatch(flag) for flag in flags)
        and not (argv[0] == "uniq" and flags)
        and not (argv[0] == "grep" and looks_for_secrets(plain[0]) and not any("v" in flag for flag in flags))
    )


def source_of(before: Sequence[Sequence[str]]) -> list[str]:
    """The program in a pipe whose lines come out at its end."""
    last = len(before) - 1
    is_ended: list[bool] = []
    column: list[str] = []
    while last > 0:
        if names_some(before[last]):
            is_ended.append(not _ENDED.isdisjoint(before[last]))
        elif before[last][0] in ("cut", "awk") and not column:
            column = list(before[last])
        elif not leaves_lines(list(before[last])):
            break
        last -= 1
    source = list(before[last]) if before else []
    source = source[1:] if source[:1] == ["sudo"] else source
    if column:
        source = with_column(source, column)
    if not is_ended:
        return source
    # However the names came in, they go out line by line.
    is_understood = is_ended[-1] is ("-print0" in source) and not any(is_ended[:-1])
    return [word for word in source if word != "-print0"] if is_understood else []


def names_some(argv: Sequence[str]) -> bool:
    """Whether ``xargs grep -l PATTERN`` names some of the files that it is given, and nothing else."""
    if argv[0] != "xargs" or "grep" not in argv:
        return False
    at = argv.index("grep")
    flags = [arg for arg in argv[at + 1 :] if arg.startswith("-")]
    is_plain = all(_PLAIN_FLAG.fullmatch(flag) or _NAMING_FLAG.fullmatch(flag) for flag in flags)
    is_passing = all(_XARGS_FLAG.fullmatch(arg) or arg.isdecimal() for arg in argv[1:at])
    return (
        is_passing
        and is_plain
        and any(map(_NAMING_FLAG.fullmatch, flags))
        and len(argv) - at - 1 - len(flags) == 1
    )


def lists_processes(argv: Sequence[str]) -> bool:
    """Whether a program names processes by their numbers alone."""
    flags = [arg for arg in argv[1:] if arg not in ("-d,", "-d ")]
    return list(argv[:1]) in (["pgrep"], ["pidof"]) and not any(map(_WITH_NAMES.match, flags))


def lists_units(argv: Sequence[str]) -> bool:
    """Whether what comes in are systemd's own words for services (see ``with_column``)."""
    return list(argv) == UNITS


def tells_about_units(argv: Sequence[str]) -> bool:
    """Whether a command only shows how a service is, or what it has logged."""
    is_shown = list(argv[:1]) == ["systemctl"] and not _ABOUT_UNITS.isdisjoint(argv[1:2])
    return is_shown or list(argv[:2]) == ["journalctl", "-u"]


def listed_starts(argv: Sequence[str]) -> list[str]:
    """The folders below which the names lie that ``ls`` prints; empty if nobody knows."""
    names = [arg for arg in argv[1:] if _LS_FLAG.fullmatch(arg) is None]
    if list(argv[:1]) != ["ls"] or any(".." in name for name in names):
        return []
    if all(_RELATIVE.fullmatch(name) for name in names):
        return ["."]
    found = [_OF_LOGS.fullmatch(name) for name in names]
    return [match[1] for match in found if match is not None] if all(found) else []


def lists_secrets(starts: Sequence[str], words: Sequence[str]) -> bool:
    """
    Whether files with secrets are among those that ``ls`` or ``find`` names.

    Args:
        starts: Real paths.
        words: The program with its arguments.
    """
    words = list(words[: next((at for at, word in enumerate(words) if word.startswith("-exec")), len(words))])
    # A search through a folder leaves them out by itself.
    if words[:1] == ["grep"] or any(words[at : at + 2] == ["-type", "d"] for at in range(len(words))):
        return False
    globs = [word.rpartition("/")[2] for word in words[1:] if _GLOB.search(word) and not word.startswith("-")]
    if "-regex" in words or "-iregex" in words:
        globs = []
    is_ls = words[:1] == ["ls"]
    shows_hidden = not is_ls or any(_SHOWS_HIDDEN.fullmatch(word) for word in words[1:])

    def is_listed(name: str, is_here: bool) -> bool:
        if globs:
            return any(fnmatchcase(name, pattern) for pattern in globs)
        return (is_here or not is_ls) and (shows_hidden or not name.startswith("."))

    return any(holds_secrets(start, is_listed) for start in starts)


def tracked_starts(argv: Sequence[str], inner: Sequence[str]) -> list[str]:
    """
    The same for ``git ls-files`` and ``git diff --name-only``.

    Somebody else's repository may list what is not there, so its names go only to programs that show no
    content, and to git itself.
    """
    kind = list(argv[:2])
    is_listing = kind == ["git", "ls-files"] or (kind == ["git", "diff"] and "--name-only" in argv)
    rest = argv[2:]
    is_plain = all(
        _TRACKED_FLAG.fullmatch(arg) if arg.startswith("-") else _REVISION_OR_NAME.fullmatch(arg)
        for arg in rest
    )
    is_harmless = inner[0] in _SHOWS_NO_CONTENT or list(inner[:2]) == ["git", "add"]
    return ["."] if is_listing and is_plain and is_harmless else []
