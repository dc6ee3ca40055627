"""The audit trail: append-only, hash-chained, in a SQLite file of its own."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Final

from tenant_daemon.audit.chain import GENESIS_HASH, canonical_text, entry_hash, parse_entry
from tenant_daemon.audit.entry import AuditEntry, AuditRecord
from tenant_daemon.audit.signing import HeadKey, KeyUnusable, is_signed_by
from tenant_daemon.contracts.audit import AuditHeadReported
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.database import Database

# The triggers stop mistakes and SQL injected elsewhere; `verify` finds what was changed behind their back.
# INSERT OR REPLACE fires no delete trigger, hence the condition on INSERT.
_NEVER_DELETED: Final = """
CREATE TRIGGER IF NOT EXISTS entries_are_never_deleted BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""
_TABLES: Final = f"""
CREATE TABLE IF NOT EXISTS heads (
    number INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    message TEXT NOT NULL,
    is_sent INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS entries_are_never_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
{_NEVER_DELETED};
CREATE TRIGGER IF NOT EXISTS entries_follow_each_other BEFORE INSERT ON entries
WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM entries)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
"""  # noqa: S608 - our own text
_PAGE_SIZE: Final = 500


class AuditUnavailable(Exception):
    """Nothing can be written: disk full, file locked, read-only or corrupt. Then nothing may run."""


@dataclass(frozen=True)
class Verification:
    """What a check of the whole chain found."""

    count: int
    """Number of the last entry that is right."""
    head: str
    """Hash of the last right one."""
    first_broken: int | None = None
    """Number of the first entry that is not what was written."""
    problem: str = ""
    pruned: int = 0
    """Entries before the first that is kept; the head after them is signed."""

    @property
    def is_intact(self) -> bool:
        return self.first_broken is None


class AuditTrail:
    """Appends and checks. Several processes may have it open; each append is one transaction."""

    NEVER_DELETED: ClassVar = _NEVER_DELETED
    """The trigger that pruning lifts for the length of its transaction."""

    def __init__(self, database: Database, home: TenantHome) -> None:
        self._database = database
        self._home = home

    @classmethod
    def open(cls, home: TenantHome) -> "AuditTrail":
        """
        The trail of this home, made when missing.

        Raises:
            AuditUnavailable: The file cannot be used.
        """
        try:
            return cls(Database(home.audit_db, _TABLES), home)
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

    def hash_at(self, number: int) -> str | None:
        """The hash of an entry, that before the first for 0; None when there is no such entry."""
        if number == 0:
            return GENESIS_HASH
        try:
            with self._database.reading() as connection:
                row = connection.execute("SELECT hash FROM entries WHERE number = ?", (number,)).fetchone()
        except sqlite3.Error as exc:
            raise AuditUnavailable(f"the audit trail cannot be read: {exc}") from exc
        return str(row["hash"]) if row else None

    def verify(self) -> Verification:
        """Compute every hash again, from the first entry on; a pruned trail from its signed head on."""
        count, head, pruned = 0, GENESIS_HASH, 0
        try:
            for row in self._rows():
                if count == 0 and row["number"] != 1:
                    checkpoint = self._checkpoint(row["number"] - 1)
                    if isinstance(checkpoint, str):
                        return Verification(0, head, first_broken=1, problem=checkpoint)
                    count = pruned = checkpoint.count
                    head = checkpoint.head
                problem = _problem_of(row, count + 1, head)
                if problem:
                    return Verification(count, head, first_broken=count + 1, problem=problem, pruned=pruned)
                count, head = count + 1, row["hash"]
        except (sqlite3.Error, ValueError) as exc:
            return Verification(count, head, first_broken=count + 1, problem=f"cannot be read: {exc}")
        return Verification(count, head, pruned=pruned)

    def _checkpoint(self, number: int) -> AuditHeadReported | str:
        """The signed head up to which was pruned, or what is wrong with it."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT message FROM heads WHERE number = ?", (number,)).fetchone()
        if row is None:
            return f"the entries up to {number} are missing"
        try:
            key = HeadKey.load(self._home)
        except KeyUnusable as exc:
            return str(exc)
        head = AuditHeadReported.model_validate_json(row["message"])
        if key is None or head.count != number or not is_signed_by(head, key.public_text):
            return f"the entries up to {number} are missing, and no signature stands for them"
        return head

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, for the parts of this package; raises AuditUnavailable."""
        try:
            with self._database.writing() as connection:
                yield connection
        except sqlite3.Error as exc:
            raise AuditUnavailable(f"the audit trail cannot be written: {exc}") from exc

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for the parts of this package; raises AuditUnavailable."""
        try:
            with self._database.reading() as connection:
                yield connection
        except sqlite3.Error as exc:
            raise AuditUnavailable(f"the audit trail cannot be read: {exc}") from exc

    def entries(self, *, after: int = 0) -> Iterator[AuditEntry]:
        """Entries with a higher number than ``after``, oldest first; raises AuditUnavailable."""
        try:
            for row in self._rows(after=after):
                after = row["number"]
                yield parse_entry(row["text"], row["previous_hash"], row["hash"])
        except (sqlite3.Error, ValueError) as exc:
            problem = f"the audit trail cannot be read at entry {after} ({type(exc).__name__})"
            raise AuditUnavailable(problem) from exc

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
    except ValueError:
        return "its text is no entry"
    return "" if entry.number == number else "carries another entry's number"
