"""
Why each agent was refused last, in plain words.

OpenClaw rewrites what a provider says into advice for programmers; the link asks here for what the owner
should read instead.
"""

import time
from typing import Final

_KEPT_SECONDS: Final = 120.0
_AGENTS: Final = 200


class Refusals:
    """Remembers one for each agent, for a short time."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, str]] = {}

    def note(self, agent_id: str, message: str) -> None:
        """The agent was refused, or its provider failed."""
        if len(self._last) >= _AGENTS:
            self._last.clear()
        self._last[agent_id] = (time.monotonic(), message)

    def forget(self, agent_id: str) -> None:
        """The agent was served."""
        self._last.pop(agent_id, None)

    def last(self, agent_id: str) -> str:
        """The message; empty when there is no recent one."""
        at, message = self._last.get(agent_id, (0.0, ""))
        return message if time.monotonic() - at <= _KEPT_SECONDS else ""
