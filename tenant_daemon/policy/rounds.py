"""
What a loop goes through when that is known only while it runs: ``cmd | while read x``, ``for x in $(cmd)``.

Its values come from another program's output, so nearly nothing may take them. What is known of that program
says more: docker's own names go to docker, files that lie in the workspace go where a file there may go.
"""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final, Literal, NamedTuple

from tenant_daemon.policy.actions import Command, RunPipelines
from tenant_daemon.policy.programs.docker_names import are_docker_ids, docker_name, with_column
from tenant_daemon.policy.programs.finds import found_ending
from tenant_daemon.policy.programs.judge import CommandJudge
from tenant_daemon.policy.programs.listings import (
    A_UNIT,
    ABOUT_PROCESSES,
    leaves_lines,
    listed_starts,
    lists_processes,
    lists_units,
    tells_about_units,
    tracked_starts,
)
from tenant_daemon.policy.programs.wrappers import listing_starts, standing_for_found
from tenant_daemon.policy.shell import expansions

_OF_PROJECT: Final = r"/(?:docker-)?compose\.ya?ml"
"""The one file that may be read in any folder of the tools."""
_SAFE_PART: Final = re.compile(
    r"((?:[\w./-]*[\w/-])?)\ue01c[0-9]+(?:\ue01b([^\ue01d]*))?\ue01d([\w.-]*|/|" + _OF_PROJECT + ")"
)
_PROJECT: Final = re.compile(
    r"(/[\w./-]+)/\ue01c([0-9]+)(?:\ue01b[^\ue01d]*)?\ue01d(?:/?|(" + _OF_PROJECT + "))"
)
_IN_FOLDER: Final = re.compile(
    r"([\w./-]+/)?(?:[\w-][\w.-]*)?\ue01c([0-9]+)(?:\ue01b[^\ue01d]*)?\ue01d([\w.-]*)"
)
"""What stands before it in the name is no dot: `.g$x` could become `.git`."""
_PLAIN_ENDING: Final = re.compile(
    r"[\w.-]*\.(?:txt|csv|tsv|html?|pdf|docx|xlsx|png|jpe?g|webp|gif|svg|log|eml|ics|vcf|xml)"
)
"""Of no file that programs obey, whatever stands before it."""
_ENDING: Final = re.compile(r"[._-][\w.-]*\w")
_PREFIX: Final = re.compile(r"(s/\^/)\ue01c[0-9]+(?:\ue01b([^\ue01d]*))?\ue01d([ :>|-]+/)")
"""``sed "s/^/$name: /"``: in front of each line any name may stand that has no slash in it."""
_LISTERS: Final = frozenset({"ls", "du", "stat", "test"})
"""Programs that show of a folder what lies in it, and not what stands in that."""
_DELETERS: Final = frozenset({"rm", "unlink", "shred", "truncate", "rmdir"})


class Values(NamedTuple):
    """What is known of a loop's values."""

    kind: Literal["any", "docker", "path", "unit"]
    path: str = ""
    """A file as harmful as the most harmful that may come, or the name that docker's have in common."""
    starts: tuple[str, ...] = ()
    """The folders below which they lie."""


ANY: Final = Values("any")


def values_of(judge: CommandJudge, commands: Sequence[Command], inner: Sequence[str] = ()) -> Values:
    """
    What the last of these commands prints.

    Args:
        inner: The program that is given it.
    """
    first, *others = [list(command.argv) for command in commands]
    rest = [argv for argv in others if not leaves_lines(argv)]
    if len(rest) == 1:
        first, rest = with_column(first, rest[0]), []
    if rest or not first or any(command.captures for command in commands):
        return ANY
    if are_docker_ids(first):
        return Values("docker", docker_name(first))
    if lists_processes(first):
        # Numbers; only what tells about processes takes them.
        return Values("path", "1") if inner and inner[0] in ABOUT_PROCESSES else ANY
    if lists_units(first):
        return Values("unit", A_UNIT) if not inner or tells_about_units(inner) else ANY
    starts = tracked_starts(first, inner) if first[0] == "git" and inner else _starts(judge, first)
    path = standing_for_found(judge, starts, first) if starts else ""
    path += found_ending(judge, first) if path.endswith("/found") else ""
    return Values("path", path, tuple(starts)) if path else ANY


def prints_one_line(commands: Sequence[Command]) -> bool:
    """Whether it is one line at most, so that its value is one name and not several."""
    last = commands[-1].argv
    return last[0] in ("head", "tail") and last[1:] in (("-1",), ("-n1",), ("-n", "1"))


def _starts(judge: CommandJudge, argv: list[str]) -> list[str]:
    """The folders below which a program names files, one a line and nothing else."""
    if argv[0] == "ls":
        return listed_starts(argv)
    if argv[0] != "find":
        return listing_starts(judge, argv)
    printing = {"-L", "-follow", "-printf", "-print0", "-ls", "-exec", "-execdir", "-quit"}
    if printing & set(argv):
        return []
    return list(takewhile(lambda arg: not arg.startswith(("-", "(", "!")), argv[1:])) or ["."]


