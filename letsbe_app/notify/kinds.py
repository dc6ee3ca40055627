"""
What people are told, and how. Pure.

A title, a sentence and where to look: nothing of what an agent asked, said or did. A push passes the services
of browser makers and stands on locked screens.
"""

from collections.abc import Sequence
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
    several: str = ""
    """The title of one letter about ``{count}`` such things; without it each has a letter of its own."""
    tells_end: bool = False
    """A letter says until when somebody may decide."""

    def title_for(self, count: int) -> str:
        """The title of a letter about so many."""
        return self.title if count == 1 else self.several.format(count=count)

    def path_for(self, subjects: Sequence[str]) -> str:
        """Where to look; several things are seen in their list."""
        if len(subjects) == 1:
            return self.path.format(subject=subjects[0])
        return self.path.partition("#")[0]


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
    several="{count} approvals still wait for you",
    tells_end=True,
)
APPROVAL_ENDS: Final = Kind(
    "approval_ends",
    "An approval is about to expire",
    "Without a decision it will be denied soon.",
    "/portal/approvals#{subject}",
    _BOTH,
    several="{count} approvals are about to expire",
    tells_end=True,
)
APPROVAL_EXPIRED: Final = Kind(
    "approval_expired",
    "An approval has expired",
    "Nobody decided in time, so it was denied and nothing was done. Ask the agent again if you want it.",
    "/portal/approvals#{subject}",
    _BOTH,
    several="{count} approvals have expired",
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
SERVER_LOCKED: Final = Kind(
    "server_locked",
    "Your server's vault is locked",
    "Your agents do nothing until it is opened on the server. Your portal says why, and what opens it.",
    "/portal",
    _BOTH,
)
SERVER_FULL: Final = Kind(
    "server_full",
    "Your server's disk is full",
    "Your agents do nothing until there is room again. What you write waits until then.",
    "/portal",
    _BOTH,
)
SERVER_NEARLY_FULL: Final = Kind(
    "server_nearly_full",
    "Your server's disk is nearly full",
    "Once it is full your agents stop. Make room now, or write to us.",
    "/portal",
    _BOTH,
)
AGENTS_DOWN: Final = Kind(
    "agents_down",
    "Your agents do not start",
    "Your server tries again by itself, and what you write waits. If it lasts, write to us.",
    "/portal",
    _BOTH,
)
SERVER_BACK: Final = Kind(
    "server_back", "Your server is well again", "Your agents are back at work.", "/portal", (Channel.PUSH,)
)
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
ORDER_CANCELLED: Final = Kind(
    "order_cancelled",
    "Your order was cancelled",
    "Your server could not be set up, so we have ended the order, and nothing more is charged for it. If you "
    "have paid and the money does not come back within a week, write to help@letsbe.biz.",
    "/portal/provisioning/{subject}",
    _BOTH,
)
BUDGET: Final = Kind(
    "budget", "A token budget is nearly used", "See how far it goes, and what you can do.", "/portal", _BOTH
)
TEST: Final = Kind(
    "test",
    "It works",
    "This device will tell you what waits.",
    "/portal/settings",
    (Channel.PUSH,),
    # Somebody has just asked for it, and waits to see it.
    is_urgent=True,
)

KINDS: Final = {
    kind.name: kind
    for kind in (
        APPROVAL_WAITING,
        APPROVAL_REMINDER,
        APPROVAL_ENDS,
        APPROVAL_EXPIRED,
        CANARY_SEEN,
        SERVER_OFFLINE,
        SERVER_LOCKED,
        SERVER_FULL,
        SERVER_NEARLY_FULL,
        AGENTS_DOWN,
        SERVER_BACK,
        SERVER_READY,
        SERVER_FAILED,
        ORDER_CANCELLED,
        BUDGET,
        TEST,
    )
}
