"""What the server itself has to tell an agent after the fact, kept until the agent has it."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.hub_client.schema import select
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.database import Database

FOLLOW_UP_LIMIT: Final = 1_000


@dataclass(frozen=True)
class FollowUp:
    """A text for the agent of a chat."""

    position: int
    session: ChatSession
    text: str


class FollowUps:
    """The follow-ups of ``link.db``. The wrapper puts, the link delivers. Made by ``LinkStore``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, session: ChatSession, text: str) -> None:
        """Keep a text; over ``FOLLOW_UP_LIMIT`` the oldest goes."""
        with self._db.writing() as db:
            cursor = db.execute(
                "INSERT INTO follow_ups (session_key, text, created_at) VALUES (?, ?, ?)",
                (session.key, text, utc_now().isoformat()),
            )
            newest = cursor.lastrowid or 0
            db.execute("DELETE FROM follow_ups WHERE position <= ?", (newest - FOLLOW_UP_LIMIT,))

    def forget(self, db: sqlite3.Connection, conversation_id: str) -> None:
        """Delete what waits for a conversation, in the caller's transaction."""
        gone = [(one.position,) for one in self.waiting() if one.session.conversation_id == conversation_id]
        db.executemany("DELETE FROM follow_ups WHERE position = ?", gone)

    def waiting(self) -> list[FollowUp]:
        """What was not delivered yet, oldest first."""
        rows = select(self._db, "SELECT position, session_key, text FROM follow_ups ORDER BY position")
        return [FollowUp(row["position"], ChatSession.parse(row["session_key"]), row["text"]) for row in rows]
