"""The audit trail: append-only, hash-chained, in a SQLite file of its own."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tenant_daemon.audit.chain import GENESIS_HASH, canonical_text, entry_hash, parse_entry
from tenant_daemon.audit.entry import AuditEntry, AuditRecord
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.database import Database

# The triggers stop mistakes and SQL injected elsewhere; `verify` finds what was changed behind their back.
# INSERT OR REPLACE fires no delete trigger, hence the condition on INSERT.
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS entries_are_never_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entries_are_never_deleted BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entries_follow_each_other BEFORE INSERT ON entries
WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM entries)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
"""
_PAGE_SIZE: Final = 500


class AuditUnavailable(Exception):
    """Nothing can be written: disk full, file locked, read-only or corrupt. Then nothing may run."""


@dataclass(frozen=True)
class Verification:
    """What a check of the whole chain found."""

    count: int
    """Entries that are right, counted from the first."""
    head: str
    """Hash of the last right one."""
    first_broken: int | None = None
    """Number of the first entry that is not what was written."""
    problem: str = ""

    @property
    def is_intact(self) -> bool:
        return self.first_broken is None


class AuditTrail:
    """Appends and checks. Several processes may have it open; each append is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, home: TenantHome) -> "AuditTrail":
        """
        The trail of this home, made when missing.

        Raises:
            AuditUnavailable: The file cannot be used.
        """
        try:
            return cls(Database(home.audit_db, _TABLES))
        except (sqlite3.Error, OSError) as exc:
            raise AuditUnavailable(f"{home.audit_db}: {exc}") from exc

    def append(self, record: AuditRecord) -> AuditEntry:
        """
        Write one entry; it is on the disk when this returns.

        Raises:
            AuditUnavailable: It is not written. What was to be recorded must not happen.
        """
        try:
            with self._database.writing() as connection:
                count, head = _head(connection)
                written_at = utc_now()
                text = canonical_text(count + 1, written_at, record)
                own_hash = entry_hash(head, text)
                connection.execute(
                    "INSERT INTO entries VALUES (?, ?, ?, ?)", (count + 1, text, head, own_hash)
                )
        except sqlite3.Error as exc:
            raise AuditUnavailable(f"the audit trail cannot be written: {exc}") from exc
        return AuditEntry(
            number=count + 1, written_at=written_at, record=record, previous_hash=head, hash=own_hash
        )

    def head(self) -> tuple[int, str]:
        """Number of entries and the hash of the newest; raises AuditUnavailable."""
        try:
            with self._database.reading() as connection:
                return _head(connection)
        except sqlite3.Error as exc:
            raise AuditUnavailable(f"the audit trail cannot be read: {exc}") from exc

    def verify(self) -> Verification:
        """Compute every hash again, from the first entry on."""
        count, head = 0, GENESIS_HASH
        try:
            for row in self._rows():
                problem = _problem_of(row, count + 1, head)
                if problem:
                    return Verification(count, head, first_broken=count + 1, problem=problem)
                count, head = count + 1, row["hash"]
        except sqlite3.Error as exc:
            return Verification(count, head, first_broken=count + 1, problem=f"cannot be read: {exc}")
        return Verification(count, head)

    def entries(self, *, after: int = 0) -> Iterator[AuditEntry]:
        """Entries with a higher number than ``after``, oldest first."""
        for row in self._rows(after=after):
            yield parse_entry(row["text"], row["previous_hash"], row["hash"])

    def _rows(self, *, after: int = 0) -> Iterator[sqlite3.Row]:
        while True:
            with self._database.reading() as connection:
                page = connection.execute(
                    "SELECT * FROM entries WHERE number > ? ORDER BY number LIMIT ?", (after, _PAGE_SIZE)
                ).fetchall()
            if not page:
                return
            yield from page
            after = page[-1]["number"]

    def close(self) -> None:
        self._database.close()


def _head(connection: sqlite3.Connection) -> tuple[int, str]:
    row = connection.execute("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1").fetchone()
    return (row["number"], row["hash"]) if row else (0, GENESIS_HASH)


def _problem_of(row: sqlite3.Row, number: int, previous_hash: str) -> str:
    if row["number"] != number:
        return f"entry {number} is missing"
    if row["previous_hash"] != previous_hash:
        return "does not follow the entry before it"
    if row["hash"] != entry_hash(previous_hash, row["text"]):
        return "its text is not what was written"
    try:
        entry = parse_entry(row["text"], previous_hash, row["hash"])
    except (ValueError, KeyError):
        return "its text is no entry"
    return "" if entry.number == number else "carries another entry's number"
