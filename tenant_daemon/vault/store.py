"""Rows of the vault. Knows SQL and ciphertext; never sees a value."""

import json
import sqlite3
from datetime import datetime
from typing import Final

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.vault.errors import NOT_AS_STORED, VaultLocked
from tenant_daemon.vault.records import (
    NewVersion,
    SealedValue,
    SecretChange,
    SecretInfo,
    SecretKind,
    State,
)

FORM: Final = 2
"""What the manifest covers: 1 had the versions alone; 2 has everything but ``uses`` and ``boxes``."""

TABLES: Final = """
CREATE TABLE IF NOT EXISTS state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    version INTEGER NOT NULL,
    manifest TEXT NOT NULL,
    key_id TEXT NOT NULL DEFAULT '',
    form INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS secrets (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    note TEXT NOT NULL,
    created_at TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'password'
);
CREATE TABLE IF NOT EXISTS sealed_values (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (name, version)
);
CREATE TABLE IF NOT EXISTS staged (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    actor TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS history (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    change TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS uses (
    name TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS boxes (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE
);
"""
_ADDED_COLUMNS: Final = {
    "state": {"key_id": "TEXT NOT NULL DEFAULT ''", "form": "INTEGER NOT NULL DEFAULT 1"},
    "secrets": {"kind": "TEXT NOT NULL DEFAULT 'password'"},
}
"""What form 1 lacks. ``staged``, ``uses`` and ``boxes`` are new tables."""
_KEPT_BOXES: Final = 10_000
_KEPT_VERSIONS: Final = 10
"""Older values are erased. Those kept are still redacted: a replaced password may be valid somewhere."""


def state(db: sqlite3.Connection) -> State | None:
    row = db.execute("SELECT version, manifest, key_id, form FROM state").fetchone()
    return State(row["version"], row["manifest"], row["key_id"], row["form"]) if row else None


def require_state(db: sqlite3.Connection) -> State:
    """The signed row; raises VaultLocked when somebody took it out."""
    found = state(db)
    if found is None:
        raise VaultLocked(NOT_AS_STORED)
    return found


def set_state(db: sqlite3.Connection, new: State) -> None:
    db.execute(
        "INSERT OR REPLACE INTO state (only, version, manifest, key_id, form) VALUES (1, ?, ?, ?, ?)",
        (new.version, new.manifest, new.key_id, new.form),
    )


def start_anew(db: sqlite3.Connection) -> None:
    """Nothing of what the file held is left, its tables included: somebody may have changed those as well."""
    held = db.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'")
    # Triggers and views first: dropping a table looks at them.
    for kind, name in sorted(map(tuple, held), key=lambda row: row[0] == "table"):
        if kind != "index":
            quoted = name.replace('"', '""')
            db.execute(f'DROP {kind} IF EXISTS "{quoted}"')
    for statement in TABLES.split(";"):
        db.execute(statement)


def upgrade(db: sqlite3.Connection) -> None:
    """Add the columns that an older file lacks."""
    for table, columns in _ADDED_COLUMNS.items():
        held = {row["name"] for row in db.execute(f"PRAGMA table_info({table})")}
        for name, definition in columns.items():
            if name not in held:
                db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {definition}")


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


def add_version(db: sqlite3.Connection, new: NewVersion) -> None:
    """Make this the secret's current version; erase what is older than the versions to keep."""
    now = utc_now().isoformat()
    name, version = new.value.name, new.value.version
    db.execute(
        "INSERT INTO secrets (name, version, note, created_at, kind) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET version = excluded.version,"
        " note = CASE excluded.note WHEN '' THEN note ELSE excluded.note END",
        (name, version, new.note, now, new.kind or SecretKind.PASSWORD),
    )
    if new.kind is not None:
        db.execute("UPDATE secrets SET kind = ? WHERE name = ?", (new.kind, name))
    _keep_value(db, new)
    _remember(db, name, version, new.change, new.value.fingerprint, new.actor, now)


