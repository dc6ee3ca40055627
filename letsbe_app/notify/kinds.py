"""
What people are told, and how. Pure.

A title, a sentence and where to look: nothing of what an agent asked, said or did. A push passes the services
of browser makers and stands on locked screens.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """A way to a person."""

    PUSH = "push"
    EMAIL = "email"


@dataclass(frozen=True)
class Kind:
    """One kind of word."""

    name: str
    title: str
    text: str
    path: str
    """Where a tap leads; ``{subject}`` is the id of what it is about."""
    channels: tuple[Channel, ...]
    is_urgent: bool = False
    """Also in quiet hours."""


_BOTH: Final = (Channel.PUSH, Channel.EMAIL)

APPROVAL_WAITING: Final = Kind(
    "approval_waiting",
    "Something waits for your approval",
    "One of your agents asks before it goes on.",
    "/portal/approvals#{subject}",
    (Channel.PUSH,),
)
APPROVAL_REMINDER: Final = Kind(
    "approval_reminder",
    "An approval still waits for you",
    "One of your agents cannot go on until somebody decides.",
    "/portal/approvals#{subject}",
    _BOTH,
)
APPROVAL_ENDS: Final = Kind(
    "approval_ends",
    "An approval is about to expire",
    "Without a decision it will be denied soon.",
    "/portal/approvals#{subject}",
    _BOTH,
)
CANARY_SEEN: Final = Kind(
    "canary_seen",
    "A planted secret was touched",
    "Somebody or something reads secrets on your server. Look at it now.",
    "/portal/secrets",
    _BOTH,
    is_urgent=True,
)
SERVER_OFFLINE: Final = Kind(
    "server_offline",
    "Your server is offline",
    "It has not called us for a while. What you write waits until it is back.",
    "/portal",
    _BOTH,
)
SERVER_BACK: Final = Kind("server_back", "Your server is back", "It works again.", "/portal", (Channel.PUSH,))
SERVER_READY: Final = Kind(
    "server_ready", "Your server is ready", "Your agents have moved in.", "/portal", _BOTH
)
SERVER_FAILED: Final = Kind(
    "server_failed",
    "Setting up your server stopped",
    "The page says what happened, and lets you try again.",
    "/portal/provisioning/{subject}",
    _BOTH,
)
BUDGET: Final = Kind(
    "budget", "A token budget is nearly used", "See how far it goes, and what you can do.", "/portal", _BOTH
)
TEST: Final = Kind(
    "test", "It works", "This device will tell you what waits.", "/portal/settings", (Channel.PUSH,)
)

KINDS: Final = {
    kind.name: kind
    for kind in (
        APPROVAL_WAITING,
        APPROVAL_REMINDER,
        APPROVAL_ENDS,
        CANARY_SEEN,
        SERVER_OFFLINE,
        SERVER_BACK,
        SERVER_READY,
        SERVER_FAILED,
        BUDGET,
        TEST,
    )
}
