"""
The link over plain HTTP, for networks that let no websocket through: the same frames, in batches.

A frame is the same text that the websocket carries. Each request brings the daemon's first frame again, so
any worker of the hub can answer it: nothing of an exchange lives in one process. Two requests go side by
side: ``push`` brings the daemon's frames and takes their confirmations, ``poll`` waits for what the hub has
to say. Errors are the API's usual answers; ``docs/link.md`` says which close code each stands for.
"""

from typing import Final

from pydantic import Field

from tenant_daemon.contracts.base import Message

OPEN_PATH: Final = "/link/open"
PUSH_PATH: Final = "/link/push"
POLL_PATH: Final = "/link/poll"

MAX_FRAMES: Final = 200
"""In one push."""
MAX_BATCH_CHARACTERS: Final = 1_048_576
"""Of all frames of a push together, unless it is a single one."""
MAX_BODY_BYTES: Final = 4_194_304
"""Of a push: the largest frame, with every character of it escaped."""
MAX_WAIT_SECONDS: Final = 25.0
"""Of a poll; shorter than the idle limit of the usual proxies."""


class LinkOpen(Message):
    """``POST /api/v1/tenant/link/open``: takes the link over, as opening a websocket does."""

    hello: str = Field(max_length=4_096)
    """The frame of ``link.hello``."""


class LinkOpened(Message):
    """The answer."""

    welcome: str
    """The frame of ``link.welcome``."""
    link_id: str
    """The hub's name of this link, for its polls."""


class FramesPush(Message):
    """``POST /api/v1/tenant/link/push``: frames of the daemon; the answer comes when they are applied."""

    hello: str = Field(max_length=4_096)
    frames: list[str] = Field(max_length=MAX_FRAMES)


class FramesPushed(Message):
    """Confirmations and refusals. What is neither confirmed nor refused is to be sent again."""

    frames: list[str]


class PollState(Message):
    """What the hub told this link already. The daemon gives back what the last poll's answer held."""

    under_way: list[str] = Field(default_factory=list, max_length=200)
    """Ids of durable messages that are not to be repeated."""
    last_seq: int = Field(default=0, ge=0)
    config_version: int = 0
    config_offered_at: float = 0.0


class FramesPoll(Message):
    """``POST /api/v1/tenant/link/poll``: answered when there is something to say, or when the time is up."""

    hello: str = Field(max_length=4_096)
    link_id: str = Field(
        pattern=r"^\d{20}[A-Za-z0-9_]{1,60}$", examples=["00000000000000000007lnk_01k9zq5w8x7v3m2n1c4b6t8r0e"]
    )
    state: PollState = PollState()
    wait_seconds: float = Field(default=MAX_WAIT_SECONDS, ge=0, le=MAX_WAIT_SECONDS)


class FramesPolled(Message):
    """The hub's frames, and the state for the next poll."""

    frames: list[str]
    state: PollState
