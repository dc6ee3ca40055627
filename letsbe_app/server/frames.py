"""
Taking a websocket over from ASGI.

A route of ASGI keeps a task, its frames and all middleware around it for as long as its websocket is open.
For thousands of servers that say something every 15 seconds that is most of what they cost. So a route may
hand its websocket to a listener and end; the server then calls the listener for every frame.
"""

from typing import Final, Protocol

from starlette.types import Scope

EXTENSION: Final = "letsbe.frames"
"""Name of the ASGI extension."""


class Wire(Protocol):
    """The websocket, as the listener uses it."""

    @property
    def is_congested(self) -> bool:
        """Whether the peer reads too slowly; ``FrameListener.room_again`` says when that is over."""

    def write(self, frame: str) -> None:
        """Send a text frame; does nothing when the peer is gone."""

    def close(self, code: int, reason: str) -> None:
        """Say good-bye; ``FrameListener.connection_lost`` follows."""

    def pause_reading(self) -> None:
        """Let frames wait in the socket, which in the end holds the peer back."""

    def resume_reading(self) -> None:
        """Go on after ``pause_reading``."""

    def pass_on(self, listener: "FrameListener") -> None:
        """Another listener from now on; it is told at once when the peer is gone already."""


class FrameListener(Protocol):
    """Who is called once the websocket is taken over, always from the event loop."""

    def frame_received(self, frame: str | bytes) -> None: ...

    def room_again(self) -> None:
        """The wire is no longer congested."""

    def connection_lost(self) -> None:
        """Nothing comes after this."""


class Handover(Protocol):
    """What the extension holds."""

    @property
    def wire(self) -> Wire:
        """To send frames without ASGI's way through all middleware, while the route goes on reading."""

    def hand_over(self, listener: FrameListener) -> Wire:
        """From now on the listener gets every frame, also those that waited; the route may end."""


def handover_of(scope: Scope) -> Handover:
    """
    The way to take an accepted websocket over.

    Raises:
        LookupError: The application runs in another server than ``letsbe_app.server``.
    """
    offered: Handover = scope["extensions"][EXTENSION]
    return offered
