"""Frames that wait to be sent: deltas of one answer grow together, the same wake is kept once. Pure."""

from typing import Final

from letsbe_app.api.live.frames import Frame

MAX_DELTA_LENGTH: Final = 8_192
"""Characters of text in one frame, so that a browser that catches up paints in steps."""


class Coalescer:
    """Keeps the order of every conversation's frames."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self._open_delta: dict[str, Frame] = {}
        self._wakes: set[tuple[str, str]] = set()
        self.has_only_deltas = True
        """Whether nothing is lost to the eye by waiting a moment."""

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: Frame) -> None:
        """Add a frame behind the others."""
        if frame["type"] == "wake":
            key = (frame["topic"], frame["id"])
            if key in self._wakes:
                return
            self._wakes.add(key)
        conversation_id = frame.get("conversation_id", "")
        if not _is_delta(frame):
            self._open_delta.pop(conversation_id, None)
            self._frames.append(frame)
            self.has_only_deltas = False
            return
        last = self._open_delta.get(conversation_id)
        if last is not None and _grow(last, frame):
            return
        # A copy, since it may grow, and other browsers of this worker hold the same body.
        own = {**frame, "body": dict(frame["body"])}
        self._open_delta[conversation_id] = own
        self._frames.append(own)

    def take(self) -> list[Frame]:
        """Everything that waits, in order."""
        frames = self._frames
        self._frames = []
        self._open_delta.clear()
        self._wakes.clear()
        self.has_only_deltas = True
        return frames


def _is_delta(frame: Frame) -> bool:
    return bool(frame["type"] == "run" and frame["body"].get("type") == "delta")


def _grow(last: Frame, frame: Frame) -> bool:
    length = len(last["body"]["text"]) + len(frame["body"]["text"])
    if last["run_id"] != frame["run_id"] or length > MAX_DELTA_LENGTH:
        return False
    last["body"]["text"] += frame["body"]["text"]
    last["id"] = frame["id"]
    return True
