"""Programs that run other programs are judged by what they run."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.outputs import numbers_of
from tenant_daemon.policy.paths.container import ContainerPlaces
from tenant_daemon.policy.paths.names import may_name_app_secrets, may_name_secrets
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.programs.container_shell import without_variables
from tenant_daemon.policy.programs.containers import is_guardrail_service
from tenant_daemon.policy.programs.docker_names import are_docker_ids, docker_name
from tenant_daemon.policy.programs.finds import DELETERS, FILTERS, WITH_HOLDER, drives_tools, found_below
from tenant_daemon.policy.programs.judge import CommandJudge
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.listings import (
    A_UNIT,
    ABOUT_PROCESSES,
    listed_starts,
    lists_processes,
    lists_units,
    tells_about_units,
    tracked_starts,
)
from tenant_daemon.policy.programs.options import Reading, read_options
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import RESTS, REVIEWS
from tenant_daemon.policy.programs.variables import (
    is_harmless_variable,
    is_plain_variable,
    judge_assignment,
)
from tenant_daemon.policy.shell.parser import parse
from tenant_daemon.policy.wordlist import word_set

_ASSIGNMENT: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_MOST_NUMBERS: Final = 31
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_./*?][A-Za-z0-9_./*?+,=@%-]*")
_REPLACING: Final = ("-i", "--replace")
_TAKES_ANYTHING: Final = frozenset({"echo", "printf", "basename", "dirname", "id", "groups", "pstree"})
_SEPARATORS: Final = {"\n": "\n", "\\n": "\n", "\\0": "\0"}
_MAKERS: Final = frozenset({"mkdir", "touch", "ls", "wc", "stat", "file"})
"""What people hand words to that they have written themselves."""


def _command(judge: CommandJudge, argv: list[str]) -> None:
    """The rest is a command of its own."""
    if not argv:
        judge.unknown("wrapper.empty", "It would start something that is not named.")
        return
    is_sudo = judge.program == "sudo"
    before = len(judge.env)
    judge.judge(argv)
    if is_sudo and any(name.startswith(_FOR_THE_FOLDER) for name, _ in judge.env[before:]):
        _note_lost(judge, argv[0])


# These keep settings of the folder around a program from running anything, and passwords out of archives.
_FOR_THE_FOLDER: Final = ("GIT_", "MLRRC", "TAR_OPTIONS")
# They read no settings, wherever their home would be.
_WITHOUT_SETTINGS: Final = word_set(
    "ls cat date echo printf pwd id whoami uname df du head tail wc sort",
)


def _note_lost(judge: CommandJudge, program: str) -> None:
    judge.unknown(
        "wrapper.environment", f"It takes away the variables that keep {program} to what was judged."
    )


def _takes_away(reading: Reading) -> bool:
    """Whether ``env -i`` or ``-u`` takes variables from the program that we set for it."""
    names = reading.values("-u", "--unset")
    is_all = reading.has("-i", "--ignore-environment")
    return is_all or not all(is_harmless_variable(name) or is_plain_variable(name) for name in names)


def _env_command(judge: CommandJudge, argv: list[str]) -> None:
    """``env A=b command``; alone it shows the environment, where tools keep their passwords."""
    at = 0
    while at < len(argv) and (found := _ASSIGNMENT.fullmatch(argv[at])) is not None:
        judge_assignment(judge.verdict, found[1], found[2])
        at += 1
    if at < len(argv):
        if argv[at] not in _WITHOUT_SETTINGS and _takes_away(judge.reading):
            _note_lost(judge, argv[at])
        judge.judge(argv[at:])
        return
    judge.verdict.note(
        Tier.CRITICAL_RED,
        "env.shown",
        "Shows the environment, where programs keep passwords and keys.",
        unknown=True,
    )


# What is appended to their arguments is where they write, and without it what stood before that.
_TARGET_LAST: Final = frozenset({"cp", "mv", "ln", "install", "rsync"})
_MOST_WRAPPING: Final = 6
_TWO_OPERANDS: Final = 2


def _xargs(judge: CommandJudge, argv: list[str]) -> None:
    """The rest plus arguments that are not known yet."""
    inner = argv or ["echo"]
    holder = _holder(judge)
    listed = _listed_upstream(judge, inner)
    if listed:
        for name in listed:
            judge.judge([arg.replace(holder, name) for arg in inner] if holder else [*inner, name])
        return
    found = _found_upstream(judge, inner)
    if drives_tools(inner, found):
        found = FROM_INPUT
    if inner[0] == "docker" and are_docker_ids(judge.listing):
        found = docker_name(judge.listing) or found
    if inner[0] in ABOUT_PROCESSES and lists_processes(judge.listing):
        found = "1"
    if lists_units(judge.listing) and tells_about_units(inner):
        found = A_UNIT
    if inner[0] in DELETERS and not FILTERS & set(judge.listing):
        found = FROM_INPUT
    holder = holder or "{}"
    is_found = found != FROM_INPUT
    replaced = [
        arg.replace(holder, found)
        if is_found and WITH_HOLDER.fullmatch(arg.replace(holder, "{}")) is not None
        else FROM_INPUT
        if holder in arg
        else arg
        for arg in inner
    ]
    if inner[0] == FROM_INPUT or replaced[0] == FROM_INPUT:
        judge.unknown("xargs.program", "It would run what comes in.")
    whole = replaced if replaced != inner else [*inner, found]
    if FROM_INPUT in whole and inner[0] not in _TAKES_ANYTHING and not are_docker_ids(judge.listing):
        # What comes in could also be a flag: `journalctl --vacuum-size=1`, `man -P id`.
        judge.unknown("xargs.input", f"Nobody knows yet what {inner[0]} would be given.")
    judge.judge(whole)
    if replaced == inner and _may_run_bare(judge, inner):
        judge.judge(inner)


def _may_run_bare(judge: CommandJudge, inner: list[str]) -> bool:
    """Whether it is also a whole command by itself: xargs runs that once when nothing comes in."""
    if judge.reading.has("-r", "--no-run-if-empty"):
        return False
    is_targeting = not _TARGET_LAST.isdisjoint(inner[:_MOST_WRAPPING])
    return is_targeting and sum(not word.startswith("-") for word in inner) > _TWO_OPERANDS


def _holder(judge: CommandJudge) -> str:
    """What stands for each argument: ``-I{}``, and the older ``-i``; empty when nothing does."""
    found = [value or "{}" for flag, value in judge.reading.given if flag.name in ("-I", *_REPLACING)]
    if len(found) > 1:
        judge.unknown("xargs.holder", "It is said more than once what stands for the arguments.")
    return found[-1] if found else ""


def _separator(judge: CommandJudge) -> str | None:
    """What parts the arguments, empty for blanks; None where a name could be taken apart in other places."""
    found = [
        "\0" if value is None else _SEPARATORS.get(value)
        for flag, value in judge.reading.given
        if flag.name in ("-0", "--null", "-d", "--delimiter")
    ]
    return found[0] if len(found) == 1 else None if found else ""


def _listed_upstream(judge: CommandJudge, inner: list[str]) -> list[str]:
    """What ``ls a.csv b.csv`` or ``seq 1 12`` hands to xargs; empty when that is not exactly known."""
    before = judge.upstream
    if before[:1] == ["seq"]:
        numbers = numbers_of(before[1:], _MOST_NUMBERS)
        is_plain = not judge.reading.has("-d", "-0") and not DELETERS & set(judge.arguments)
        return numbers if numbers is not None and is_plain else []
    said = _said_words(before, by_lines=judge.reading.has("-I", "-L", *_REPLACING))
    if said:
        is_split = judge.reading.has("-d", "-0", "--null", "--delimiter")
        return said if not is_split and inner[0] in _MAKERS else []
    names = [arg for arg in before[1:] if arg not in ("-1", "-d")]
    if before[:1] != ["ls"] or judge.is_in_container or {"-0", "-d", "-a"} & set(judge.reading.unknown):
        return []
    # A pattern that nothing matches is listed by nobody; a name must be a file's by now.
    is_meant = any(may_name_secrets(name) or may_name_app_secrets(name) for name in names)
    is_plain = not is_meant and all(
        _PLAIN_NAME.fullmatch(name) and ("*" in name or judge.places.resolve(name).is_regular)
        for name in names
    )
    is_split = judge.reading.has("-d", "-0", "--null", "--delimiter")
    return names if is_plain and not is_split else []


def listing_starts(judge: CommandJudge, argv: list[str]) -> list[str]:
    """The folders below which a command names files, one a line and nothing else; empty if unknown."""
    profile = judge.library.get(argv[0]) if argv[:1] in (["grep"], ["rg"]) else None
    if profile is None:
        return []
    reading = read_options(argv[1:], profile)
    is_naming = reading.has("-l", "--files-with-matches", "-L", "--files-without-match", "--files")
    if (
        reading.unknown
        or not is_naming
        or reading.has("-Z", "-z", "--null", "-0", "-R", "--json", "-e", "-f", "--label")
        or "-" in reading.positionals
    ):
        return []
    if argv[0] == "grep" and not reading.has("-r", "--recursive"):
        # It names some of the files that it was given.
        names = reading.positionals[1:]
        return list({name.rpartition("/")[0] or "." for name in names})
    return reading.positionals[0 if reading.has("--files") else 1 :] or ["."]


def standing_for_found(judge: CommandJudge, starts: list[str], names: Sequence[str]) -> str:
    """What stands for anything that is found below some folders, its name read as a word; or nothing."""
    path = found_below(judge, starts, names, as_words=True)
    return "" if path == FROM_INPUT else path


def _names_exactly(judge: CommandJudge, argv: list[str]) -> list[str]:
    """The folders below which ``grep -rlZ`` names files, each ended by what no name can hold."""
    profile = judge.library["grep"]
    reading = read_options(argv[1:], profile) if argv[:1] == ["grep"] else None
    if reading is None or not reading.has("-Z", "--null") or not judge.reading.has("-0", "--null"):
        return []
    plain = [arg.replace("Z", "") if re.fullmatch(r"-[A-Za-z]+", arg) else arg for arg in argv]
    return listing_starts(judge, [arg for arg in plain if arg not in ("-", "--null")])


def _found_upstream(judge: CommandJudge, inner: list[str]) -> str:
    """
    What ``find ... | xargs`` hands over: files below the folders it starts from.

    Without ``-print0`` and ``-0`` a file's name could smuggle in another path by the blanks in it.
    """
    before = judge.listing
    separator = _separator(judge)
    if separator is None:
        return FROM_INPUT
    is_ended = separator == "\0"
    if before[:1] == ["git"] and ("-z" in before) is is_ended:
        starts = tracked_starts([arg for arg in before if arg != "-z"], inner)
        return found_below(judge, starts, before, as_words=not is_ended) if starts else FROM_INPUT
    if before[:1] != ["find"] and not is_ended:
        starts = listing_starts(judge, before) or listed_starts(before)
        return found_below(judge, starts, before, as_words=True) if starts else FROM_INPUT
    exact = _names_exactly(judge, before)
    if exact:
        return found_below(judge, exact, before, as_words=False)
    is_exact = "-print0" in before
    if before[:1] != ["find"] or is_exact is not is_ended:
        return FROM_INPUT
    if {"-L", "-follow", "-printf", "-ls", "-exec", "-execdir", "-quit"} & set(before[1:]):
        return FROM_INPUT
    starts = list(takewhile(lambda arg: not arg.startswith(("-", "(", "!")), before[1:])) or ["."]
    return found_below(judge, starts, before, as_words=not is_exact)


def _shell_text(judge: CommandJudge, argv: list[str]) -> None:
    """``sh -c TEXT``: a shell would read the text, so it must hold nothing that only a shell understands."""
    if len(argv) != 1:
        judge.unknown("shell.arguments", "A shell would be started with arguments of its own.")
    text = argv[0] if argv else ""
    if "$" in text and judge.is_in_container and not judge.entered_by.has("-e", "--env"):
        text = without_variables(text)
    script = parse(text, is_for_shell=True) if argv else None
    if script is None or script.problem is not None:
        judge.unknown(
            "shell.text", script.problem if script and script.problem else "A shell would be started."
        )
    if script is None:
        return
    for pipeline in (*script.pipelines, script.loose_parts):
        judge.pipeline(pipeline)


def _shell_script(judge: CommandJudge, profile: Profile, reading: Reading) -> None:
    """``sh -c``; on the server itself no shell is ever started, inside a container one may be."""
    texts = reading.values("-c")
    is_check = [flag.name for flag, _ in reading.given] == ["-n"] and judge.program not in ("csh", "tcsh")
    if is_check and len(reading.positionals) == 1:
        # It reads the script and runs nothing of it.
        judge.places.read(reading.positionals[0])
        return
    if len(texts) != 1 or reading.positionals:
        judge.unknown("shell.script", "It would run a script whose content is not judged.")
    for text in texts:
        _shell_text(judge, [text])
    if not judge.is_in_container:
        judge.unknown(
            "shell.nested", "A shell would be started on the server, which never happens by itself."
        )


def _container(judge: CommandJudge, argv: list[str]) -> None:
    """``docker exec NAME command``: judged by its content, with the paths of the container."""
    if any(map(is_guardrail_service, judge.reading.positionals[:1])):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "container.guardrail",
            "Works inside a part of the safety system.",
            unknown=True,
        )
    outside, was_inside = judge.places, judge.is_in_container
    inside = judge.places = ContainerPlaces(judge.context, judge.verdict)
    inside.folder = (judge.reading.values("-w", "--workdir") or [""])[-1]
    judge.is_in_container = True
    judge.entered_by = judge.reading
    try:
        _command(judge, argv)
    finally:
        judge.places, judge.is_in_container = outside, was_inside


def _remote(judge: CommandJudge, argv: list[str]) -> None:
    """``ssh HOST command``, ``watch command``: a shell will read the words joined; the profile is unknown."""
    if argv:
        _shell_text(judge, [" ".join(argv)])


def _anything(judge: CommandJudge, argv: list[str]) -> None:
    """Arguments that do not matter."""


def _timing(judge: CommandJudge, profile: Profile, reading: Reading) -> None:
    """``time -o FILE`` writes, ``stdbuf -o0`` does not: only the latter's values are plain."""
    for value in reading.values("-o", "-e", "-i", "--output", "--error", "--input"):
        if re.fullmatch(r"[0L]|\d+[KMG]?", value) is None:
            judge.unknown("wrapper.output", f"It would write to {value}.")


