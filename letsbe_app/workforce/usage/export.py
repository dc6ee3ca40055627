"""Usage as a table for spreadsheets (RFC 4180). Pure."""

import csv
import io
from collections.abc import Iterable
from typing import Final

from letsbe_app.workforce.usage.prices import MICRO_EUR
from letsbe_app.workforce.usage.schemas import DayLine

HEAD: Final = ("day", "agent", "model", "tokens", "cost_eur")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(lines: Iterable[DayLine]) -> str:
    """A head, and a row for each line; amounts with a point and six digits."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for line in lines:
        euros = f"{line.cost_micro_eur / MICRO_EUR:.6f}"
        writer.writerow(
            [line.day.isoformat(), _text(line.agent_id), _text(line.model), line.used_tokens, euros]
        )
    return out.getvalue()


def _text(text: str) -> str:
    """As it is, unless a spreadsheet would carry it out as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
