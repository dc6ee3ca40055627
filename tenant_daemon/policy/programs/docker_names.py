"""The names that docker prints of its own things, which may go on to docker itself."""

import re
from typing import Final

from tenant_daemon.policy.programs.library import load_library
from tenant_daemon.policy.programs.options import read_options

_QUIET: Final = re.compile(r"-[aln]*q[aln]*f?|--quiet|--services")
_ID_FORMAT: Final = re.compile(
    r"\{\{ ?\.(?:Names?|ID|Image) ?\}\}|\{\{ ?\.Repository ?\}\}:\{\{ ?\.Tag ?\}\}"
)
_PROJECT_FLAG: Final = re.compile(r"-[fp]|--(?:file|project-name|project-directory|profile)(?:=.+)?")
_NAME_FILTER: Final = re.compile(
    r"(?:name=|label=com\.docker\.compose\.(?:project|service)=)\^?/?([a-z][a-z0-9_-]{2,40})\$?"
)
# Parts of the names of what protects the server: a filter for one of them could find it.
_GUARDRAIL_WORDS: Final = (
    *("letsbe", "openclaw", "safety", "wrapper", "secrets-proxy", "secrets_proxy", "tenant-daemon"),
    *("tenant_daemon", "gateway", "vault", "redact", "audit", "sshd", "fail2ban", "firewall", "ufw"),
)


def are_docker_ids(argv: list[str]) -> bool:
    """Whether a command prints nothing but what docker calls its things."""
    if argv[:1] != ["docker"] or not {"ps", "ls", "images", "list"} & set(_without_project(argv)[1:4]):
        return False
    for place, arg in enumerate(argv):
        if arg.startswith("--format"):
            value = arg.partition("=")[2] or "".join(argv[place + 1 : place + 2])
            return _ID_FORMAT.fullmatch(value) is not None
    return any(_QUIET.fullmatch(arg) is not None for arg in argv[2:])


_COLUMN: Final = re.compile(r"\{\{ ?\.(\w+) ?\}\}")
_PLAIN_COLUMNS: Final = frozenset(
    {"Names", "ID", "Image", "Status", "State", "RunningFor", "CreatedAt", "Size", "Ports"}
)
"""What docker says itself; a label could hold a whole line of somebody else's."""
_FIRST_WORD: Final = re.compile(r"(?:NR ?> ?1 ?|NR ?!= ?1 ?)?\{ ?print \$(1|NF) ?;? ?\}")


UNITS: Final = ["systemctl", "list-units", "--plain"]
"""What stands for any command that prints names of services, and nothing but them."""
_NAMING_UNITS: Final = frozenset({"list-units", "list-unit-files"})
_SECOND_WORD: Final = re.compile(r"(?:NR ?> ?1 ?)?\{ ?print \$2 ?;? ?\}")


def _names_units(source: list[str], taking: list[str]) -> bool:
    """``systemctl --failed | awk '{print $1}'``: a line begins with systemd's own words."""
    words = source[1:]
    is_list = source[:1] == ["systemctl"] and ("--failed" in words or not _NAMING_UNITS.isdisjoint(words))
    is_plain = all(word.startswith("--") or word in ("list-units", "list-unit-files") for word in words)
    is_table = not any(word.startswith(("--output", "--property")) for word in words)
    column = taking[1] if taking[0] == "awk" and len(taking) == 2 else ""
    first = _FIRST_WORD.fullmatch(column)
    is_name = (first is not None and first[1] == "1") or _SECOND_WORD.fullmatch(column) is not None
    return is_list and is_plain and is_table and is_name


def with_column(source: list[str], taking: list[str]) -> list[str]:
    """
    What lists the same as ``docker ps | awk '{print $1}'``: ``docker ps -q``.

    Args:
        taking: The program that takes one column of each line.

    Returns:
        Nothing, where the column is not that of the names.
    """
    if _names_units(source, taking):
        return UNITS
    found = _FIRST_WORD.fullmatch(taking[1]) if taking[0] == "awk" and len(taking) == 2 else None
    sign = " " if found is not None else _cut_at(taking)
    reading = (
        read_options(source[2:], load_library()["docker"].subs["ps"])
        if source[:2] == ["docker", "ps"]
        else None
    )
    if not sign or reading is None or reading.unknown or reading.positionals or reading.has("-q", "--quiet"):
        return []
    forms = reading.values("--format")
    if forms and not _is_column_of_names(forms[-1], sign, is_last=found is not None and found[1] == "NF"):
        return []
    # A table without a form of its own begins with the number and ends with the name.
    filters = [word for value in reading.values("-f", "--filter") for word in ("--filter", value)]
    return ["docker", "ps", "-q", *filters] if forms or found is not None else []


def _cut_at(argv: list[str]) -> str:
    """The sign at which ``cut`` takes the first of the columns; empty when it does anything else."""
    words = " ".join(argv[1:]).replace("-f 1", "-f1").replace("-d ", "-d") if argv[0] == "cut" else ""
    if words == "-f1":
        return "\t"
    found = re.fullmatch(r"-d(.) -f1|-f1 -d(.)", words)
    return "" if found is None else found[1] or found[2]


def _is_column_of_names(form: str, sign: str, *, is_last: bool) -> bool:
    """Whether the first or last column of a form is docker's own name, with that sign beside it."""
    form = form.removeprefix("table ").replace("\\t", "\t")
    columns = _COLUMN.findall(form)
    gaps = _COLUMN.split(form)[::2]
    if not columns or gaps[0] or gaps[-1] or not _PLAIN_COLUMNS.issuperset(columns):
        return False
    if columns[-1 if is_last else 0] not in ("Names", "ID"):
        return False
    inner = gaps[1:-1]
    beside = (inner[-1][-1:] if is_last else inner[0][:1]) if inner else sign
    return beside == sign or (sign == " " and beside == "\t")


def _without_project(argv: list[str]) -> list[str]:
    """``docker compose ps -q`` without the flags that say which project it is about."""
    at = 2
    while argv[1:2] == ["compose"] and argv[at : at + 1] and _PROJECT_FLAG.fullmatch(argv[at]) is not None:
        at += 1 if "=" in argv[at] else 2
    return argv if at == 2 else [*argv[:2], *argv[at:]]


def docker_name(argv: list[str]) -> str:
    """The name that stands for all that ``docker ps -q --filter name=NAME`` lists; empty if nothing does."""
    profile = load_library()["docker"].subs["ps"]
    reading = read_options(argv[2:], profile) if argv[:2] == ["docker", "ps"] else None
    if reading is None or reading.unknown or reading.positionals:
        return ""
    found = [_NAME_FILTER.fullmatch(value) for value in reading.values("-f", "--filter")]
    names = [match[1] for match in found if match is not None]
    if any("Image" in form for form in reading.values("--format")):
        # Its image may be called like any other container.
        return ""
    # Several filters of a kind are joined by "or".
    if len(names) != 1 or any(word in names[0] or names[0] in word for word in _GUARDRAIL_WORDS):
        return ""
    return names[0]