def judged_word(judge: CommandJudge, text: str, values: dict[int, Values]) -> str | None:
    """
    What a word with parts of lines in it is judged as.

    Returns:
        None when nobody knows what it will be.
    """
    found = _SAFE_PART.fullmatch(text) or _PREFIX.fullmatch(text)
    numbers = expansions.line_parts(text)
    if found is None or len(numbers) != 1 or ".." in found[1] + found[3]:
        return None
    if (found[2] or "").endswith(expansions.PLAIN_NAME):
        return f"{found[1]}found{found[3]}"
    known = values.get(numbers[0], ANY)
    if known.kind != "path":
        return None
    before, cuts, after = found.groups()
    if before == "s/^/" or (after.startswith("/") and (cuts is not None or len(after) == 1)):
        return None
    return f"{before}{known.path}{after}" if cuts is None else _beside(judge, known, before, cuts, after)


def checked_word(judge: CommandJudge, text: str, values: dict[int, Values], program: str) -> str:
    """
    ``clients/$name`` with a mark that what comes in has to be a plain name, which the warden makes sure of.

    Only in a folder in which any name will do: without links, and without files of passwords. Of a tool's
    own folder (``/opt/apps/$name``) what lies in it is shown, and its ``docker-compose.yml``.
    """
    project = _PROJECT.fullmatch(text)
    if project is not None and ".." not in text and values.get(int(project[2]), ANY).kind == "any":
        is_root = project[1] in map(str, judge.places.roots.readable)
        return expansions.checked(text) if is_root and (project[3] or program in _LISTERS) else text
    if program == "sed" and _PREFIX.fullmatch(text) is not None:
        return expansions.checked(text)
    found = _IN_FOLDER.fullmatch(text) if program not in ("grep", "sed") else None
    if found is None or ".." in text or values.get(int(found[2]), ANY).kind != "any":
        return text
    if found[1] is None and _PLAIN_ENDING.fullmatch(found[3]) is None:
        return text
    folder = found[1] or "."
    standing = standing_for_found(judge, [folder], ["ls", "-A", folder])
    return expansions.checked(text) if standing.endswith("/found") else text


def _beside(judge: CommandJudge, known: Values, before: str, cuts: str, after: str) -> str | None:
    """
    What stands for ``${f%.pdf}.txt``, a file beside the one that is found, or ``out/${f##*/}``.

    Another name may be that of another file, so the new ending is looked for where the old ones lie.
    """
    is_base = cuts.startswith("##*/")
    if is_base and not before.endswith("/"):
        return None
    # Without its beginning `./etc/x` would lead elsewhere.
    if any(not cut.startswith("%") for cut in cuts.split(expansions.CHANGE)[is_base:]):
        return None
    if cuts == "##*/":
        return f"{before}{known.path.rpartition('/')[2]}{after}"
    if _ENDING.fullmatch(after) is None:
        return None
    path = standing_for_found(judge, list(known.starts), ["find", *known.starts, "-name", f"*{after}"])
    if not path:
        return None
    return f"{before}{path.rpartition('/')[2] if is_base else path}{after if path.endswith('/found') else ''}"


def may_delete(argv: Sequence[str]) -> bool:
    """Whether a program that deletes stands anywhere in it, also behind another one."""
    return any(word.rpartition("/")[2] in _DELETERS for word in argv)


def are_of_docker(text: str, values: dict[int, Values]) -> bool:
    """Whether every part of a line in a word is a name that docker has given."""
    return all(values.get(number, ANY).kind == "docker" for number in expansions.line_parts(text))


def docker_word(text: str, captures: Sequence[RunPipelines], values: dict[int, Values]) -> str | None:
    """The name in common of what docker has listed, where the word is nothing else."""
    bare = expansions.bare_output(text)
    if bare is not None:
        return docker_name(list(captures[bare].pipelines[0][0].argv)) or None
    numbers = expansions.line_parts(text)
    if len(numbers) != 1 or text != expansions.line_part(numbers[0]):
        return None
    return values.get(numbers[0], ANY).path or None


def prints_docker_ids(capture: RunPipelines) -> bool:
    """Whether these commands print nothing but what docker calls its things."""
    if len(capture.pipelines) != 1:
        return False
    first, *others = [list(command.argv) for command in capture.pipelines[0]]
    return all(map(leaves_lines, others)) and are_docker_ids(first)


def judged_unit(text: str, argv: Sequence[str], values: dict[int, Values]) -> str | None:
    """A service that a loop goes through, where the command only tells about it."""
    numbers = expansions.line_parts(text)
    if len(numbers) != 1 or text != expansions.line_part(numbers[0]) or not tells_about_units(argv):
        return None
    known = values.get(numbers[0], ANY)
    return known.path if known.kind == "unit" else None


def has_own_output(command: Command) -> bool:
    """Whether it writes to a file of its own, or is given a secret."""
    is_writing = any(
        path is not None and str(path) != "/dev/null" for path in (command.stdout_path, command.stderr_path)
    )
    return is_writing or any("SECRET_REF(" in text for text in (*command.argv, *(v for _, v in command.env)))
