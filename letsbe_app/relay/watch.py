"""
Where a reader of a conversation's stream stands, and whether an event is the one that comes next. Pure.

A reader that was pushed an event out of its turn reads the stream from its position; only what is missing
*there* is a gap.
"""

from dataclasses import dataclass
from enum import StrEnum

from letsbe_app.relay.event_id import EventId
from letsbe_app.relay.stream import StreamEvent


class Turn(StrEnum):
    """How an event relates to a reader's position."""

    PAST = "past"
    """Seen already, or from before the reader began."""
    NEXT = "next"
    AHEAD = "ahead"
    """Something lies in between."""


@dataclass(frozen=True)
class Gap:
    """Events of a run are missing. ``run_id`` is empty where the reader never saw the run's id."""

    run_number: int
    run_id: str


class Watch:
    """A reader's position in one conversation."""

    def __init__(self, position: EventId, *, is_between_runs: bool) -> None:
        """
        Args:
            position: The last event that the reader has; ``N-0`` stands before run N.
            is_between_runs: Whether that event ended its run, so that a later run may follow.
        """
        self.position = position
        self._is_between_runs = is_between_runs or position.seq == 0
        self._run_id = ""
        self._given_up_run = 0

    @property
    def open_run(self) -> int | None:
        """The run whose end the reader waits for, None between runs."""
        number = self.position.run_number
        is_open = self.position.seq == 0 or not self._is_between_runs
        return number if is_open and number not in (0, self._given_up_run) else None

    def give_up_run(self) -> None:
        """The end of the open run will not come: a later run may follow."""
        self._given_up_run = self.position.run_number
        self._is_between_runs = True

    def turn(self, event: StreamEvent) -> Turn:
        """Whether the event is the next one."""
        if event.id <= self.position:
            return Turn.PAST
        if event.id.run_number == self.position.run_number:
            is_next = event.id.seq == self.position.seq + 1
        else:
            is_next = event.id.seq == 1 and self._is_between_runs
        return Turn.NEXT if is_next else Turn.AHEAD

    def take(self, event: StreamEvent) -> list[Gap]:
        """Move behind the event, and say what is missing before it."""
        gaps = self._missing_before(event) if self.turn(event) is Turn.AHEAD else []
        self.position = event.id
        self._run_id = event.run_id
        self._is_between_runs = event.is_last_of_run
        return gaps

    def _missing_before(self, event: StreamEvent) -> list[Gap]:
        gaps = []
        is_new_run = event.id.run_number != self.position.run_number
        if is_new_run and not self._is_between_runs:
            gaps.append(Gap(self.position.run_number, self._run_id))
        if not is_new_run or event.id.seq > 1:
            gaps.append(Gap(event.id.run_number, event.run_id))
        return gaps
