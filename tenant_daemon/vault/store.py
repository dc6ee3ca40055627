"""Rows of the vault. Knows SQL and ciphertext; never sees a value."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tenant_daemon.contracts.base import utc_now

TABLES: Final = """
CREATE TABLE IF NOT EXISTS state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    version INTEGER NOT NULL,
    manifest TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS secrets (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    note TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sealed_values (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (name, version)
);
CREATE TABLE IF NOT EXISTS history (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    change TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL
);
"""
_KEPT_VERSIONS: Final = 10
"""Older values are erased. Those kept are still redacted: a replaced password may be valid somewhere."""


@dataclass(frozen=True)
class SecretInfo:
    """What may be told of a secret."""

    name: str
    version: int
    fingerprint: str
    note: str
    created_at: datetime
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class SecretChange:
    """One line of a secret's history, which outlives the secret."""

    version: int
    change: str
    """``stored``, ``generated`` or ``deleted``."""
    fingerprint: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class SealedValue:
    """A version of a secret as it lies in the file."""

    name: str
    version: int
    sealed: bytes
    fingerprint: str


def current_version(db: sqlite3.Connection, name: str) -> int:
    """The newest version of the secret, 0 when there is none of this name."""
    row = db.execute("SELECT version FROM secrets WHERE name = ?", (name,)).fetchone()
    return int(row["version"]) if row else 0


def last_version(db: sqlite3.Connection, name: str) -> int:
    """The highest version that the name ever had: a deleted and recreated secret goes on counting."""
    row = db.execute("SELECT MAX(version) AS version FROM history WHERE name = ?", (name,)).fetchone()
    return int(row["version"] or 0)


def sealed_value(db: sqlite3.Connection, name: str, version: int) -> SealedValue | None:
    row = db.execute("SELECT * FROM sealed_values WHERE name = ? AND version = ?", (name, version)).fetchone()
    return _sealed(row) if row else None


def all_sealed(db: sqlite3.Connection) -> list[SealedValue]:
    """Every version that is kept, a secret's newest first."""
    rows = db.execute("SELECT * FROM sealed_values ORDER BY name, version DESC").fetchall()
    return [_sealed(row) for row in rows]


def add_version(
    db: sqlite3.Connection, value: SealedValue, *, key_id: str, note: str, change: str, actor: str
) -> None:
    """Make this the secret's current version; erase what is older than the versions to keep."""
    now = utc_now().isoformat()
    db.execute(
        "INSERT INTO secrets (name, version, note, created_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET version = excluded.version,"
        " note = CASE excluded.note WHEN '' THEN note ELSE excluded.note END",
        (value.name, value.version, note, now),
    )
    db.execute(
        "INSERT INTO sealed_values (name, version, key_id, sealed, fingerprint) VALUES (?, ?, ?, ?, ?)",
        (value.name, value.version, key_id, value.sealed, value.fingerprint),
    )
    db.execute(
        "DELETE FROM sealed_values WHERE name = ? AND version <= ?",
        (value.name, value.version - _KEPT_VERSIONS),
    )
    _remember(db, value.name, value.version, change, value.fingerprint, actor, now)


def remove(db: sqlite3.Connection, name: str, *, actor: str) -> None:
    """Erase every value of the secret; its history stays."""
    version = current_version(db, name)
    db.execute("DELETE FROM sealed_values WHERE name = ?", (name,))
    db.execute("DELETE FROM secrets WHERE name = ?", (name,))
    _remember(db, name, version, "deleted", "", actor, utc_now().isoformat())


def infos(db: sqlite3.Connection) -> list[SecretInfo]:
    rows = db.execute(
        "SELECT s.name, s.version, s.note, s.created_at, h.fingerprint, h.at, h.actor FROM secrets s"
        " JOIN history h ON h.name = s.name AND h.version = s.version AND h.change <> 'deleted'"
        " ORDER BY s.name"
    ).fetchall()
    return [
        SecretInfo(
            name=row["name"],
            version=row["version"],
            fingerprint=row["fingerprint"],
            note=row["note"],
            created_at=datetime.fromisoformat(row["created_at"]),
            changed_at=datetime.fromisoformat(row["at"]),
            changed_by=row["actor"],
        )
        for row in rows
    ]


def history(db: sqlite3.Connection, name: str) -> list[SecretChange]:
    """Every change of the secret, oldest first."""
    rows = db.execute("SELECT * FROM history WHERE name = ? ORDER BY rowid", (name,)).fetchall()
    return [
        SecretChange(
            row["version"], row["change"], row["fingerprint"], row["actor"], datetime.fromisoformat(row["at"])
        )
        for row in rows
    ]


def manifest_lines(db: sqlite3.Connection, version: int) -> list[str]:
    """What the manifest's signature covers: the counter, each current version and each kept one."""
    current = db.execute("SELECT name, version FROM secrets ORDER BY name").fetchall()
    kept = db.execute(
        "SELECT name, version, fingerprint FROM sealed_values ORDER BY name, version"
    ).fetchall()
    return [
        f"counter {version}",
        *(f"current {row['name']} {row['version']}" for row in current),
        *(f"kept {row['name']} {row['version']} {row['fingerprint']}" for row in kept),
    ]


def _remember(
    db: sqlite3.Connection, name: str, version: int, change: str, fingerprint: str, actor: str, at: str
) -> None:
    db.execute(
        "INSERT INTO history (name, version, change, fingerprint, actor, at) VALUES (?, ?, ?, ?, ?, ?)",
        (name, version, change, fingerprint, actor, at),
    )


def _sealed(row: sqlite3.Row) -> SealedValue:
    return SealedValue(row["name"], row["version"], row["sealed"], row["fingerprint"])
