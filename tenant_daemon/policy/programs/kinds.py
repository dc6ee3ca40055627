"""
Judges for single values, by the names that rule files use for them.

A kind looks at one argument or flag value and notes what it means; a kind that finds nothing notes nothing.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.paths.trees import holds_refused
from tenant_daemon.policy.programs.dumps import ANSWERS, note_dump
from tenant_daemon.policy.shell.references import has_reference
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

Kind = Callable[["CommandJudge", str], None]

_INTEGER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[a-zA-Z%]{0,3}|")
# Folders of a container in which programs' setups and logs lie, and no passwords.
_PLAIN_TREES: Final = re.compile(
    r"/(?:etc/(?:nginx|apache2|httpd|php|supervisor|logrotate\.d|cron\.d)|var/log|usr/share|usr/local/share"
    r"|app/logs?|tmp)(?:/|\Z)"
)
_SHOWN_FOLDER: Final = re.compile(
    r"/(?:conf\.d|sites-(?:available|enabled)|logs?|themes?|templates|docs?|locales?|i18n|translations|lang|css|fonts)"
    r"(?:/[\w.-]+)*\Z"
)
_SEARCHERS: Final = frozenset({"grep", "egrep", "fgrep", "rg"})
PLAIN_ENDING: Final = re.compile(r"(?i:[.~_-]?(?:bak|old|orig|backup|save|copy|\d{1,8})~?|~)")
"""For copies of what was there before."""
_FILE_NAME: Final = re.compile(r"[\w*-]+(?:\.[\w*-]+)*\.(?:ya?ml|y\*ml|conf|log|md|txt|html?|css)")
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:@/+%=,-]*")


def _text(judge: "CommandJudge", value: str) -> None:
    """Harmless whatever it is."""


def _integer(judge: "CommandJudge", value: str) -> None:
    if _INTEGER.fullmatch(value) is None:
        judge.unknown("argument.number", f"A number was expected and not “{value}”.")


def _name(judge: "CommandJudge", value: str) -> None:
    """A name of something on this server: a service, a container, a branch."""
    if value != FROM_INPUT and _NAME.fullmatch(value) is None:
        judge.unknown("argument.name", f"“{value}” is not a plain name.")


def _nothing(judge: "CommandJudge", value: str) -> None:
    judge.unknown("argument.unexpected", f"The argument “{value}” was not expected.")


_INPUT: Final = "/dev/stdin"
_LOOKING: Final = frozenset({"read", "list", "measure"})


def _has_input(judge: "CommandJudge") -> bool:
    """Whether a program that opens its own input by name finds what this line gives it."""
    return bool(judge.upstream or judge.input_file) or judge.stdin_text is not None


def _path(method: str) -> Kind:
    def judge_path(judge: "CommandJudge", value: str) -> None:
        if (value == "-" or (value == _INPUT and _has_input(judge))) and method in _LOOKING:
            return
        if value == FROM_INPUT or has_reference(value):
            judge.unknown("argument.unknown-path", "It touches files that are named only while it runs.")
            if method == "delete":
                judge.verdict.note(Tier.RED, "path.delete", "Deletes what is named while it runs.")
            return
        if "://" in value:
            _note_address(judge, value)
        place = getattr(judge.places, method)(value)
        if method == "read":
            note_dump(judge, place)

    return judge_path


def _note_address(judge: "CommandJudge", value: str) -> None:
    """Many programs that read files fetch them too, when they are named by an address."""
    judge.verdict.note(
        Tier.RED, "argument.address", f"It would talk to {value[:80]}.", external=True, unknown=True
    )


def _read_tree(judge: "CommandJudge", value: str) -> None:
    """A folder with everything below it: only where no secrets lie, that is inside the workspace or logs."""
    if value == FROM_INPUT:
        _path("read")(judge, value)
        return
    if "://" in value:
        _note_address(judge, value)
    place = judge.places.read(value)
    note_dump(judge, place)
    workspace = judge.places.roots.workspace
    if is_below(place.path, workspace) or is_below(place.path, "/var/log") or place.is_regular:
        return
    if not judge.is_in_container and not place.exists and _is_listed_file(judge, place.path):
        return
    if judge.is_in_container and _PLAIN_TREES.match(place.path) is not None:
        return
    if not judge.is_in_container and is_shown_folder(judge, place.path):
        return
    judge.unknown(
        "path.tree-with-secrets", f"Reads every file below {place.path}, and some of them may hold secrets."
    )


def is_shown_folder(judge: "CommandJudge", path: str) -> bool:
    """A folder of the tools with setups, texts or looks, to be searched: each file may be read alone."""
    roots = judge.places.roots.readable
    is_meant = _SHOWN_FOLDER.search(path) is not None and any(is_below(path, root) for root in roots)
    return is_meant and judge.program in _SEARCHERS and not holds_refused(path)


def _is_listed_file(judge: "CommandJudge", path: str) -> bool:
    """A file of the tools by its name, which is not there: ``/opt/apps/*/compose.yml`` where nothing fits."""
    name = path.rpartition("/")[2]
    roots = judge.places.roots.readable
    return _FILE_NAME.fullmatch(name) is not None and any(is_below(path, root) for root in roots)


def _list_tree(judge: "CommandJudge", value: str) -> None:
    """The names of everything below a folder."""
    if value == FROM_INPUT:
        _path("list")(judge, value)
        return
    place = judge.places.list(value)
    if judge.is_in_container:
        return
    roots = judge.places.roots
    if not any(is_below(place.path, root) for root in (roots.workspace, *roots.readable)):
        judge.unknown("path.tree-outside", f"Goes through everything below {place.path}.")


_SHOWING: Final = word_set(
    """
    bzip2 convert curl cwebp gzip iconv magick msgfmt pandoc pdftotext pigz qrencode rsvg-convert sort tar
    tidy uniq wget xmllint xxd xz zip zstd
    """
)
"""Programs that show what they would write when told to write to ``-``; to others that is a file's name."""


def _write_or_nothing(judge: "CommandJudge", value: str) -> None:
    # A copy of a database may be copied, but `cp` to such a name would show it.
    is_shown = judge.program == "tee" and value in ANSWERS
    is_shown |= value == "-" and judge.program in _SHOWING
    if not is_shown:
        place = judge.places.write(value)
        if judge.program == "tee":
            judge.places.spelled.add(place.path)


def _make_folder(judge: "CommandJudge", value: str) -> None:
    judge.places.write(value, makes_folder=True)


def _delete_tree(judge: "CommandJudge", value: str) -> None:
    if value == FROM_INPUT:
        _path("delete")(judge, value)
    else:
        judge.places.delete(value, whole_tree=True)


def _move_away(judge: "CommandJudge", value: str) -> None:
    """The source of a move: inside the workspace it is still there under its new name."""
    if value == FROM_INPUT:
        _path("write")(judge, value)
        return
    judge.move_source(value)


def note_backups(judge: "CommandJudge", names: list[str], endings: list[str]) -> None:
    """What a file was is kept under its name and an ending, which together can be any name."""
    for ending in endings:
        for name in names if PLAIN_ENDING.fullmatch(ending) is None else ():
            if name != FROM_INPUT and not has_reference(name):
                judge.places.write(f"{name.rstrip('/')}{ending}")


def _command_text(judge: "CommandJudge", value: str) -> None:
    judge.shell_text(value)


KINDS: dict[str, Kind] = {
    "text": _text,
    "int": _integer,
    "name": _name,
    "none": _nothing,
    "read": _path("read"),
    "list": _path("list"),
    "measure": _path("measure"),
    "readtree": _read_tree,
    "listtree": _list_tree,
    "write": _write_or_nothing,
    "mkdir": _make_folder,
    "delete": _path("delete"),
    "deletetree": _delete_tree,
    "move": _move_away,
    "shell": _command_text,
}
"""Filled further by the modules that know a language of their own (SQL, addresses, sed ...)."""
