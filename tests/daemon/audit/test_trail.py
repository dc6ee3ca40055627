"""The audit trail: what is written stays, and what was changed is found."""

import multiprocessing
import sqlite3
import stat
from pathlib import Path

import pytest

from tenant_daemon.audit import AuditEvent, AuditRecord, AuditTrail, AuditUnavailable
from tenant_daemon.home import TenantHome


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    return TenantHome(tmp_path)


@pytest.fixture
def trail(home: TenantHome) -> AuditTrail:
    trail = AuditTrail.open(home)
    for number in range(5):
        trail.append(record(f"step {number}"))
    return trail


def record(summary: str) -> AuditRecord:
    return AuditRecord(event=AuditEvent.CALL_BEGUN, actor="agent:it-admin", subject="shell", summary=summary)


def behind_the_back(home: TenantHome, *statements: str) -> None:
    """Change the file as somebody would who has it and knows the triggers."""
    connection = sqlite3.connect(home.audit_db)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_untouched_trail_is_intact(trail: AuditTrail) -> None:
    found = trail.verify()

    assert found.is_intact
    assert (found.count, found.head) == trail.head()
    assert found.count == 5


def test_entries_come_back_as_they_were_written(home: TenantHome) -> None:
    trail = AuditTrail.open(home)
    written = trail.append(record("ls"))
    trail.close()

    assert list(AuditTrail.open(home).entries()) == [written]
    assert written.id.startswith("1-")


def test_file_is_for_its_user_alone(trail: AuditTrail, home: TenantHome) -> None:
    assert stat.S_IMODE(home.audit_db.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET text = 'x' WHERE number = 2",
        "DELETE FROM entries WHERE number = 2",
        "INSERT OR REPLACE INTO entries VALUES (2, 'x', 'x', 'x')",
        "INSERT INTO entries VALUES (9, 'x', 'x', 'x')",
    ],
)
def test_database_refuses_changes(trail: AuditTrail, home: TenantHome, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sqlite3.connect(home.audit_db).execute(statement)


@pytest.mark.parametrize(
    ("statement", "first_broken"),
    [
        ("UPDATE entries SET text = replace(text, 'step 2', 'step 9') WHERE number = 3", 3),
        ("DELETE FROM entries WHERE number = 2", 2),
        ("DELETE FROM entries WHERE number = 1", 1),
        ("UPDATE entries SET hash = previous_hash WHERE number = 4", 4),
        ("UPDATE entries SET number = 9 WHERE number = 5", 5),
    ],
)
def test_first_broken_entry_is_named(
    trail: AuditTrail, home: TenantHome, statement: str, first_broken: int
) -> None:
    behind_the_back(home, statement)

    found = trail.verify()

    assert not found.is_intact
    assert found.first_broken == first_broken


def test_cut_tail_shows_in_the_head(trail: AuditTrail, home: TenantHome) -> None:
    head = trail.head()
    behind_the_back(home, "DELETE FROM entries WHERE number = 5")

    assert trail.verify().is_intact
    assert trail.head() != head


def _append_long_ones(trail: AuditTrail) -> None:
    for _ in range(100):
        trail.append(record("x" * 1_000))


def test_full_disk_is_reported(home: TenantHome) -> None:
    trail = AuditTrail.open(home)
    trail.append(record("ls"))
    with trail._database.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(AuditUnavailable):
        _append_long_ones(trail)
    assert trail.verify().is_intact


def test_locked_file_is_reported(trail: AuditTrail, home: TenantHome) -> None:
    other = sqlite3.connect(home.audit_db, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with trail._database.reading() as connection:
        connection.execute("PRAGMA busy_timeout = 10")

    with pytest.raises(AuditUnavailable):
        trail.append(record("ls"))


def test_corrupt_file_is_reported(home: TenantHome) -> None:
    home.audit_db.write_bytes(b"this is no database" * 100)

    with pytest.raises(AuditUnavailable):
        AuditTrail.open(home)


def _append_many(root: Path) -> None:
    trail = AuditTrail.open(TenantHome(root))
    for number in range(20):
        trail.append(record(f"{number}"))


def test_processes_append_to_one_chain(home: TenantHome) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_append_many, args=(home.root,)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    found = AuditTrail.open(home).verify()

    assert found.is_intact
    assert found.count == 60
