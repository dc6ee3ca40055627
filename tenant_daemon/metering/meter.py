"""
``Meter``: hourly buckets in one SQLite file.

A request is noted before it is sent (``journal.py``) and opened soon after, tells now and then how far it
has come, and is closed with what it used. So a request that was running when the process was killed is known
at the next start and counted by estimate: the provider charges for it too.
"""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import assert_never

from tenant_daemon.contracts.usage import UsageBucket
from tenant_daemon.kit.database import Database
from tenant_daemon.metering.entries import Closed, Entry, Noted, OpenRequest, Progress, Usage
from tenant_daemon.metering.journal import Journal
from tenant_daemon.metering.ledger import Spent

_TABLES = """
CREATE TABLE IF NOT EXISTS buckets (
    hour TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    model TEXT NOT NULL,
    revision INTEGER NOT NULL,
    reported_revision INTEGER NOT NULL DEFAULT 0,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    request_count INTEGER NOT NULL,
    estimated_count INTEGER NOT NULL,
    PRIMARY KEY (hour, agent_id, model)
);
CREATE TABLE IF NOT EXISTS open_requests (
    id TEXT PRIMARY KEY,
    agent_id TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    completion_tokens INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS journal (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    mark INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS told (
    key TEXT PRIMARY KEY,
    told_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS budget_marks (
    config_version INTEGER PRIMARY KEY,
    used_before INTEGER NOT NULL
);
"""
_ADD = """
INSERT INTO buckets (hour, agent_id, model, revision, prompt_tokens, completion_tokens, cached_tokens,
                     request_count, estimated_count)
VALUES (:hour, :agent_id, :model, 1, :prompt, :completion, :cached, 1, :estimated)
ON CONFLICT (hour, agent_id, model) DO UPDATE SET
    revision = revision + 1,
    prompt_tokens = prompt_tokens + :prompt,
    completion_tokens = completion_tokens + :completion,
    cached_tokens = cached_tokens + :cached,
    request_count = request_count + 1,
    estimated_count = estimated_count + :estimated
"""
_KEPT = timedelta(days=400)


