"""
What a customer's message says without its secrets, told to the hub.

People paste keys into chats. The hub cannot know what is one; the server can, and has it forgotten there.
"""

import sqlite3

import structlog

from tenant_daemon.contracts.chat import MAX_CLEANED_CHARACTERS, MessageCleaned, SendMessage
from tenant_daemon.hub_client.outbox import LinkStore, OutboxFull
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.redaction.findings import placeholders
from tenant_daemon.vault import VaultLocked

log = structlog.get_logger()


class MessageCleaner:
    """Call it in a thread."""

    def __init__(self, store: LinkStore, redactor: LiveRedactor) -> None:
        self._store = store
        self._redactor = redactor

    def look(self, said: SendMessage) -> bool:
        """Put the clean words aside for the hub where they are others than it has; says whether it did."""
        try:
            clean = self._redactor.current().redact(said.text)
            # What was named on its way in is clean already, and the hub still has it as it was typed.
            if clean == said.text and not placeholders(clean.encode("utf-8", "surrogatepass")):
                return False
            if len(clean) > MAX_CLEANED_CHARACTERS:
                log.warning("chat.not_cleaned", message_id=said.message_id, characters=len(clean))
                return False
            message = MessageCleaned(
                message_id=said.message_id, conversation_id=said.conversation_id, text=clean
            )
            self._store.put(message, slot=f"chat.cleaned {said.message_id}")
        except (VaultLocked, OutboxFull, OSError, sqlite3.Error) as exc:
            # The agent is answered all the same: the proxy looks for itself.
            log.error("chat.not_cleaned", message_id=said.message_id, reason=type(exc).__name__)
            return False
        return True
