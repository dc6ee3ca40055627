"""Whether the embedded database has the newest schema already: a second start then has nothing to migrate."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

_REVISION = re.compile(r'^(down_)?revision\b[^=]*= *"([^"]+)"', re.MULTILINE)


def is_newest(database: Path, versions: Path) -> bool:
    """
    Compare the revision that Alembic left in the database with the newest of the scripts.

    Asking Alembic itself takes longer than everything else before the hub starts. In doubt, False.
    """
    if not database.exists():
        return False
    found = [match for path in versions.glob("*.py") for match in _REVISION.findall(path.read_text("utf-8"))]
    newest = {name for down, name in found if not down} - {name for down, name in found if down}
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error:
        return False
    return {name for (name,) in rows} == newest