def stage(db: sqlite3.Connection, new: NewVersion) -> None:
    """Keep a value that is not the current one yet."""
    _keep_value(db, new)
    db.execute(
        "INSERT OR REPLACE INTO staged (name, version, actor) VALUES (?, ?, ?)",
        (new.value.name, new.value.version, new.actor),
    )
    _remember(
        db,
        new.value.name,
        new.value.version,
        "staged",
        new.value.fingerprint,
        new.actor,
        utc_now().isoformat(),
    )


def staged_version(db: sqlite3.Connection, name: str) -> int:
    """The version that waits to become the current one, 0 when there is none."""
    row = db.execute("SELECT version FROM staged WHERE name = ?", (name,)).fetchone()
    return int(row["version"]) if row else 0


def promote(db: sqlite3.Connection, value: SealedValue, *, actor: str) -> None:
    """The staged version is the current one from now on."""
    db.execute("UPDATE secrets SET version = ? WHERE name = ?", (value.version, value.name))
    db.execute("DELETE FROM staged WHERE name = ?", (value.name,))
    _remember(db, value.name, value.version, "rotated", value.fingerprint, actor, utc_now().isoformat())


def discard(db: sqlite3.Connection, value: SealedValue, *, actor: str) -> None:
    """Forget the staged version: it never came into use."""
    db.execute("DELETE FROM staged WHERE name = ?", (value.name,))
    db.execute("DELETE FROM sealed_values WHERE name = ? AND version = ?", (value.name, value.version))
    _remember(db, value.name, value.version, "discarded", value.fingerprint, actor, utc_now().isoformat())


def remove(db: sqlite3.Connection, name: str, *, actor: str) -> None:
    """Erase every value of the secret; its history stays."""
    version = current_version(db, name)
    for table in ("sealed_values", "secrets", "staged", "uses"):
        db.execute(f"DELETE FROM {table} WHERE name = ?", (name,))  # noqa: S608
    _remember(db, name, version, "deleted", "", actor, utc_now().isoformat())


def reseal(db: sqlite3.Connection, value: SealedValue, key_id: str) -> None:
    """Put a kept version under another key, and so the fingerprint that history tells of it."""
    db.execute(
        "UPDATE sealed_values SET sealed = ?, fingerprint = ?, key_id = ? WHERE name = ? AND version = ?",
        (value.sealed, value.fingerprint, key_id, value.name, value.version),
    )
    db.execute(
        "UPDATE history SET fingerprint = ? WHERE name = ? AND version = ? AND change <> 'deleted'",
        (value.fingerprint, value.name, value.version),
    )


def note_use(db: sqlite3.Connection, name: str, actor: str) -> None:
    """Remember who was given the value last."""
    db.execute("INSERT OR REPLACE INTO uses VALUES (?, ?, ?)", (name, actor, utc_now().isoformat()))


def has_box(db: sqlite3.Connection, digest: str) -> bool:
    """Whether what came in this box is here, or was."""
    return db.execute("SELECT 1 FROM boxes WHERE digest = ?", (digest,)).fetchone() is not None


def note_box(db: sqlite3.Connection, digest: str) -> None:
    """Remember that a box was emptied, so that it cannot be delivered again."""
    db.execute("INSERT OR IGNORE INTO boxes (digest) VALUES (?)", (digest,))
    db.execute("DELETE FROM boxes WHERE place <= (SELECT max(place) FROM boxes) - ?", (_KEPT_BOXES,))


def infos(db: sqlite3.Connection) -> list[SecretInfo]:
    rows = db.execute(
        "SELECT s.name, s.version, s.note, s.created_at, s.kind, h.fingerprint, h.at, h.actor,"
        " u.at AS used_at, u.actor AS used_by, t.version IS NOT NULL AS is_staged FROM secrets s"
        " JOIN history h ON h.name = s.name AND h.version = s.version"
        " AND h.change NOT IN ('deleted', 'staged', 'discarded')"
        " LEFT JOIN uses u ON u.name = s.name LEFT JOIN staged t ON t.name = s.name ORDER BY s.name"
    ).fetchall()
    try:
        return [_info(row) for row in rows]
    except ValueError as exc:
        # Who used what is not signed, so that it may have been written over.
        raise VaultLocked(NOT_AS_STORED) from exc


