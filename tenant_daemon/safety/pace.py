"""
How fast an agent may call, and whether it goes round in circles. Pure but for the clock.

An agent whose model is stuck, or was told to wear the owner out, makes the same call again and again or a
flood of calls. It is held back until it has paused; its owner hears of it once.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tenant_daemon.settings import Pace

_MINUTE: Final = 60.0
_HOUR: Final = 3_600.0
QUIET_SECONDS: Final = 3_600.0
"""So long nothing may happen until being held back is news again."""


@dataclass(frozen=True)
class HeldBack:
    """A call that does not run for its sheer number."""

    reason: str
    """For the agent: what happened and what to do instead."""
    told: str
    """For the owner, one sentence; empty when they were told already."""


@dataclass
class _Agent:
    calls: deque[tuple[float, str]] = field(default_factory=deque)
    held_at: float | None = None


class PaceKeeper:
    """One per wrapper. What it knows is gone with the process: a restart is a pause as well."""

    def __init__(self, limits: Pace, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._agents: dict[str, _Agent] = {}

    def check(self, agent_id: str, call: str) -> HeldBack | None:
        """
        Count a call; None lets it go on.

        Args:
            call: What makes two calls the same, such as a digest of the action.
        """
        now = self._clock()
        agent = self._agents.setdefault(agent_id, _Agent())
        while agent.calls and now - agent.calls[0][0] > _HOUR:
            agent.calls.popleft()
        # Refused ones count as well: going on like this is no pause.
        agent.calls.append((now, call))
        while len(agent.calls) > 2 * self._limits.calls_per_hour:
            agent.calls.popleft()
        problem = self._problem(agent, call, now)
        if problem is None:
            return None
        is_news = agent.held_at is None or now - agent.held_at > QUIET_SECONDS
        agent.held_at = now
        reason, told = problem
        return HeldBack(reason, told if is_news else "")

    def _problem(self, agent: _Agent, call: str, now: float) -> tuple[str, str] | None:
        limits = self._limits
        same = sum(1 for at, made in agent.calls if made == call and now - at <= limits.same_call_seconds)
        if same > limits.same_calls:
            minutes = max(1, round(limits.same_call_seconds / _MINUTE))
            return (
                f"You have made exactly this call {same} times in {minutes} minutes, so it is not made "
                "again. Making it again will not change the answer: use what you have, try another way, or "
                "tell the owner what you are waiting for.",
                f"made the same call {same} times in {minutes} minutes",
            )
        in_minute = sum(1 for at, _made in agent.calls if now - at <= _MINUTE)
        if in_minute > limits.calls_per_minute:
            return (
                f"You have made {in_minute} calls within a minute; {limits.calls_per_minute} are allowed. "
                "Wait a minute, then go on with fewer calls, each doing more.",
                f"made {in_minute} calls within a minute",
            )
        if len(agent.calls) > limits.calls_per_hour:
            return (
                f"You have made more than {limits.calls_per_hour} calls within an hour. Stop here, and tell "
                "the owner how far you have come.",
                f"made more than {limits.calls_per_hour} calls within an hour",
            )
        return None
