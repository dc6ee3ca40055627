"""
What customers wrote without its secrets, told to the hub.

People paste keys into chats, and into what agents are told of themselves. The hub cannot know what is one;
the server can, and has it forgotten there.
"""

import sqlite3
from collections.abc import Sequence

import structlog

from tenant_daemon.contracts.chat import MAX_CLEANED_CHARACTERS, MessageCleaned, SendMessage
from tenant_daemon.contracts.config import MAX_SOUL_CHARACTERS, AgentCleaned, AgentConfig
from tenant_daemon.hub_client.outbox import LinkStore, OutboxFull
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.redaction.findings import placeholders
from tenant_daemon.vault import VaultLocked

log = structlog.get_logger()

_UNDONE = (VaultLocked, OutboxFull, OSError, sqlite3.Error)
"""Nothing is told then. What goes to a model is clean all the same: the proxy looks for itself."""


class Cleaner:
    """Call it in a thread."""

    def __init__(self, store: LinkStore, redactor: LiveRedactor) -> None:
        self._store = store
        self._redactor = redactor
        self._seen: dict[str, str] = {}
        """Agents' characters that were looked at, by agent."""

    def look(self, said: SendMessage) -> bool:
        """Put the clean words aside for the hub where they are others than it has; says whether it did."""
        try:
            clean = self._cleaned(said.text, MAX_CLEANED_CHARACTERS)
            if clean is not None:
                message = MessageCleaned(
                    message_id=said.message_id, conversation_id=said.conversation_id, text=clean
                )
                self._store.put(message, slot=f"chat.cleaned {said.message_id}")
        except _UNDONE as exc:
            log.error("chat.not_cleaned", message_id=said.message_id, reason=type(exc).__name__)
            return False
        return clean is not None

    def look_at_agents(self, agents: Sequence[AgentConfig]) -> bool:
        """The same for what agents are told of themselves, where that is new."""
        has_told = False
        for agent in agents:
            if self._seen.get(agent.agent_id) == agent.soul_md:
                continue
            try:
                clean = self._cleaned(agent.soul_md, MAX_SOUL_CHARACTERS)
                if clean is not None:
                    message = AgentCleaned(agent_id=agent.agent_id, soul_md=clean)
                    self._store.put(message, slot=f"agent.cleaned {agent.agent_id}")
                    has_told = True
            except _UNDONE as exc:
                log.error("agent.not_cleaned", agent_id=agent.agent_id, reason=type(exc).__name__)
                continue
            self._seen[agent.agent_id] = agent.soul_md
        return has_told

    def _cleaned(self, text: str, most: int) -> str | None:
        """The words that the hub should have instead; None where it has them, or cannot keep them."""
        clean = self._redactor.current().redact(text)
        # What was named on its way in is clean already, and the hub still has it as it was typed.
        if clean == text and not placeholders(clean.encode("utf-8", "surrogatepass")):
            return None
        if len(clean) > most:
            log.warning("link.not_cleaned", characters=len(clean))
            return None
        return clean
