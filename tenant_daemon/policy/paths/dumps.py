"""Databases that were written out into a file: all that is in them lies there, passwords included."""

import re
import stat
import zlib
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.verdict import Verdict

_HEADER: Final = re.compile(
    rb"PGDMP|(?:--\s*|/\*M?![^\n]{0,100}\n)*-- (?:PostgreSQL database|MySQL|MariaDB)(?: cluster)? dump"
)
_LONGEST_HEADER: Final = 320
_GZIP: Final = b"\x1f\x8b"


def holds_dump(path: str, mode: int) -> bool:
    """
    Whether a file begins as the copies of databases do, packed by gzip or not.

    Args:
        mode: Of what lies there; only a regular file is opened.
    """
    if not stat.S_ISREG(mode):
        return False
    try:
        with open(path, "rb") as file:
            beginning = file.read(_LONGEST_HEADER)
        if beginning.startswith(_GZIP):
            beginning = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(beginning, _LONGEST_HEADER)
    except (OSError, zlib.error):
        return False
    return _HEADER.match(beginning) is not None


def note_shown(verdict: Verdict) -> None:
    """Note that all that is in a database would come into the answer."""
    verdict.note(
        Tier.CRITICAL_RED,
        "dump.shown",
        "Shows a whole database, also the passwords in it.",
        risk="Passwords could get to the language model.",
        unknown=True,
    )
