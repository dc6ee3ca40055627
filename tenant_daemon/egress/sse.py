"""Server-sent events, as far as model providers use them: ``data:`` lines between blank lines."""

from tenant_daemon.egress.errors import Refused

DONE = b"[DONE]"
"""The data of OpenAI's last event."""
MAX_EVENT_BYTES = 4 * 1024 * 1024


class EventReader:
    """Bytes in, the data of whole events out (WHATWG HTML, section 9.2)."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """
        The data of the events that ended in ``data``.

        Raises:
            Refused: An event grows over the limit.
        """
        # A lone CR as line end is allowed by the standard and written by no provider.
        *lines, self._rest = (self._rest + data).split(b"\n")
        events = []
        for line in lines:
            event = self._line(line.removesuffix(b"\r"))
            if event is not None:
                events.append(event)
        if self._size + len(self._rest) > MAX_EVENT_BYTES:
            raise Refused(502, "upstream_invalid", "The model's answer holds an event that is too large.")
        return events

    def _line(self, line: bytes) -> bytes | None:
        if line.startswith(b"data:"):
            value = line[5:].removeprefix(b" ")
            self._lines.append(value)
            self._size += len(value)
            return None
        if line or not self._lines:
            return None  # A comment, a field we do not use, or an empty event.
        event = b"\n".join(self._lines)
        self._lines, self._size = [], 0
        return event


def written(data: bytes, name: str = "") -> bytes:
    """An event with this data and name, neither of which has a line break."""
    # A name with one could only come from the provider; without its name an event is still an event.
    head = b"event: " + name.encode() + b"\n" if name.isprintable() and name else b""
    return head + b"data: " + data + b"\n\n"