def kind_of(db: sqlite3.Connection, name: str) -> SecretKind | None:
    """What the secret is, None when there is none of this name."""
    row = db.execute("SELECT kind FROM secrets WHERE name = ?", (name,)).fetchone()
    return SecretKind(row["kind"]) if row else None


def note_of(db: sqlite3.Connection, name: str) -> str:
    """What its owner noted about the secret; empty when there is none of this name."""
    row = db.execute("SELECT note FROM secrets WHERE name = ?", (name,)).fetchone()
    return str(row["note"]) if row else ""


def names_of_kind(db: sqlite3.Connection, kind: SecretKind) -> list[str]:
    return [
        row["name"] for row in db.execute("SELECT name FROM secrets WHERE kind = ? ORDER BY name", (kind,))
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


def empty_lines(key_id: str) -> list[str]:
    """What the signature of a vault without anything in it covers."""
    return ["counter 0", f"key {key_id}"]


def manifest_lines(db: sqlite3.Connection, version: int, key_id: str) -> list[str]:
    """What the manifest's signature covers: everything but who used what."""
    return [
        f"counter {version}",
        f"key {key_id}",
        *_lines(db, "secrets", "name, version, kind, note, created_at", "name"),
        *_lines(db, "sealed_values", "name, version, key_id, fingerprint", "name, version"),
        *_lines(db, "staged", "name, version, actor", "name"),
        *_lines(db, "history", "name, version, change, fingerprint, actor, at", "rowid"),
    ]


def old_manifest_lines(db: sqlite3.Connection, version: int) -> list[str]:
    """What the signature of form 1 covers."""
    return [
        f"counter {version}",
        *(f"current {r['name']} {r['version']}" for r in db.execute("SELECT * FROM secrets ORDER BY name")),
        *(
            f"kept {r['name']} {r['version']} {r['fingerprint']}"
            for r in db.execute("SELECT * FROM sealed_values ORDER BY name, version")
        ),
    ]


def _lines(db: sqlite3.Connection, table: str, columns: str, order: str) -> list[str]:
    # As JSON: a note may hold blanks and line ends, which must not look like another row.
    rows = db.execute(f"SELECT {columns} FROM {table} ORDER BY {order}")  # noqa: S608
    return [f"{table} {json.dumps(tuple(row))}" for row in rows]


def _keep_value(db: sqlite3.Connection, new: NewVersion) -> None:
    value = new.value
    db.execute(
        "INSERT INTO sealed_values (name, version, key_id, sealed, fingerprint) VALUES (?, ?, ?, ?, ?)",
        (value.name, value.version, new.key_id, value.sealed, value.fingerprint),
    )
    db.execute(
        # The staged one may be what the tool takes by now.
        "DELETE FROM sealed_values WHERE name = :name AND version <= :old"
        " AND version NOT IN (SELECT version FROM secrets WHERE name = :name)"
        " AND version NOT IN (SELECT version FROM staged WHERE name = :name)",
        {"name": value.name, "old": value.version - _KEPT_VERSIONS},
    )


def _info(row: sqlite3.Row) -> SecretInfo:
    return SecretInfo(
        name=row["name"],
        version=row["version"],
        fingerprint=row["fingerprint"],
        note=row["note"],
        created_at=datetime.fromisoformat(row["created_at"]),
        changed_at=datetime.fromisoformat(row["at"]),
        changed_by=row["actor"],
        kind=SecretKind(row["kind"]),
        used_at=datetime.fromisoformat(row["used_at"]) if row["used_at"] else None,
        used_by=row["used_by"] or "",
        is_staged=bool(row["is_staged"]),
    )


def _remember(
    db: sqlite3.Connection, name: str, version: int, change: str, fingerprint: str, actor: str, at: str
) -> None:
    db.execute(
        "INSERT INTO history (name, version, change, fingerprint, actor, at) VALUES (?, ?, ?, ?, ?, ?)",
        (name, version, change, fingerprint, actor, at),
    )


def _sealed(row: sqlite3.Row) -> SealedValue:
    return SealedValue(row["name"], row["version"], row["sealed"], row["fingerprint"])
