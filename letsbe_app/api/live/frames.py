"""
What goes over the browser's stream, ``/api/v1/customer/stream``: JSON text frames.

    browser -> {"type": "watch", "conversation_id": ID, "after": "3-17"}
               {"type": "unwatch", "conversation_id": ID}
               {"type": "ping"}
    hub     -> {"type": "run", "conversation_id": ID, "id": "3-18", "run_id": RID, "body": {RunEventBody}}
               {"type": "gap", "conversation_id": ID, "run_id": RID}
               {"type": "wake", "topic": TOPIC, "id": ID}
               {"type": "error", "code": CODE, "conversation_id": ID}
               {"type": "pong"}

After a ``gap`` the events before the next one are lost: the message is to be read again by REST. The
topic ``resumed`` means that wakes may have been missed. Deltas that come close together arrive as one frame
with the id of the last.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from letsbe_app.relay.event_id import EventId

CLOSE_BAD_MESSAGE: Final = 4400
"""The browser sent something that is no frame of ours. Connecting again unchanged will not help."""
CLOSE_NOT_SIGNED_IN: Final = 4401
"""No session, or it ended. Sign in first."""
CLOSE_TOO_SLOW: Final = 4408
"""The browser did not read for too long. Connect again and resume by id."""
CLOSE_TRY_LATER: Final = 1013

MAX_FRAME_BYTES: Final = 4_096
MAX_WATCHES: Final = 16


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class WatchFrame(_Frame):
    """Follow a conversation from behind an event."""

    type: Literal["watch"]
    conversation_id: str = Field(min_length=1, max_length=60)
    after: str = "0-0"

    @field_validator("after")
    @classmethod
    def _is_event_id(cls, value: str) -> str:
        return str(EventId.parse(value))


class UnwatchFrame(_Frame):
    """Follow it no more."""

    type: Literal["unwatch"]
    conversation_id: str = Field(min_length=1, max_length=60)


class PingFrame(_Frame):
    """Are you there?"""

    type: Literal["ping"]


ClientFrame = WatchFrame | UnwatchFrame | PingFrame
_client_frame: TypeAdapter[ClientFrame] = TypeAdapter(
    Annotated[WatchFrame | UnwatchFrame | PingFrame, Field(discriminator="type")]
)

Frame = dict[str, Any]
"""A frame to the browser."""

PONG: Final[Frame] = {"type": "pong"}
RESUMED: Final[Frame] = {"type": "wake", "topic": "resumed", "id": ""}


def parse_client_frame(text: str | bytes) -> ClientFrame:
    """The browser's frame; raises ValueError."""
    if len(text) > MAX_FRAME_BYTES:
        raise ValueError("frame too large")
    return _client_frame.validate_json(text)


def wake_frame(topic: str, subject_id: str) -> Frame:
    """Something changed."""
    return {"type": "wake", "topic": topic, "id": subject_id}


def run_frame(conversation_id: str, event_id: EventId, run_id: str, body: dict[str, Any]) -> Frame:
    """An event of a running answer."""
    return {
        "type": "run",
        "conversation_id": conversation_id,
        "id": str(event_id),
        "run_id": run_id,
        "body": body,
    }


def gap_frame(conversation_id: str, run_id: str) -> Frame:
    """Events are missing."""
    return {"type": "gap", "conversation_id": conversation_id, "run_id": run_id}


def error_frame(code: str, conversation_id: str) -> Frame:
    """A watch that was refused."""
    return {"type": "error", "code": code, "conversation_id": conversation_id}
