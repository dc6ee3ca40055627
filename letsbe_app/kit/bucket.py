"""A token bucket: so much at once, so much per second after that. Pure."""


class Bucket:
    """Says how long to wait; taking more than there is makes debts, which the wait pays."""

    __slots__ = ("_at", "_burst", "_left", "_per_second")

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = burst
        self._at: float | None = None

    def take(self, amount: float, now: float) -> float:
        """
        Take some and give the seconds to wait before the next.

        Args:
            amount: How much is used.
            now: A monotonic time.
        """
        if self._at is not None:
            self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        self._left -= amount
        return max(0.0, -self._left / self._per_second)
