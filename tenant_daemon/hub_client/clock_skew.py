"""Times that the hub tells by a clock of its own, while this server's may be wrong by hours. Pure."""

from datetime import datetime
from typing import Final, TypeVar

from tenant_daemon.contracts.base import Message

_FIELDS: Final = ("expires_at", "remember_until")
"""Until when something may be done. Other times say what happened, and stay as the hub told them."""

AnyMessage = TypeVar("AnyMessage", bound=Message)


def on_our_clock(payload: AnyMessage, sent_at: datetime, now: datetime) -> AnyMessage:
    """
    The message with its ends moved to our clock, so that it is good for as long here as it is there.

    Args:
        payload: What came.
        sent_at: When its frame was sent, by the hub's clock; each time that it is sent again, anew.
        now: By ours.
    """
    behind = now - sent_at
    moved: dict[str, datetime] = {}
    for name in _FIELDS:
        end = getattr(payload, name, None)
        if isinstance(end, datetime):
            try:
                moved[name] = end + behind
            except OverflowError:
                # At the end of all years: no clock is so wrong.
                continue
    return payload.model_copy(update=moved) if moved else payload
