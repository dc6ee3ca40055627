"""Messages from the hub: accepted once by id, remembered until done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from tenant_daemon.contracts.approvals import ApprovalDecided, ApprovalWithdrawn
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.changes import UndoRequested
from tenant_daemon.contracts.chat import ConversationDeleted, SendMessage, StopRun
from tenant_daemon.contracts.commands import ApplyConfig, KeyRenewalAsked
from tenant_daemon.contracts.secrets import RevealAsked, SecretChangeAsked, SecretProvided
from tenant_daemon.hub_client.schema import select
from tenant_daemon.kit.database import Database

InboxPayload = (
    SendMessage
    | StopRun
    | ConversationDeleted
    | ApprovalDecided
    | ApprovalWithdrawn
    | ApplyConfig
    | UndoRequested
    | SecretProvided
    | SecretChangeAsked
    | RevealAsked
    | KeyRenewalAsked
)
"""The durable messages from the hub."""

KEPT_IDS: Final = 20_000
"""Ids of done messages that are kept to recognise a second delivery."""
PENDING_LIMIT: Final = 2_000

_payload: TypeAdapter[InboxPayload] = TypeAdapter(InboxPayload)


class InboxFull(Exception):
    """Too much waits here. The message is not confirmed, so the hub keeps it and sends it again."""


@dataclass(frozen=True)
class Incoming:
    """A message that is not done yet."""

    position: int
    id: str
    payload: InboxPayload
    received_at: datetime


class Inbox:
    """The inbox of ``link.db``; only the link uses it. Made by ``LinkStore``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def accept(self, message_id: str, payload: InboxPayload) -> Incoming | None:
        """
        Store a message; afterwards it may be confirmed to the hub. None when it was accepted before.

        Raises:
            InboxFull: ``PENDING_LIMIT`` messages are not done.
        """
        received_at = utc_now()
        with self._db.writing() as db:
            if db.execute("SELECT 1 FROM inbox WHERE id = ?", (message_id,)).fetchone():
                return None
            if self.pending_count() >= PENDING_LIMIT:
                raise InboxFull(f"{PENDING_LIMIT} messages wait here")
            cursor = db.execute(
                "INSERT INTO inbox (id, payload, received_at) VALUES (?, ?, ?)",
                (message_id, payload.model_dump_json(), received_at.isoformat()),
            )
            position = cursor.lastrowid or 0
            db.execute("DELETE FROM inbox WHERE payload IS NULL AND position <= ?", (position - KEPT_IDS,))
        return Incoming(position, message_id, payload, received_at)

    def pending(self) -> list[Incoming]:
        """What is not done, oldest first."""
        rows = select(self._db, "SELECT * FROM inbox WHERE payload IS NOT NULL ORDER BY position")
        return [
            Incoming(
                row["position"],
                row["id"],
                _payload.validate_json(row["payload"]),
                datetime.fromisoformat(row["received_at"]),
            )
            for row in rows
        ]

    @property
    def has_room(self) -> bool:
        """Whether enough is done to go on after ``InboxFull``."""
        return self.pending_count() <= PENDING_LIMIT // 2

    def pending_count(self) -> int:
        """How many messages are not done."""
        return int(select(self._db, "SELECT count(*) FROM inbox WHERE payload IS NOT NULL")[0][0])

    def done(self, message_id: str) -> None:
        """The message was applied: keep its id, forget its content."""
        with self._db.writing() as db:
            db.execute("UPDATE inbox SET payload = NULL WHERE id = ?", (message_id,))
