"""How a text changes, taken apart for showing. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from letsbe_app.ui.text import texts
from tenant_daemon.contracts.hidden import with_hidden_shown

_KINDS: Final = {"+": "added", "-": "removed", " ": "same"}
_HEADER: Final = ("--- ", "+++ ")


@dataclass(frozen=True)
class DiffPart:
    """Lines side by side with which the same happens."""

    kind: str
    """``added``, ``removed``, ``same``, ``gap`` where lines are left out, or ``told``."""
    text: str
    """Each line behind its sign."""


@dataclass(frozen=True)
class Diff:
    """A unified diff as it is shown; empty when there is none."""

    parts: tuple[DiffPart, ...] = ()
    counts: str = ""
    """How many lines come and go, in words."""


NO_DIFF: Final = Diff()


def diff_of(unified: str) -> Diff:
    """A unified diff of one file, taken apart. What is none, such as that it would be too large, stays as it is."""
    lines = [] if not unified else with_hidden_shown(unified).split("\n")
    if tuple(line[:4] for line in lines[:2]) == _HEADER:
        # They name the file, and so does what stands above.
        del lines[:2]
    kinds = list(map(_kind, lines))
    parts = tuple(_parts(lines, kinds))
    has_counts = "added" in kinds or "removed" in kinds
    counts = texts().common.line_counts(kinds.count("added"), kinds.count("removed"))
    return Diff(parts, counts if has_counts else "")


def _kind(line: str) -> str:
    return "gap" if line.startswith("@@") else _KINDS.get(line[:1], "told")


def _parts(lines: list[str], kinds: list[str]) -> Iterator[DiffPart]:
    at = 0
    for kind, alike in groupby(kinds):
        end = at + len(list(alike))
        # What stands before the first line that is shown goes without saying.
        if kind != "gap" or at > 0:
            yield DiffPart(kind, "" if kind == "gap" else "\n".join(map(_with_sign, lines[at:end])))
        at = end


def _with_sign(line: str) -> str:
    """The sign a little apart, so that nobody takes it for a part of the line."""
    return f"{line[0]} {line[1:]}" if line[:1] in _KINDS else line
