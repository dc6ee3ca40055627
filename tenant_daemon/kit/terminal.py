"""What the command line tells the person in front of it."""

import sys
from collections.abc import Sequence


def say(text: str) -> None:
    """One line to standard output."""
    sys.stdout.write(f"{text}\n")


def complain(text: str) -> None:
    """One line to standard error."""
    sys.stderr.write(f"{text}\n")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns of equal width, the last one as wide as it is."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    return "\n".join(lines)