def _said_words(argv: list[str], *, by_lines: bool) -> list[str]:
    """What ``echo a b`` or ``printf '%s\\n' a b`` hands on, where each is a plain word."""
    is_line_each = argv[:2] == ["printf", "%s\\n"]
    words = argv[2:] if is_line_each else argv[1:] if argv[:1] == ["echo"] else []
    if len(words) > _MOST_NUMBERS or (by_lines and len(words) > 1 and not is_line_each):
        return []
    is_plain = all(_PLAIN_NAME.fullmatch(word) and not {"*", "?"} & set(word) for word in words)
    return words if is_plain else []


_COUNTING: Final = ("-n", "-L", "-l", "--max-args", "--max-lines")


def _xargs_input(judge: CommandJudge, profile: Profile, reading: Reading) -> None:
    """A number beside a placeholder switches it off, or the other way round, unless it is one at a time."""
    counts = [(flag.name, value) for flag, value in reading.given if flag.name in _COUNTING]
    is_each = all(name in ("-n", "--max-args") and value == "1" for name, value in counts)
    if counts and not is_each and reading.has("-I", *_REPLACING):
        judge.unknown("xargs.holder", "It is not clear whether anything stands for what comes in.")


RESTS.update(
    {
        "command": _command,
        "envcommand": _env_command,
        "xargs": _xargs,
        "container": _container,
        "remote": _remote,
        "shelltext": _shell_text,
        "any...": _anything,
    }
)
REVIEWS.update({"shell": _shell_script, "timing": _timing, "xargs": _xargs_input})
KINDS["until"] = lambda judge, value: None