class Meter:
    """Counts and remembers. Calls are short; one instance may be used by several threads."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, _TABLES)
        self._journal = Journal(path.with_suffix(".journal"))
        self._upgrade()

    def close(self) -> None:
        """Give the file back."""
        self._db.close()
        self._journal.close()

    def note(self, request: OpenRequest) -> Noted:
        """
        Note that a request runs, at once and for good; what comes back is to be written next.

        Only the process that recovered may. Raises OSError when it cannot be noted.
        """
        return self._journal.note(request)

    def open(self, request: OpenRequest) -> None:
        """Note that a request runs, before it is sent."""
        self.write([request])

    def close_request(self, request: OpenRequest, usage: Usage | None) -> None:
        """Count what a request used, once; None when it was never served and costs nothing."""
        self.write([Closed(request, usage)])

    def write(self, entries: Sequence[Entry]) -> None:
        """
        Write entries down in their order, all or none.

        All survive kill -9 from here on; what was used survives a power cut as well.
        """
        is_final = any(isinstance(entry, Closed) for entry in entries)
        with self._db.reading() as db:
            # Waiting for the disk would delay the request; a killed process loses nothing without that
            # (sqlite.org/pragma.html#pragma_synchronous).
            db.execute(f"PRAGMA synchronous={'FULL' if is_final else 'NORMAL'}")
            with self._db.writing() as writing:
                for entry in entries:
                    _write(writing, entry)
        if noted := [entry.number for entry in entries if isinstance(entry, Noted)]:
            self._journal.forget(noted[-1])

    def has_told(self, key: str) -> bool:
        """Whether the owner was told this before."""
        with self._db.reading() as db:
            return db.execute("SELECT 1 FROM told WHERE key = ?", (key,)).fetchone() is not None

    def mark_told(self, key: str) -> None:
        """The owner will be told: it is safe in the outbox."""
        now = datetime.now(UTC)
        with self._db.writing() as db:
            db.execute("INSERT OR IGNORE INTO told VALUES (?, ?)", (key, now.isoformat()))
            db.execute("DELETE FROM told WHERE told_at < ?", ((now - _KEPT).isoformat(),))

    def _upgrade(self) -> None:
        """A file of an older release lacks a column."""
        with self._db.writing() as db:
            columns = {row["name"] for row in db.execute("PRAGMA table_info(open_requests)")}
            if "completion_tokens" not in columns:
                column = "completion_tokens INTEGER NOT NULL DEFAULT 0"
                db.execute(f"ALTER TABLE open_requests ADD COLUMN {column}")

    def recover(self) -> int:
        """Count, by estimate, the requests that ran when the process ended; gives how many."""
        with self._db.writing() as db:
            mark = _mark(db)
            for entry in self._journal.entries():
                if entry.number > mark:
                    _write(db, entry)
            mark = _mark(db)
            rows = db.execute("SELECT * FROM open_requests").fetchall()
            for row in rows:
                usage = Usage(row["prompt_tokens"], row["completion_tokens"], is_estimated=True)
                opened_at = datetime.fromisoformat(row["opened_at"])
                _add(db, row["agent_id"], row["model"], opened_at, usage)
            db.execute("DELETE FROM open_requests")
        self._journal.restart(mark)
        return len(rows)

    def unreported(self) -> list[UsageBucket]:
        """Every bucket of the hours in which something changed since ``mark_reported``, oldest first."""
        with self._db.reading() as db:
            rows = db.execute(
                "SELECT * FROM buckets"
                " WHERE hour IN (SELECT hour FROM buckets WHERE revision > reported_revision)"
                " ORDER BY hour, agent_id, model"
            ).fetchall()
        return [_bucket(row) for row in rows]

    def mark_reported(self, buckets: list[UsageBucket]) -> None:
        """These revisions are safe in the outbox."""
        with self._db.writing() as db:
            db.executemany(
                "UPDATE buckets SET reported_revision = ?"
                " WHERE hour = ? AND agent_id = ? AND model = ? AND reported_revision < ?",
                [(b.revision, b.hour.isoformat(), b.agent_id, b.model, b.revision) for b in buckets],
            )
            oldest = (datetime.now(UTC) - _KEPT).isoformat()
            db.execute("DELETE FROM buckets WHERE hour < ? AND reported_revision = revision", (oldest,))

    def spent(self) -> list[Spent]:
        """Tokens of each hour and agent, for a ledger."""
        with self._db.reading() as db:
            rows = db.execute(
                "SELECT hour, agent_id, sum(prompt_tokens + completion_tokens) AS tokens"
                " FROM buckets GROUP BY hour, agent_id"
            ).fetchall()
        return [
            Spent(datetime.fromisoformat(row["hour"]), row["agent_id"], int(row["tokens"])) for row in rows
        ]

    def used_before(self, config_version: int) -> int:
        """
        Tokens used before this version of the configuration was first seen here.

        A version carries the tokens that were left when the hub wrote it; what was used before is
        accounted for in it.
        """
        with self._db.writing() as db:
            used = _total(db)
            db.execute("INSERT OR IGNORE INTO budget_marks VALUES (?, ?)", (config_version, used))
            mark = db.execute(
                "SELECT used_before FROM budget_marks WHERE config_version = ?", (config_version,)
            ).fetchone()
            db.execute("DELETE FROM budget_marks WHERE config_version < ?", (config_version - 100,))
        return int(mark[0])


def _write(db: sqlite3.Connection, entry: Entry) -> None:
    match entry:
        case Noted(request, number):
            _write(db, request)
            db.execute("INSERT OR REPLACE INTO journal VALUES (1, ?)", (number,))
        case OpenRequest():
            db.execute(
                "INSERT INTO open_requests (id, agent_id, model, prompt_tokens, opened_at)"
                " VALUES (?, ?, ?, ?, ?)",
                (entry.id, entry.agent_id, entry.model, entry.prompt_tokens, entry.opened_at.isoformat()),
            )
        case Progress():
            db.execute(
                "UPDATE open_requests SET prompt_tokens = ?, completion_tokens = ? WHERE id = ?",
                (entry.prompt_tokens, entry.completion_tokens, entry.id),
            )
        case Closed(request, usage):
            # The hour is that of the opening, so that a recovered request lands where it belongs.
            if db.execute("DELETE FROM open_requests WHERE id = ?", (request.id,)).rowcount and usage:
                _add(db, request.agent_id, request.model, request.opened_at, usage)
        case _:
            assert_never(entry)


def _mark(db: sqlite3.Connection) -> int:
    """The number up to which the journal's lines are here."""
    row = db.execute("SELECT mark FROM journal").fetchone()
    return int(row[0]) if row else 0


def _total(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT coalesce(sum(prompt_tokens + completion_tokens), 0) FROM buckets").fetchone()
    return int(row[0])


def _add(db: sqlite3.Connection, agent_id: str, model: str, at: datetime, usage: Usage) -> None:
    db.execute(
        _ADD,
        {
            "hour": at.astimezone(UTC).replace(minute=0, second=0, microsecond=0).isoformat(),
            "agent_id": agent_id,
            "model": model,
            "prompt": usage.prompt,
            "completion": usage.completion,
            "cached": usage.cached,
            "estimated": int(usage.is_estimated),
        },
    )


def _bucket(row: sqlite3.Row) -> UsageBucket:
    return UsageBucket(
        hour=datetime.fromisoformat(row["hour"]),
        agent_id=row["agent_id"],
        model=row["model"],
        revision=row["revision"],
        prompt_tokens=row["prompt_tokens"],
        completion_tokens=row["completion_tokens"],
        cached_tokens=row["cached_tokens"],
        request_count=row["request_count"],
        estimated_count=row["estimated_count"],
    )
