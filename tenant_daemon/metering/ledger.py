"""
``Ledger``: what was used, in memory, so that a budget can be checked before every request.

One process counts, so what it holds is what the meter's file holds. Usage is entered in the same step in
which the reservation for it is given back: in between nobody can spend it twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_WINDOWS: Final = 32
"""How many beginnings of periods are remembered with their sums."""


@dataclass(frozen=True)
class Spent:
    """Tokens of one agent in one hour."""

    hour: datetime
    agent_id: str
    tokens: int


class Ledger:
    """Used by one event loop."""

    def __init__(self, spent: Iterable[Spent]) -> None:
        self._hours: dict[tuple[datetime, str], int] = {}
        self._windows: dict[datetime, dict[str, int]] = {}
        self.total = 0
        """Of all hours and agents."""
        for entry in spent:
            self.add(entry.agent_id, entry.hour, entry.tokens)

    def add(self, agent_id: str, at: datetime, tokens: int) -> None:
        """Enter what a request used that was opened at this time."""
        hour = hour_of(at)
        self._hours[hour, agent_id] = self._hours.get((hour, agent_id), 0) + tokens
        self.total += tokens
        for since, window in self._windows.items():
            if hour >= since:
                window[agent_id] = window.get(agent_id, 0) + tokens

    def used(self, agents: frozenset[str] | None, since: datetime) -> int:
        """Tokens of these agents (None: all) from the hour on in which ``since`` lies."""
        window = self._window(hour_of(since))
        if agents is None:
            return sum(window.values())
        return sum(window.get(agent_id, 0) for agent_id in agents)

    def _window(self, since: datetime) -> dict[str, int]:
        if since not in self._windows:
            if len(self._windows) >= _WINDOWS:
                self._windows.clear()
            window: dict[str, int] = {}
            for (hour, agent_id), tokens in self._hours.items():
                if hour >= since:
                    window[agent_id] = window.get(agent_id, 0) + tokens
            self._windows[since] = window
        return self._windows[since]


def hour_of(at: datetime) -> datetime:
    """The beginning of the hour, UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
