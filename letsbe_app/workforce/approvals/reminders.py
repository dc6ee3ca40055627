"""When people are reminded of what waits, and who. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

FIRST_REMINDER: Final = timedelta(hours=1)
SECOND_REMINDER: Final = timedelta(hours=12)
FURTHER_REMINDERS: Final = timedelta(days=1)
BEFORE_THE_END: Final = timedelta(hours=1)
_LEAST_BETWEEN: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Reminder:
    """One word to people that an approval still waits. Holds no content: a channel shows what it may."""

    approval_id: str
    customer_id: str
    tenant_id: str
    number: int
    """1, 2, 3."""
    user_ids: tuple[str, ...]
    """All who may decide. At first the question only stands in the portal, where the owner sees it."""
    expires_at: datetime
    is_last: bool


class ReminderChannel(Protocol):
    """A way to people. It may fail without harm: the question also stands in the portal."""

    async def deliver(self, reminder: Reminder) -> None:
        """Tell them."""


def reminder_times(created_at: datetime, expires_at: datetime) -> list[datetime]:
    """
    When to remind: after an hour, after twelve, every day from then on, and an hour before it expires.

    Nothing expires without a reminder: a question that lives for less than two hours has its last one at half
    of its time.
    """
    lifetime = expires_at - created_at
    wanted = [created_at + FIRST_REMINDER, expires_at - min(BEFORE_THE_END, lifetime / 2)]
    further = created_at + SECOND_REMINDER
    while further < expires_at:
        wanted.append(further)
        further += FURTHER_REMINDERS
    times: list[datetime] = []
    for time in sorted(time for time in wanted if created_at < time < expires_at):
        if not times or time - times[-1] >= _LEAST_BETWEEN:
            times.append(time)
    return times


def next_reminder(created_at: datetime, expires_at: datetime, after: datetime) -> datetime | None:
    """The first time for a reminder that lies behind ``after``."""
    return next((time for time in reminder_times(created_at, expires_at) if time > after), None)
