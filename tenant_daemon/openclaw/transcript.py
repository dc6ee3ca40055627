"""One answer out of a run's events: the messages between tool calls, joined to one text."""

from tenant_daemon.openclaw.events import (
    RunAborted,
    RunCompleted,
    RunEvent,
    RunPreamble,
    RunText,
    RunToolStarted,
)

_BETWEEN = "\n\n"


class Transcript:
    """
    Feed every event of one run, show what ``feed`` returns, and keep ``whole`` at the end.

    OpenClaw reports each model message by itself and its last event carries the last message alone; a
    message that the model had to begin again (a lost upstream) replaces what was shown. What was shown
    cannot be taken back, so ``whole`` is the truth and what ``feed`` returned may hold more.
    """

    def __init__(self) -> None:
        self._finished: list[str] = []
        self._current = ""
        self._tool_since_text = False

    @property
    def whole(self) -> str:
        """The answer so far."""
        return _BETWEEN.join(part for part in (*self._finished, self._current.strip()) if part)

    def feed(self, event: RunEvent) -> str:
        """The text that the event adds to what is shown; empty for most events."""
        match event:
            case RunText(text=text, is_replacement=True):
                return self._replace(text)
            case RunText(text=text):
                return self._append(text)
            case RunPreamble(text=text) | RunCompleted(text=str(text)) | RunAborted(text=str(text)):
                return self._settle(text)
            case RunToolStarted():
                self._tool_since_text = True
                return ""
            case _:
                return ""

    def _append(self, text: str) -> str:
        start = self._begin_message() if self._tool_since_text else ""
        self._current += text
        return start + text

    def _replace(self, text: str) -> str:
        if self._tool_since_text:
            return self._append(text)
        known, self._current = self._current, text
        return text[len(known) :] if text.startswith(known) else ""

    def _settle(self, text: str) -> str:
        """A message's final text: usually known already, else what is missing of it."""
        if not text.strip() or text.strip() == self._current.strip():
            return ""
        return self._replace(text)

    def _begin_message(self) -> str:
        self._tool_since_text = False
        finished, self._current = self._current.strip(), ""
        if finished:
            self._finished.append(finished)
        return _BETWEEN if self._finished else ""
