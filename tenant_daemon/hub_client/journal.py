"""
The run journal: each event of an answer is written here before it is sent.

The journal gives the numbers, so two events can never share a name. A run's events stay until the hub has
confirmed the last one (the message is committed then): until that moment it may ask for any of them again.
"""

import sqlite3
from dataclasses import dataclass

from pydantic import TypeAdapter

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.chat import RunEvent, RunEventBody, RunFinished, RunStarted, TextDelta
from tenant_daemon.hub_client.run_traces import RunTraces
from tenant_daemon.hub_client.schema import select
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.database import Database

_body: TypeAdapter[RunEventBody] = TypeAdapter(RunEventBody)
_COLUMNS = (
    "run_id, conversation_id, run_number, agent_id, session_key, gateway_run_id, inbox_id, "
    "last_seq, acked_seq, is_sent, is_finished"
)


@dataclass(frozen=True)
class JournaledRun:
    """A run as the journal holds it."""

    run_id: str
    conversation_id: str
    run_number: int
    agent_id: str
    session_key: str
    gateway_run_id: str
    """OpenClaw's name of the run."""
    inbox_id: str | None
    """The hub message that it answers; done when the run is finished."""
    last_seq: int
    acked_seq: int
    is_sent: bool
    """Whether OpenClaw may have the message."""
    is_finished: bool


