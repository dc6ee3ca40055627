"""Times that a server tells by a clock of its own, which may be wrong by hours. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, TypeVar

from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalForgotten,
    ApprovalRequested,
    ApprovalSettledReport,
)
from tenant_daemon.contracts.base import Message
from tenant_daemon.contracts.changes import ChangeRecorded, ChangeSettled
from tenant_daemon.contracts.secrets import CanarySeen, SecretsListed, SecretSummary

Told = TypeVar("Told", bound=Message)

TOLERATED: Final = timedelta(minutes=1)
"""So much lies between clocks that are right, and a frame's way."""
_TIMES: Final[Mapping[type[Message], tuple[str, ...]]] = {
    ApprovalRequested: ("created_at", "expires_at"),
    ApprovalSettledReport: ("settled_at",),
    ApprovalCarriedOut: ("ended_at",),
    ApprovalForgotten: ("forgotten_at",),
    ChangeRecorded: ("created_at", "undo_until"),
    ChangeSettled: ("settled_at",),
    CanarySeen: ("seen_at",),
    SecretSummary: ("changed_at", "used_at"),
}
"""
What people read as times, and what is open until then. Not an hour of metering, nor when an agent was held
back: they are names, by which a second delivery is known.
"""


def on_our_clock(told: Told, sent_at: datetime, now: datetime) -> Told:
    """
    What came, with its times moved to our clock: what is open there for a while is open here for as long.

    Args:
        told: What came.
        sent_at: When its frame was sent, by the server's clock; also of one that waited before.
        now: By ours.
    """
    ahead = sent_at - now
    if abs(ahead) <= TOLERATED:
        return told
    try:
        if isinstance(told, SecretsListed):
            return told.model_copy(update={"secrets": [_moved(one, ahead) for one in told.secrets]})
        return _moved(told, ahead)
    except OverflowError:
        # At the end of all years: no clock is so wrong.
        return told


def _moved(told: Told, ahead: timedelta) -> Told:
    times = {name: getattr(told, name) for name in _TIMES.get(type(told), ())}
    moved = {name: time - ahead for name, time in times.items() if time is not None}
    return told.model_copy(update=moved) if moved else told
