"""When a word may reach somebody, and a moment in the words of their clock. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from letsbe_app.db.models import NoticePreference


def due_at(now: datetime, expires_at: datetime, wanted: NoticePreference, *, is_urgent: bool) -> datetime:
    """
    The first moment outside the person's quiet hours.

    What would be pointless by then, and what is urgent, is due now: being woken is better than finding out
    too late.
    """
    if is_urgent or not wanted.quiet_from or wanted.quiet_from == wanted.quiet_until:
        return now
    end = _end_of_quiet(now.astimezone(_zone(wanted.time_zone)), wanted)
    return now if end is None or end >= expires_at else end


def until_words(moment: datetime, time_zone: str, count: int) -> str:
    """Until when one thing, or the first of several, may be decided."""
    local = moment.astimezone(_zone(time_zone))
    what = "It waits" if count == 1 else "The first one waits"
    return f"{what} until {local:%H:%M} on {local.day} {local:%B %Y} ({time_zone})."


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        # It was known when it was chosen; an update of the system's list may have dropped it.
        return ZoneInfo("UTC")


def _end_of_quiet(local: datetime, wanted: NoticePreference) -> datetime | None:
    begin, end = time.fromisoformat(wanted.quiet_from), time.fromisoformat(wanted.quiet_until)
    clock = local.time().replace(tzinfo=None)
    is_over_midnight = begin > end
    is_quiet = (clock >= begin or clock < end) if is_over_midnight else begin <= clock < end
    if not is_quiet:
        return None
    is_tomorrow = is_over_midnight and clock >= begin
    day = local.date() + timedelta(days=1) if is_tomorrow else local.date()
    morning = datetime.combine(day, end, local.tzinfo)
    # When clocks go back an hour comes twice: in its second turn the end of the first one is over already.
    is_over = morning.astimezone(UTC) <= local.astimezone(UTC)
    # In UTC, since times of zones that come twice or never equal nothing (PEP 495).
    return (morning.replace(fold=1) if is_over else morning).astimezone(UTC)
