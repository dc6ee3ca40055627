"""Text for an agent that is never taken for a command to OpenClaw."""

from typing import Final

WORD_JOINER: Final = "\u2060"
"""Invisible, and no blank to any trimming function."""


def neutralise(text: str) -> str:
    """
    The text as the agent shall read it.

    ``chat.send`` takes some messages for itself: those that begin with ``/`` or ``!``, and bare words such
    as "stop" or "abort" in many languages, which then get no answer and no event at all. It looks at the
    message's beginning, so an invisible character in front of every message prevents all of it. The same
    mark shows the plugin that the daemon began a run.
    Commands in mid-sentence are off by configuration (``commands.allowFrom``).
    """
    return f"{WORD_JOINER}{text}"
