"""OpenClaw's session keys: which agent, which conversation."""

import re
from typing import Final

_CHAT: Final = re.compile(r"agent:(?P<agent>[a-z][a-z0-9-]{0,39}):c-(?P<conversation>[A-Za-z0-9_-]{1,64})")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def chat_session_key(agent_id: str, conversation_id: str) -> str:
    """
    The session of a conversation with an agent.

    Raises:
        ValueError: The conversation's id cannot be part of a key.
    """
    if not _ID.fullmatch(conversation_id):
        raise ValueError("a conversation's id has 1 to 64 letters, digits, - or _")
    return f"agent:{agent_id}:c-{conversation_id}"


def conversation_of(session_key: str) -> tuple[str, str] | None:
    """Agent and conversation of a session, or None when it is no chat."""
    match = _CHAT.fullmatch(session_key)
    return (match["agent"], match["conversation"]) if match else None


def neutralise(text: str) -> str:
    """
    The text as the agent shall read it, never as a command to OpenClaw.

    ``chat.send`` runs messages that begin with a slash (``/model``, ``/exec`` ...) as OpenClaw's own
    commands. A word joiner, which nobody sees, in front of the first visible character prevents that.
    """
    visible = text.lstrip()
    if not visible.startswith(("/", "!")):
        return text
    return f"\u2060{visible}"
