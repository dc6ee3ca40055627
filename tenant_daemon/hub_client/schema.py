"""The tables of ``link.db`` and how they are read."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from tenant_daemon.kit.database import Database

LINK_TABLES: Final = """
CREATE TABLE IF NOT EXISTS outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    slot TEXT UNIQUE,
    payload TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS inbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    payload TEXT,
    received_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS follow_ups (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    session_key TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS tool_events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS tool_events_of_conversation ON tool_events (conversation_id, position);
CREATE TABLE IF NOT EXISTS run_counters (
    conversation_id TEXT PRIMARY KEY,
    last_run_number INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS runs (
    run_id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL,
    run_number INTEGER NOT NULL,
    agent_id TEXT NOT NULL,
    session_key TEXT NOT NULL,
    gateway_run_id TEXT NOT NULL,
    inbox_id TEXT,
    last_seq INTEGER NOT NULL,
    acked_seq INTEGER NOT NULL DEFAULT 0,
    is_sent INTEGER NOT NULL DEFAULT 0,
    is_finished INTEGER NOT NULL DEFAULT 0,
    is_unwanted INTEGER NOT NULL DEFAULT 0,
    UNIQUE (conversation_id, run_number)
);
CREATE TABLE IF NOT EXISTS link_number (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS run_traces (
    run_id TEXT PRIMARY KEY REFERENCES runs (run_id) ON DELETE CASCADE,
    traceparent TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_events (
    run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;
"""


def select(db: Database, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
    """The rows of a query."""
    with db.reading() as connection:
        return connection.execute(query, values).fetchall()
