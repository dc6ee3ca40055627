"""``find``, and what stands for the files that a search below some folders names."""

import re
from collections.abc import Sequence
from typing import Final

from tenant_daemon.policy.paths.names import may_name_secrets
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.paths.trees import is_plain_tree
from tenant_daemon.policy.programs.judge import CommandJudge
from tenant_daemon.policy.programs.library import load_library
from tenant_daemon.policy.programs.listings import lists_secrets
from tenant_daemon.policy.programs.options import Reading, read_options
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.programs.values import NO_SECRETS

_UNIT: Final = "\x1f"
WITH_HOLDER: Final = re.compile(r"\{\}(?:\.[\w-]+)*")
"""The place for what comes in, and an ending behind it."""
_SETUP: Final = re.compile(r"(?:docker-)?compose\.(?:ya?ml|y\*ml)")
_ONE_ENDING: Final = re.compile(r"[\w*?-]*(\.[A-Za-z0-9]{1,5})")
DELETERS: Final = frozenset({"rm", "unlink", "shred", "truncate", "sudo", "xargs"})
# `-name '?*'`, `-path './*'` and `-regex '.*'` leave nothing out.
_ANY_NAME: Final = re.compile(r"[.*?+/\\]*")
FILTERS: Final = frozenset(
    {
        "-name",
        "-iname",
        "-path",
        "-regex",
        "-size",
        "-mtime",
        "-mmin",
        "-atime",
        "-empty",
        "-newer",
        "-newermt",
    }
)


def found_below(
    judge: CommandJudge,
    starts: list[str],
    names: Sequence[str],
    *,
    as_words: bool,
    words: Sequence[str] | None = None,
) -> str:
    """
    What stands for anything that is found below some folders.

    Returns:
        A path of a file that is as harmless as the least harmless of them, or ``FROM_INPUT``.
    """
    places = judge.places
    workspace = places.roots.workspace
    real = [places.resolve(start).path for start in starts]
    is_meant = any(may_name_secrets(name) for name in names if not name.startswith("--exclude"))
    if is_meant or judge.is_in_container:
        return FROM_INPUT
    if all(is_below(path, workspace) and is_plain_tree(path, workspace, as_words=as_words) for path in real):
        has_secrets = lists_secrets(real, names if words is None else words)
        return f"{starts[0]}/some.secret" if has_secrets else f"{starts[0]}/found"
    is_logs = all(is_below(path, "/var/log") for path in real)
    if not all(map(places.roots.has_readable, real)):
        return FROM_INPUT
    if as_words and not is_logs:
        is_layout = set(real) <= set(map(str, places.roots.readable)) and names[:1] == ["find"]
        setup = _only_setup(names) if is_layout else ""
        return f"{real[0]}/found/{setup}" if setup else FROM_INPUT
    # The agent cannot write there. Where there are not only logs, names may be shown and no contents.
    return f"{real[0]}/found" if is_logs else f"{real[0]}/some.secret"


def _find(judge: CommandJudge, profile: Profile, reading: Reading) -> None:
    """Judge ``-delete`` and ``-exec`` of find against the folders it starts from."""
    starts = reading.positionals or ["."]
    is_filtered = any(
        flag.name in FILTERS and _ANY_NAME.fullmatch(value or "x") is None for flag, value in reading.given
    )
    # With `-o` a filter speaks about one side only.
    is_filtered &= not reading.has("-o", "-or", "-not")
    for start in starts if reading.has("-delete") else ():
        # With a filter it is not the folder itself that goes, but things in it.
        if is_filtered:
            said = f"Deletes what it finds in {'the folder' if start == '.' else start}."
            judge.places.delete(f"{start}/found", whole_tree=True, reason=said)
        else:
            judge.places.delete(start, whole_tree=True)
    patterns = reading.values("-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex")
    commands = reading.values("-exec", "-execdir", "-ok", "-okdir")
    if commands:
        judge.found_from = starts
        is_followed = reading.has("-L", "-follow")
        words = judge.arguments
        found = (
            FROM_INPUT if is_followed else found_below(judge, starts, patterns, as_words=False, words=words)
        )
        name = _only_name(judge, reading)
        if found.endswith("/found"):
            found += _ending(judge.arguments, reading)
        elif name and found.endswith("/some.secret") and not is_below(found, judge.places.roots.workspace):
            found = found.removesuffix("some.secret") + name
        judge.found_below = found
    judge.is_filtered = is_filtered
    for value in commands:
        _until(judge, value)


