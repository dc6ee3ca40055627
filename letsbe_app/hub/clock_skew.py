"""Times that a server tells by a clock of its own, which may be wrong by hours. Pure."""

from datetime import datetime, timedelta
from typing import Final

from tenant_daemon.contracts.approvals import ApprovalRequested

TOLERATED: Final = timedelta(minutes=1)
"""So much lies between clocks that are right, and a frame's way."""


def on_our_clock(asked: ApprovalRequested, sent_at: datetime, now: datetime) -> ApprovalRequested:
    """
    The question with its times moved to our clock, so that it stays open here as long as it does there.

    Args:
        asked: What came.
        sent_at: When its frame was sent, by the server's clock; also of one that waited before.
        now: By ours.
    """
    ahead = sent_at - now
    if abs(ahead) <= TOLERATED:
        return asked
    try:
        created_at, expires_at = asked.created_at - ahead, asked.expires_at - ahead
    except OverflowError:
        # At the end of all years: no clock is so wrong.
        return asked
    return asked.model_copy(update={"created_at": created_at, "expires_at": expires_at})
