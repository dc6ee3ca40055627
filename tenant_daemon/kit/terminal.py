"""What the command line tells the person in front of it."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from tenant_daemon.contracts.hidden import with_hidden_shown

_SEPARATORS: Final = str.maketrans({"\t": "[U+0009]", "\n": "[U+000A]", "\r": "[U+000D]"})


def say(text: str) -> None:
    """
    A line to standard output, or several.

    What agents name things may hold sequences that rewrite a terminal: they are shown instead of sent.
    """
    sys.stdout.write(f"{with_hidden_shown(text)}\n")


def complain(text: str) -> None:
    """The same to standard error."""
    # On a full disk it may be a file that takes no more.
    with suppress(OSError):
        sys.stderr.write(f"{with_hidden_shown(text)}\n")


def say_row(cells: Iterable[object]) -> None:
    """One line to standard output with tabs between the cells; no cell can end it or add one."""
    say("\t".join(str(cell).translate(_SEPARATORS) for cell in cells))


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns of equal width, the last one as wide as it is."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    return "\n".join(lines)
