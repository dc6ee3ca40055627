"""Frames on a stream socket: four bytes of length, then so many bytes."""

from collections.abc import Iterator
from typing import Final

_LENGTH_BYTES: Final = 4


class FrameTooLong(ValueError):
    """The other side announced more than is taken from it."""


def framed(content: bytes) -> bytes:
    """The content as it goes onto the wire."""
    return len(content).to_bytes(_LENGTH_BYTES, "big") + content


class FrameReader:
    """Takes what arrives, gives whole frames. After an error the connection is of no more use."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """
        The frames that are complete now; take all of them before feeding more.

        Raises:
            FrameTooLong: One that begins here is longer than allowed.
        """
        self._waiting += data
        while len(self._waiting) >= _LENGTH_BYTES:
            length = int.from_bytes(self._waiting[:_LENGTH_BYTES], "big")
            if length > self._most_bytes:
                raise FrameTooLong(f"a frame of {length} bytes, at most {self._most_bytes} are taken")
            end = _LENGTH_BYTES + length
            if len(self._waiting) < end:
                return
            content = bytes(self._waiting[_LENGTH_BYTES:end])
            del self._waiting[:end]
            yield content