class RunJournal:
    """The runs of ``link.db``; only the link uses it. Made by ``LinkStore``."""

    def __init__(self, db: Database, traces: RunTraces) -> None:
        self._db = db
        self._traces = traces

    def begin(
        self,
        run_id: str,
        session: ChatSession,
        *,
        in_reply_to: str | None = None,
        inbox_id: str | None = None,
        gateway_run_id: str = "",
        traceparent: str = "",
    ) -> RunEvent:
        """
        Open the conversation's next run with its first event.

        Args:
            run_id: A fresh id.
            session: Where the agent answers.
            in_reply_to: The customer's message, None for a run that the agent or the server began.
            inbox_id: The hub message that the run answers; done when the run is finished.
            gateway_run_id: OpenClaw's name of the run, where it is another one.
            traceparent: The run's span, where somebody traces.
        """
        with self._db.writing() as db:
            row = db.execute(
                "INSERT INTO run_counters (conversation_id, last_run_number) VALUES (?, 1) "
                "ON CONFLICT (conversation_id) DO UPDATE SET last_run_number = last_run_number + 1 "
                "RETURNING last_run_number",
                (session.conversation_id,),
            ).fetchone()
            db.execute(
                "INSERT INTO runs (run_id, conversation_id, run_number, agent_id, session_key, "
                "gateway_run_id, inbox_id, last_seq) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                (
                    run_id,
                    session.conversation_id,
                    row[0],
                    session.agent_id,
                    session.key,
                    gateway_run_id or run_id,
                    inbox_id,
                ),
            )
            if traceparent:
                self._traces.note(db, run_id, traceparent)
            return self._append(db, run_id, RunStarted(agent_id=session.agent_id, in_reply_to=in_reply_to))

    def append(self, run_id: str, body: RunEventBody) -> RunEvent:
        """Write the run's next event; a ``RunFinished`` closes the run and its inbox message is done."""
        with self._db.writing() as db:
            event = self._append(db, run_id, body)
            if isinstance(body, RunFinished):
                db.execute(
                    "UPDATE inbox SET payload = NULL WHERE id = (SELECT inbox_id FROM runs WHERE run_id = ?)",
                    (run_id,),
                )
                db.execute("UPDATE runs SET is_finished = 1 WHERE run_id = ?", (run_id,))
                db.execute("DELETE FROM runs WHERE run_id = ? AND is_unwanted = 1", (run_id,))
            return event

    def append_tool_events(self, run_id: str) -> list[RunEvent]:
        """Move the conversation's waiting tool events into the run; each moves once, whatever is killed."""
        with self._db.writing() as db:
            rows = db.execute(
                "DELETE FROM tool_events WHERE conversation_id = "
                "(SELECT conversation_id FROM runs WHERE run_id = ?) RETURNING position, body",
                (run_id,),
            ).fetchall()
            in_order = sorted(rows, key=lambda row: int(row["position"]))
            return [self._append(db, run_id, _body.validate_json(row["body"])) for row in in_order]

    def get(self, run_id: str) -> JournaledRun | None:
        """The run, unless it is unknown or done with."""
        rows = select(self._db, f"SELECT {_COLUMNS} FROM runs WHERE run_id = ?", (run_id,))  # noqa: S608
        return _to_run(rows[0]) if rows else None

    def unfinished(self) -> list[JournaledRun]:
        """Runs without their last event, oldest first: what a restart of the link finds."""
        rows = select(self._db, f"SELECT {_COLUMNS} FROM runs WHERE is_finished = 0 ORDER BY rowid")  # noqa: S608
        return [_to_run(row) for row in rows]

    def unconfirmed(self) -> list[JournaledRun]:
        """Runs of which the hub lacks events, oldest first: what is sent after a reconnect."""
        rows = select(
            self._db,
            f"SELECT {_COLUMNS} FROM runs WHERE acked_seq < last_seq AND is_unwanted = 0 ORDER BY rowid",  # noqa: S608
        )
        return [_to_run(row) for row in rows]

    def events(self, run_id: str, *, after_seq: int, limit: int) -> list[RunEvent]:
        """Events of a run in order, from behind ``after_seq``."""
        rows = select(
            self._db,
            "SELECT event FROM run_events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?",
            (run_id, after_seq, limit),
        )
        return [RunEvent.model_validate_json(row["event"]) for row in rows]

    def text(self, run_id: str) -> str:
        """The redacted text that the run has given so far."""
        rows = select(self._db, "SELECT event FROM run_events WHERE run_id = ? ORDER BY seq", (run_id,))
        bodies = (RunEvent.model_validate_json(row["event"]).body for row in rows)
        return "".join(body.text for body in bodies if isinstance(body, TextDelta))

    def confirm(self, run_id: str, seq: int) -> bool:
        """The hub has everything up to ``seq``; True when it has the whole run, which is then forgotten."""
        with self._db.writing() as db:
            db.execute(
                "UPDATE runs SET acked_seq = max(acked_seq, min(?, last_seq)) WHERE run_id = ?", (seq, run_id)
            )
            forgotten = db.execute(
                "DELETE FROM runs WHERE run_id = ? AND is_finished = 1 AND acked_seq = last_seq", (run_id,)
            )
            return forgotten.rowcount > 0

    def rewind(self, run_id: str, from_seq: int) -> bool:
        """The hub lost the run's events from ``from_seq`` on. False when they are not kept here any more."""
        with self._db.writing() as db:
            known = db.execute(
                "UPDATE runs SET acked_seq = min(acked_seq, ?) WHERE run_id = ?", (from_seq - 1, run_id)
            )
            return known.rowcount > 0

    def forget(self, run_id: str) -> None:
        """The hub will never take this run, e.g. since its conversation is gone: send no more of it."""
        with self._db.writing() as db:
            db.execute("DELETE FROM runs WHERE run_id = ? AND is_finished = 1", (run_id,))
            db.execute("UPDATE runs SET is_unwanted = 1 WHERE run_id = ?", (run_id,))

    def forget_conversation(self, db: sqlite3.Connection, conversation_id: str) -> None:
        """Delete a conversation's runs, in the caller's transaction; one that goes on ends unsent."""
        db.execute("DELETE FROM runs WHERE conversation_id = ? AND is_finished = 1", (conversation_id,))
        db.execute("UPDATE runs SET is_unwanted = 1 WHERE conversation_id = ?", (conversation_id,))

    def mark_sent(self, run_id: str, *, follow_up: int | None = None) -> None:
        """From here on OpenClaw may have the message, or follow-up: it must not be sent a second time."""
        with self._db.writing() as db:
            if follow_up is not None:
                db.execute("DELETE FROM follow_ups WHERE position = ?", (follow_up,))
            db.execute("UPDATE runs SET is_sent = 1 WHERE run_id = ?", (run_id,))

    def _append(self, db: sqlite3.Connection, run_id: str, body: RunEventBody) -> RunEvent:
        row = db.execute(
            "UPDATE runs SET last_seq = last_seq + 1 WHERE run_id = ? AND is_finished = 0 "
            "RETURNING conversation_id, run_number, last_seq",
            (run_id,),
        ).fetchone()
        if row is None:
            raise LookupError(f"run {run_id} is unknown or finished")
        event = RunEvent(
            run_id=run_id,
            conversation_id=row["conversation_id"],
            run_number=row["run_number"],
            seq=row["last_seq"],
            created_at=utc_now(),
            body=body,
        )
        db.execute(
            "INSERT INTO run_events (run_id, seq, event) VALUES (?, ?, ?)",
            (run_id, event.seq, event.model_dump_json()),
        )
        return event


def _to_run(row: sqlite3.Row) -> JournaledRun:
    return JournaledRun(
        **{**dict(row), "is_sent": bool(row["is_sent"]), "is_finished": bool(row["is_finished"])}
    )
