"""When a word may reach somebody. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from letsbe_app.db.models import NoticePreference


def due_at(now: datetime, expires_at: datetime, wanted: NoticePreference, *, is_urgent: bool) -> datetime:
    """
    The first moment outside the person's quiet hours.

    What would be pointless by then, and what is urgent, is due now: being woken is better than finding out
    too late.
    """
    if is_urgent or not wanted.quiet_from or wanted.quiet_from == wanted.quiet_until:
        return now
    end = _end_of_quiet(now.astimezone(ZoneInfo(wanted.time_zone)), wanted)
    return now if end is None or end >= expires_at else end


def _end_of_quiet(local: datetime, wanted: NoticePreference) -> datetime | None:
    begin, end = time.fromisoformat(wanted.quiet_from), time.fromisoformat(wanted.quiet_until)
    clock = local.time().replace(tzinfo=None)
    is_over_midnight = begin > end
    is_quiet = (clock >= begin or clock < end) if is_over_midnight else begin <= clock < end
    if not is_quiet:
        return None
    is_tomorrow = is_over_midnight and clock >= begin
    day = local.date() + timedelta(days=1) if is_tomorrow else local.date()
    return datetime.combine(day, end, local.tzinfo)
