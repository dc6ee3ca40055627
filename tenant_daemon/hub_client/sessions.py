"""Session keys as we use them: ``agent:<agent>:c-<conversation>``, ``...-h-<call>`` in a handover."""

import re
from dataclasses import dataclass
from typing import Final

_KEY: Final = re.compile(
    r"agent:(?P<agent>[a-z][a-z0-9-]{0,39}):c-(?P<conversation>[A-Za-z0-9_]{1,64}?)"
    r"(?:-h-(?P<call>[A-Za-z0-9_.:|-]{1,120}))?"
)


@dataclass(frozen=True)
class ChatSession:
    """
    A session of a conversation.

    ``handover_call`` names the tool call that asked the colleague; it is empty in the conversation itself.
    """

    agent_id: str
    conversation_id: str
    handover_call: str = ""

    @property
    def key(self) -> str:
        """The session key for OpenClaw."""
        suffix = f"-h-{self.handover_call}" if self.handover_call else ""
        return f"agent:{self.agent_id}:c-{self.conversation_id}{suffix}"

    @classmethod
    def parse(cls, key: str) -> "ChatSession":
        """
        The session behind a key.

        Raises:
            ValueError: The session is none of ours.
        """
        match = _KEY.fullmatch(key)
        if match is None:
            raise ValueError("not a chat session of a conversation")
        return cls(match["agent"], match["conversation"], match["call"] or "")

    @classmethod
    def parse_or_none(cls, key: str) -> "ChatSession | None":
        """The session behind a key, None when it is none of ours."""
        try:
            return cls.parse(key)
        except ValueError:
            return None
