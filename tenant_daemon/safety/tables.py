"""The tables of ``safety.db``, which the wrapper alone writes."""

from typing import Final

TABLES: Final = """
CREATE TABLE IF NOT EXISTS calls (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    response TEXT,
    is_delivered INTEGER NOT NULL DEFAULT 0,
    started_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_by_state ON calls (state, is_delivered);
CREATE TABLE IF NOT EXISTS approvals (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    call_key TEXT NOT NULL,
    round INTEGER NOT NULL,
    status TEXT NOT NULL,
    request TEXT NOT NULL,
    normalised_digest TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    decision TEXT,
    detail TEXT NOT NULL DEFAULT '',
    settled_at TEXT,
    is_announced INTEGER NOT NULL DEFAULT 0,
    is_reported INTEGER NOT NULL DEFAULT 0,
    UNIQUE (call_key, round)
);
CREATE TABLE IF NOT EXISTS told_outcomes (
    approval_id TEXT PRIMARY KEY
);
CREATE TABLE IF NOT EXISTS remembered (
    agent_id TEXT NOT NULL,
    tool_name TEXT NOT NULL,
    normalised_digest TEXT NOT NULL,
    tier INTEGER NOT NULL,
    is_external INTEGER NOT NULL,
    approval_id TEXT NOT NULL,
    approver TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (agent_id, tool_name, normalised_digest)
);
CREATE TABLE IF NOT EXISTS last_config (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    config TEXT NOT NULL
);
"""
