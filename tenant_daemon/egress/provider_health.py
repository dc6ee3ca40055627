"""
Whether the providers of models do what they are asked, as the newest requests have shown.

A client that asks again by itself says nothing for minutes; meanwhile this says why an agent is silent.
"""

import time
from dataclasses import dataclass
from typing import Final

_FAILURES: Final = 2
"""In a row: one may pass before anybody could read of it."""
_KEPT_SECONDS: Final = 600.0
"""So long nobody has asked; then nobody knows any more."""
_MOST: Final = 50


@dataclass
class _Trouble:
    count: int
    failed_at: float
    message: str


class ProviderHealth:
    """By the providers' names."""

    def __init__(self) -> None:
        self._troubles: dict[str, _Trouble] = {}

    def failed(self, provider: str, message: str) -> None:
        """A request came to nothing; the message is for people and holds no secret."""
        if len(self._troubles) >= _MOST:
            self._troubles.clear()
        before = self._troubles.get(provider)
        count = before.count + 1 if before and not _is_old(before) else 1
        self._troubles[provider] = _Trouble(count, time.monotonic(), message)

    def served(self, provider: str) -> None:
        """A request was answered."""
        self._troubles.pop(provider, None)

    def problem(self) -> str:
        """What the owner should know; empty while all is well, or nobody knows."""
        lasting = [one for one in self._troubles.values() if one.count >= _FAILURES and not _is_old(one)]
        return max(lasting, key=lambda one: one.failed_at).message if lasting else ""


def _is_old(trouble: _Trouble) -> bool:
    return time.monotonic() - trouble.failed_at > _KEPT_SECONDS
