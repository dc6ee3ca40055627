"""
``LinkStore``: what must not be lost between this server and the hub, in one SQLite file.

Any process of the tenant may open it. The wrapper and the proxy put messages and tool events in and then
knock at the link (``local_door.knock``); the link alone sends, journals runs and keeps the inbox.
"""

import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalForgotten,
    ApprovalRequested,
    ApprovalSettledReport,
)
from tenant_daemon.contracts.audit import AuditHeadReported
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.budget import BudgetReached
from tenant_daemon.contracts.changes import ChangeRecorded, ChangeSettled
from tenant_daemon.contracts.chat import (
    ApprovalSettled,
    ApprovalWaiting,
    MessageCleaned,
    ToolFinished,
    ToolStarted,
)
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.config import AgentCleaned
from tenant_daemon.contracts.envelope import Rejected
from tenant_daemon.contracts.notices import AgentHeldBack
from tenant_daemon.contracts.secrets import CanarySeen, SecretAnswered, SecretsListed
from tenant_daemon.contracts.usage import UsageReported
from tenant_daemon.hub_client.follow_ups import FollowUps
from tenant_daemon.hub_client.inbox import Inbox
from tenant_daemon.hub_client.journal import RunJournal
from tenant_daemon.hub_client.run_traces import RunTraces
from tenant_daemon.hub_client.schema import LINK_TABLES, select
from tenant_daemon.kit.database import Database

OUTBOX_LIMIT: Final = 20_000
"""Messages that may wait: more than 72 h of a busy server without its hub."""
TOOL_EVENT_LIMIT: Final = 5_000

OutboxPayload = (
    ApprovalRequested
    | ApprovalSettledReport
    | ApprovalCarriedOut
    | ApprovalForgotten
    | UsageReported
    | BudgetReached
    | ConfigApplied
    | ChangeRecorded
    | ChangeSettled
    | AuditHeadReported
    | AgentHeldBack
    | SecretAnswered
    | SecretsListed
    | CanarySeen
    | MessageCleaned
    | AgentCleaned
    | Rejected
)
"""The durable messages to the hub."""
ToolEventBody = ToolStarted | ToolFinished | ApprovalWaiting | ApprovalSettled


class OutboxFull(Exception):
    """Too much waits for the hub. Nothing was stored: the caller must refuse what it wanted to announce."""


@dataclass(frozen=True)
class Outgoing:
    """A message that waits for the hub's confirmation. ``payload`` is its JSON."""

    position: int
    id: str
    payload: str


class LinkStore:
    """
    The link's memory. Calls are short and synchronous; use one instance per thread.

    A full outbox refuses (``OutboxFull``) and never drops: a lost approval would be worse than a refused
    call. A message with a ``slot`` replaces the one that waits in the same slot, for reports where only
    the newest counts.
    """

    def __init__(self, path: Path) -> None:
        self._db = Database(path, LINK_TABLES)
        self.inbox = Inbox(self._db)
        self.traces = RunTraces(self._db)
        self.journal = RunJournal(self._db, self.traces)
        self.follow_ups = FollowUps(self._db)

    def close(self) -> None:
        """Close the file. Everything that returned before is safe."""
        self._db.close()

    def put(self, payload: OutboxPayload, *, slot: str | None = None) -> str:
        """
        Store a message for the hub and give its id; it is sent until the hub confirms it.

        Raises:
            OutboxFull: ``OUTBOX_LIMIT`` messages wait already.
        """
        message_id = f"out_{secrets.token_hex(16)}"
        with self._db.writing() as db:
            if slot is not None:
                db.execute("DELETE FROM outbox WHERE slot = ?", (slot,))
            if self.depth() >= OUTBOX_LIMIT:
                raise OutboxFull(f"{OUTBOX_LIMIT} messages wait for the hub")
            db.execute(
                "INSERT INTO outbox (id, slot, payload, created_at) VALUES (?, ?, ?, ?)",
                (message_id, slot, payload.model_dump_json(), utc_now().isoformat()),
            )
        return message_id

    def next_link_number(self) -> int:
        """A number greater than all before it: the time, or one more where a clock went back."""
        with self._db.writing() as db:
            row = db.execute(
                "INSERT INTO link_number (id, last) VALUES (1, ?1) "
                "ON CONFLICT (id) DO UPDATE SET last = max(last + 1, ?1) RETURNING last",
                (int(utc_now().timestamp() * 1_000_000),),
            ).fetchone()
        return int(row[0])

    def depth(self) -> int:
        """How many messages wait for the hub."""
        return int(select(self._db, "SELECT count(*) FROM outbox")[0][0])

    def waiting(self, *, after: int, limit: int) -> list[Outgoing]:
        """The next messages in the order they were put, from behind position ``after``."""
        rows = select(
            self._db,
            "SELECT position, id, payload FROM outbox WHERE position > ? ORDER BY position LIMIT ?",
            (after, limit),
        )
        return [Outgoing(row["position"], row["id"], row["payload"]) for row in rows]

    def confirm(self, message_ids: list[str]) -> None:
        """Forget messages that the hub has, or will never take."""
        with self._db.writing() as db:
            db.executemany("DELETE FROM outbox WHERE id = ?", [(message_id,) for message_id in message_ids])

    def put_tool_event(self, conversation_id: str, session_id: str, body: ToolEventBody) -> None:
        """
        Store an event for the conversation's run in progress, or for its next one.

        Over ``TOOL_EVENT_LIMIT`` the oldest go: they only decorate a chat, the audit has every call.
        """
        with self._db.writing() as db:
            cursor = db.execute(
                "INSERT INTO tool_events (conversation_id, session_id, body, created_at) VALUES (?, ?, ?, ?)",
                (conversation_id, session_id, body.model_dump_json(), utc_now().isoformat()),
            )
            newest = cursor.lastrowid or 0
            db.execute("DELETE FROM tool_events WHERE position <= ?", (newest - TOOL_EVENT_LIMIT,))

    def forget_conversation(self, conversation_id: str) -> None:
        """Delete what is kept of a conversation; of a run that goes on no more is sent."""
        with self._db.writing() as db:
            for table in ("tool_events", "run_counters"):
                db.execute(f"DELETE FROM {table} WHERE conversation_id = ?", (conversation_id,))  # noqa: S608
            self.follow_ups.forget(db, conversation_id)
            self.journal.forget_conversation(db, conversation_id)

    def conversations_with_tool_events(self) -> list[str]:
        """Conversations for which tool events wait."""
        rows = select(self._db, "SELECT DISTINCT conversation_id FROM tool_events")
        return [row["conversation_id"] for row in rows]


def open_store(path: Path) -> LinkStore:
    """The store in this file, with the file's name in the error when it cannot be used."""
    try:
        return LinkStore(path)
    except sqlite3.Error as exc:
        raise OSError(f"{path} cannot be opened: {exc}") from exc
