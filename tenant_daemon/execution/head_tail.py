"""The beginning and the end of an output of any length, in bounded memory."""


class HeadTail:
    """Keeps the first and the last half of ``limit_bytes``, and says how much was between."""

    def __init__(self, limit_bytes: int) -> None:
        self._half = limit_bytes // 2
        self._head = bytearray()
        self._tail = bytearray()
        self._total = 0

    def add(self, chunk: bytes) -> None:
        """The next piece of the output."""
        self._total += len(chunk)
        room = self._half - len(self._head)
        if room > 0:
            self._head += chunk[:room]
            chunk = chunk[room:]
        self._tail += chunk
        if len(self._tail) > 2 * self._half:
            del self._tail[: -self._half]

    @property
    def is_cut(self) -> bool:
        """Whether something was left out."""
        return self._total > len(self._head) + min(len(self._tail), self._half)

    def text(self, whole: str = "") -> str:
        """
        What was kept, cut at line ends where there are any.

        Args:
            whole: Where the whole of it can be read.
        """
        tail = bytes(self._tail[-self._half :])
        left_out = self._total - len(self._head) - len(tail)
        if not left_out:
            return (bytes(self._head) + tail).decode("utf-8", "replace")
        head = bytes(self._head)
        # Whole lines: a secret cut in two at the seam would not be recognised any more.
        head = whole_lines(head)
        first_line_end = tail.find(b"\n")
        tail = tail[first_line_end + 1 :] if first_line_end >= 0 else tail
        left_out = self._total - len(head) - len(tail)
        where = f"; all of it: {whole}" if whole else ""
        note = f"\n[... {left_out} bytes left out{where} ...]\n"
        return head.decode("utf-8", "replace") + note + tail.decode("utf-8", "replace")


def whole_lines(content: bytes) -> bytes:
    """Content that was cut at a limit, without the line that the cut went through."""
    return content[: content.rfind(b"\n") + 1] or content
