"""Writes one run: each event goes into the journal first, then the link is told that there is something."""

import asyncio
from collections.abc import Callable
from typing import Final

from tenant_daemon.contracts.chat import RunFinished, RunOutcome, TextDelta
from tenant_daemon.hub_client import notes
from tenant_daemon.hub_client.answer import AnswerText
from tenant_daemon.hub_client.journal import RunJournal

COALESCE_SECONDS: Final = 0.04
"""Pieces of text that come faster than this travel together."""
_MAX_DELTA_CHARS: Final = 16_000


class RunWriter:
    """
    The author of one run's events, from behind ``started`` to ``finished``.

    Text goes out at once after a pause, and at most every ``COALESCE_SECONDS`` in a flood.
    """

    def __init__(
        self,
        journal: RunJournal,
        run_id: str,
        answer: AnswerText,
        *,
        is_practice: bool,
        wake: Callable[[], None],
    ) -> None:
        self.run_id = run_id
        self._journal = journal
        self._answer = answer
        self._is_practice = is_practice
        self._wake = wake
        self._pieces: list[str] = []
        self._written_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def grow(self, whole: str, *, is_paused: bool = False) -> None:
        """The agent's answer is now this, not redacted; ``is_paused`` when a tool has to answer first."""
        piece = self._answer.grow(whole)
        if is_paused:
            piece += self._answer.pause()
        if not piece:
            return
        self._pieces.append(piece)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            due_at = max(loop.time(), self._written_at + COALESCE_SECONDS)
            if due_at <= loop.time():
                self._write_text()
            else:
                self._timer = loop.call_at(due_at, self._write_text)

    def add_tool_events(self) -> None:
        """Take over what the wrapper has stored for this conversation."""
        self._write_text()
        if self._journal.append_tool_events(self.run_id):
            self._wake()

    def finish(self, outcome: RunOutcome, note: str = "", whole: str | None = None) -> None:
        """Write the end. ``whole`` is the final answer where it is known."""
        self.add_tool_events()
        self._pieces.append(self._answer.finish(whole))
        self._write_text()
        if self._answer.is_cut:
            note = f"{note} {notes.TOO_LONG}".strip()
        self._journal.append(
            self.run_id,
            RunFinished(outcome=outcome, text=self._answer.text, note=note, is_practice=self._is_practice),
        )
        self._wake()

    def _write_text(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        text = "".join(self._pieces)
        self._pieces.clear()
        for start in range(0, len(text), _MAX_DELTA_CHARS):
            self._journal.append(self.run_id, TextDelta(text=text[start : start + _MAX_DELTA_CHARS]))
        if text:
            self._written_at = asyncio.get_running_loop().time()
            self._wake()
