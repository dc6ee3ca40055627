"""
The write-ahead record of tool calls.

A call is written down before anything else happens, and again before it is executed. So a second delivery
finds the first one, and after a restart it is known which calls had begun: those are never run again.
"""

import hashlib
import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.database import Database
from tenant_daemon.safety.schemas import ExecuteRequest, ExecuteResponse

_KEPT: Final = timedelta(days=30)


class CallState(StrEnum):
    """How far a call has come."""

    RECEIVED = "received"
    WAITING = "waiting"
    """An approval was asked for. After a restart it goes on waiting."""
    EXECUTING = "executing"
    DONE = "done"


class AlreadyBegun(Exception):
    """The call was executed before; it is not executed again."""


@dataclass(frozen=True)
class Call:
    """A tool call under the names by which it is known."""

    key: str
    """Session, tool call id and the request itself; what makes two deliveries the same call."""
    id: str
    """The tool call id, as events and audit name it."""
    request: ExecuteRequest
    started_at: datetime

    @property
    def conversation_id(self) -> str | None:
        """The chat that it belongs to; taken from the session, which the agent cannot choose."""
        session = ChatSession.parse_or_none(self.request.session_id)
        return session.conversation_id if session else None


class CallStore:
    """Calls in ``safety.db``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, request: ExecuteRequest) -> tuple[Call, CallState]:
        """
        Write a call down, or find it when it was delivered before.

        Models use an id again now and then, so only the same id with the same arguments is the same call.
        """
        call_id = request.context.tool_call_id or f"call_{secrets.token_hex(12)}"
        call = Call(_key(call_id, request), call_id, request, utc_now())
        with self._database.writing() as db:
            row = db.execute("SELECT state, started_at FROM calls WHERE key = ?", (call.key,)).fetchone()
            if row is not None:
                return _call(call.key, call.id, request, row["started_at"]), CallState(row["state"])
            db.execute(
                "INSERT INTO calls (key, id, request, state, started_at) VALUES (?, ?, ?, ?, ?)",
                (
                    call.key,
                    call.id,
                    request.model_dump_json(),
                    CallState.RECEIVED,
                    call.started_at.isoformat(),
                ),
            )
        return call, CallState.RECEIVED

    def get(self, key: str) -> Call:
        """The call under this key; raises KeyError."""
        with self._database.reading() as db:
            row = db.execute("SELECT * FROM calls WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return _row_call(row)

    def mark_waiting(self, call: Call) -> None:
        with self._database.writing() as db:
            db.execute("UPDATE calls SET state = ? WHERE key = ?", (CallState.WAITING, call.key))

    def begin(self, call: Call) -> None:
        """Note that execution begins; raises AlreadyBegun unless this is the first time."""
        with self._database.writing() as db:
            changed = db.execute(
                "UPDATE calls SET state = ? WHERE key = ? AND state IN (?, ?)",
                (CallState.EXECUTING, call.key, CallState.RECEIVED, CallState.WAITING),
            ).rowcount
        if changed != 1:
            raise AlreadyBegun(call.id)

    def has_begun(self, call: Call) -> bool:
        """True while it is executed, and for ever when that was cut off."""
        with self._database.reading() as db:
            row = db.execute("SELECT state FROM calls WHERE key = ?", (call.key,)).fetchone()
        return row is not None and row["state"] == CallState.EXECUTING

    def finish(self, call: Call, response: ExecuteResponse) -> None:
        """Keep the answer, for whoever asks again."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE calls SET state = ?, response = ? WHERE key = ?",
                (CallState.DONE, response.model_dump_json(), call.key),
            )

    def response(self, call: Call) -> ExecuteResponse | None:
        with self._database.reading() as db:
            row = db.execute("SELECT response FROM calls WHERE key = ?", (call.key,)).fetchone()
        return ExecuteResponse.model_validate_json(row["response"]) if row and row["response"] else None

    def mark_delivered(self, call: Call) -> None:
        """The agent has the answer, or will be told it by a follow-up that is stored."""
        with self._database.writing() as db:
            db.execute("UPDATE calls SET is_delivered = 1 WHERE key = ?", (call.key,))

    def in_state(self, *states: CallState) -> list[Call]:
        """Calls that a restart left in one of these states, oldest first."""
        marks = ", ".join("?" for _ in states)
        with self._database.reading() as db:
            rows = db.execute(
                f"SELECT * FROM calls WHERE state IN ({marks}) ORDER BY started_at",  # noqa: S608 - only marks
                states,
            ).fetchall()
        return [_row_call(row) for row in rows]

    def undelivered(self) -> list[Call]:
        """Finished calls that an approval was asked for and whose end the agent was not told."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT * FROM calls WHERE state = ? AND is_delivered = 0"
                " AND key IN (SELECT call_key FROM approvals) ORDER BY started_at",
                (CallState.DONE,),
            ).fetchall()
        return [_row_call(row) for row in rows]

    def ended_untold(self) -> list[Call]:
        """Finished calls that were approved and of which the hub has not heard what became of them."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT * FROM calls WHERE state = ? AND key IN (SELECT call_key FROM approvals"
                " WHERE status = 'approved' AND id NOT IN (SELECT approval_id FROM told_outcomes))"
                " ORDER BY started_at",
                (CallState.DONE,),
            ).fetchall()
        return [_row_call(row) for row in rows]

    def forget_old(self) -> None:
        """Remove finished calls after a month; the audit trail keeps what was done."""
        oldest = (utc_now() - _KEPT).isoformat()
        with self._database.writing() as db:
            db.execute(
                "DELETE FROM calls WHERE state IN (?, ?) AND started_at < ?"
                " AND key NOT IN (SELECT call_key FROM approvals WHERE is_reported = 0)",
                (CallState.DONE, CallState.RECEIVED, oldest),
            )


def _key(call_id: str, request: ExecuteRequest) -> str:
    parts = [request.session_id, call_id, request.agent_id, request.tool_name, request.tool_args]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _row_call(row: sqlite3.Row) -> Call:
    request = ExecuteRequest.model_validate_json(row["request"])
    return _call(row["key"], row["id"], request, row["started_at"])


def _call(key: str, call_id: str, request: ExecuteRequest, started_at: str) -> Call:
    return Call(key, call_id, request, datetime.fromisoformat(started_at))
