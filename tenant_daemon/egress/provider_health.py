"""
Whether the providers of models do what they are asked, as the newest requests have shown.

A client that asks again by itself says nothing for minutes, and so does a provider that takes a request and
never answers it; meanwhile this says why an agent is silent.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

_FAILURES: Final = 2
"""In a row: one may pass before anybody could read of it."""
_KEPT_SECONDS: Final = 600.0
"""So long nobody has asked; then nobody knows any more."""
_MOST: Final = 50
_SILENT_SECONDS: Final = 10.0
"""A provider may think for so long before anybody wonders."""
_STUCK_SECONDS: Final = 90.0
"""Hardly any model thinks for so long without a word."""
_STUCK: Final = "The model's provider has taken a request and has sent nothing for more than a minute."


@dataclass
class _Trouble:
    count: int
    failed_at: float
    message: str


class Wait:
    """One request that a provider has not answered, or not whole."""

    def __init__(self) -> None:
        self.since = time.monotonic()

    def heard(self) -> None:
        """The provider said something."""
        self.since = time.monotonic()


class ProviderHealth:
    """By the providers' names."""

    def __init__(self) -> None:
        self._troubles: dict[str, _Trouble] = {}
        self._waits: set[Wait] = set()

    @contextmanager
    def waiting(self) -> Iterator[Wait]:
        """A request is with its provider for the length of the block."""
        wait = Wait()
        self._waits.add(wait)
        try:
            yield wait
        finally:
            self._waits.discard(wait)

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
        if lasting:
            return max(lasting, key=lambda one: one.failed_at).message
        return _STUCK if self._longest_wait() >= _STUCK_SECONDS else ""

    def is_silent(self) -> bool:
        """Whether a request waits for its provider for longer than most do, which need not mean anything."""
        return self._longest_wait() >= _SILENT_SECONDS

    def _longest_wait(self) -> float:
        """Seconds."""
        return time.monotonic() - min((wait.since for wait in self._waits), default=time.monotonic())


def _is_old(trouble: _Trouble) -> bool:
    return time.monotonic() - trouble.failed_at > _KEPT_SECONDS