def _only_setup(words: Sequence[str]) -> str:
    """
    ``find /opt/apps -maxdepth 2 -name docker-compose.yml``: the name that every file has that is found.

    So high up nobody but the server itself makes folders, whose names could be taken for several.
    """
    reading = read_options(list(words[1:]), load_library()["find"])
    names, depths = reading.values("-name"), reading.values("-maxdepth")
    if {"-o", "-or", "-not", "!", ",", "-L", "-follow"} & set(words) or len(names) != 1 or len(depths) != 1:
        return ""
    is_meant = depths[0] in ("1", "2") and not reading.unknown and _SETUP.fullmatch(names[0])
    return names[0].replace("*", "a") if is_meant else ""


def drives_tools(argv: Sequence[str], found: str) -> bool:
    """Whether a program may do more with the tools' own setups than show them: stop every one of them."""
    if not found.startswith("/") or _SETUP.fullmatch(found.rpartition("/")[2]) is None:
        return False
    is_docker = any(word.rpartition("/")[2] in ("docker", "docker-compose", "podman") for word in argv)
    is_shown = list(argv[:3]) == ["docker", "compose", "-f"] and argv[4:5] in (["ps"], ["images"], ["top"])
    return is_docker and not is_shown


def _only_name(judge: CommandJudge, reading: Reading) -> str:
    """The name that every file has that is found, where none of that name holds secrets."""
    names = reading.values("-name", "-iname")
    if {"-o", "-or", "-not", "!", ","} & set(judge.arguments) or len(names) != 1:
        return ""
    return names[0].replace("*", "found") if NO_SECRETS.fullmatch(names[0]) else ""


def found_ending(judge: CommandJudge, argv: list[str]) -> str:
    """The ending that every file has that a whole ``find`` prints; empty when they may differ."""
    return _ending(argv, read_options(argv[1:], judge.library["find"])) if argv[:1] == ["find"] else ""


def _ending(words: Sequence[str], reading: Reading) -> str:
    """The ending that every file that is found has: ``.jpg`` for ``-name '*.jpg'``."""
    if {"-o", "-or", "-not", "!", ","} & set(words):
        return ""
    for pattern in reading.values("-name", "-iname"):
        ending = _ONE_ENDING.fullmatch(pattern)
        if ending is not None:
            return ending[1]
    return ""


def _until(judge: CommandJudge, value: str) -> None:
    """``find -exec``: the command with every ``{}`` standing for whatever is found."""
    argv = value.split(_UNIT)
    if not argv or not argv[0] or "{}" in argv[0]:
        judge.unknown("find.exec", "It would run the files that it finds.")
        return
    start = judge.found_below if argv[0] not in DELETERS or judge.is_filtered else FROM_INPUT
    if drives_tools(argv, start):
        start = FROM_INPUT
    judge.judge([arg if "{}" not in arg else _found_with(judge, start, arg) for arg in argv])


def _found_with(judge: CommandJudge, start: str, arg: str) -> str:
    """``{}``, or a name beside what is found (``{}.bak``) where that stays in the workspace."""
    if arg == "{}":
        return start
    starts = judge.found_from
    is_clear = WITH_HOLDER.fullmatch(arg) is not None and not any(name.endswith("/") for name in starts)
    if start == FROM_INPUT or not is_clear:
        return FROM_INPUT
    # The folder that it starts from is found too, and what lies beside that may lie outside.
    names = [arg.replace("{}", name) for name in (start, *starts)]
    workspace = judge.places.roots.workspace
    is_inside = all(is_below(judge.places.resolve(name).path, workspace) for name in names)
    return names[0] if is_inside else FROM_INPUT


REVIEWS["find"] = _find
