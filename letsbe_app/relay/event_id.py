"""The name of a run event: ``run_number-seq``, the same at the daemon, in Redis and in the browser."""

import re
from typing import Final, NamedTuple

# Redis holds both parts in 64 bits; fifteen digits stay exact in its scripts and in JavaScript.
_FORM: Final = re.compile(r"(\d{1,15})-(\d{1,15})")


class EventId(NamedTuple):
    """Ordered as the events are."""

    run_number: int
    seq: int

    def __str__(self) -> str:
        return f"{self.run_number}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> "EventId":
        """The id in a text; raises ValueError."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"not an event id: {text[:40]!r}")
        return cls(int(found[1]), int(found[2]))


START: Final = EventId(0, 0)
"""Before every event."""
