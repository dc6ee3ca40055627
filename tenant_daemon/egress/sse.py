"""Server-sent events, as far as model providers use them: ``data:`` lines between blank lines."""

from tenant_daemon.egress.errors import Refused

DONE = b"[DONE]"
"""The data of OpenAI's last event."""
MAX_EVENT_BYTES = 4 * 1024 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EventReader:
    """Bytes in, the data of whole events out (WHATWG HTML, section 9.2)."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0
        self._is_begun = False
        self._was_return = False
        """Whether what came last is a carriage return: a line feed that follows belongs to it."""

    def feed(self, data: bytes) -> list[bytes]:
        """
        The data of the events that ended in ``data``.

        Raises:
            Refused: An event grows over the limit.
        """
        *lines, self._rest = (self._rest + self._with_line_feeds(data)).split(b"\n")
        events = [event for line in lines if (event := self._line(line)) is not None]
        if self._size + len(self._rest) > MAX_EVENT_BYTES:
            raise Refused(502, "upstream_invalid", "The model's answer holds an event that is too large.")
        return events

    def finish(self) -> list[bytes]:
        """
        The data of an event that nothing ended but the end of the stream.

        A browser drops it, since it may have been cut; here its JSON tells whether it is whole.
        """
        return self.feed(b"\n\n")

    def _with_line_feeds(self, data: bytes) -> bytes:
        """The same with every end of a line as a line feed."""
        if self._was_return:
            data = data.removeprefix(b"\n")
        self._was_return = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data

    def _line(self, line: bytes) -> bytes | None:
        if not self._is_begun:
            line, self._is_begun = line.removeprefix(_BYTE_ORDER_MARK), True
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
