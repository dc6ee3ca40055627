"""Where a process writes its log."""

from contextlib import suppress
from typing import TextIO


class LogOutput:
    """
    A stream that loses what cannot be written, on a full disk say.

    A line that raised would end whatever wanted to tell of it: the request, the connection, the process.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """As the stream does, but for its errors."""
        # ValueError: whoever started us has closed it.
        with suppress(OSError, ValueError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        """As the stream does, but for its errors."""
        with suppress(OSError, ValueError):
            self._stream.flush()
