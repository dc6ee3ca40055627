"""The texts of a streamed answer, each behind a stream redactor of its own."""

from collections.abc import Callable, Hashable

from tenant_daemon.egress.text_streams import MOST_OPEN, stream_of
from tenant_daemon.redaction import Redactor, StreamRedactor

Written = dict[str, object]
Writer = Callable[[str], Written]
"""Makes the event that carries a piece of a text."""


class CheckedTexts:
    """Feed pieces by the place that they belong to."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._open: dict[Hashable, tuple[StreamRedactor, Writer]] = {}
        self.characters = 0
        self.waits = False
        """Whether the texts that come now may wait for those that follow at once."""

    def feed(self, place: Hashable, text: str, write: Writer, *, is_signed: bool = False) -> list[Written]:
        """The event to pass on, if any, after what other places still held back."""
        self.characters += len(text)
        events = self.pause(except_for=place)
        if place not in self._open:
            if len(self._open) >= MOST_OPEN:
                events += self.flush()
            self._open[place] = (stream_of(self._redactor, is_signed=is_signed), write)
        said = self._open[place][0].feed(text, waits=self.waits)
        return [*events, write(said)] if said or not text else events

    def settle(self) -> list[Written]:
        """What may go out of texts that wait."""
        settled = [(write, redactor.settle()) for redactor, write in self._open.values()]
        return [write(text) for write, text in settled if text]

    def pause(self, except_for: Hashable = None) -> list[Written]:
        """What is held back, but for secrets that have begun: these texts may go on."""
        paused = [
            (write, redactor.pause())
            for place, (redactor, write) in self._open.items()
            if place != except_for
        ]
        return [write(text) for write, text in paused if text]

    def flush(self, ended: Callable[[Hashable], bool] | None = None) -> list[Written]:
        """What is held back of texts that have ended, or of all, in the order in which they began."""
        events = []
        for place in [place for place in self._open if ended is None or ended(place)]:
            redactor, write = self._open.pop(place)
            if rest := redactor.finish():
                events.append(write(rest))
        return events
