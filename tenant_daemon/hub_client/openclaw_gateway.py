"""OpenClaw's events of one model message after the other, made into answers that only grow."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tenant_daemon.hub_client.gateway import AnswerEnded, AnswerGrew, GatewayAway, GatewayEvent
from tenant_daemon.openclaw.client import GatewayGone, GatewayRefused, OpenClawClient
from tenant_daemon.openclaw.events import (
    GatewayEvent as OpenClawEvent,
)
from tenant_daemon.openclaw.events import (
    RunAborted,
    RunCompleted,
    RunFailed,
    RunPreamble,
    RunText,
    RunToolStarted,
)

_BETWEEN: Final = "\n\n"
_MAX_RUNS: Final = 500


@dataclass
class AnswerSoFar:
    """
    The messages of one run, joined.

    OpenClaw tells each message's whole text so far, so an event that was lost or comes twice does no harm.
    """

    _finished: list[str] = field(default_factory=list)
    _current: str = ""
    _has_tool_since: bool = False

    @property
    def whole(self) -> str:
        """The run's text so far."""
        return _BETWEEN.join(part for part in (*self._finished, self._current) if part)

    def tell(self, text: str) -> None:
        """The current message reads like this now; after a tool call it may be the next one."""
        text = text.strip()
        if not text or text == self._current or (self._finished and text == self._finished[-1]):
            return
        if self._current and (self._has_tool_since or not _is_same(text, self._current)):
            self._finished.append(self._current)
            self._current = ""
        self._has_tool_since = False
        if len(text) > len(self._current):
            self._current = text

    def tool_started(self) -> None:
        """What follows is another message."""
        self._has_tool_since = True


class OpenClawGateway:
    """An ``AgentGateway`` over a client that is connected and verified."""

    def __init__(self, client: OpenClawClient) -> None:
        self._client = client
        self._answers: dict[str, AnswerSoFar] = {}

    async def send(self, session_key: str, text: str, run_id: str) -> None:
        """See ``AgentGateway``."""
        try:
            await self._client.send(session_key, text, run_id)
        except (GatewayGone, GatewayRefused) as exc:
            raise GatewayAway(str(exc)) from exc

    async def abort(self, session_key: str, run_id: str) -> None:
        """See ``AgentGateway``; a session has one run at a time, so all that runs in it is stopped."""
        try:
            await self._client.abort(session_key)
        except (GatewayGone, GatewayRefused) as exc:
            raise GatewayAway(str(exc)) from exc

    async def look_up(self, session_key: str, run_id: str) -> GatewayEvent | None:
        """See ``AgentGateway``: from the session's history, where the run's messages follow its question."""
        try:
            history = await self._client.history(session_key)
        except (GatewayGone, GatewayRefused) as exc:
            raise GatewayAway(str(exc)) from exc
        said = _said_in(history.messages, run_id)
        is_running = run_id in history.active_run_ids
        if said is None and not is_running:
            return None
        answer = self._answer(run_id)
        for text in said or ():
            answer.tell(text)
            answer.tool_started()
        if is_running:
            answer.tell(history.running_text or "")
            return AnswerGrew(session_key, run_id, answer.whole)
        return AnswerEnded(session_key, run_id, "final", answer.whole) if answer.whole else None

    async def events(self) -> AsyncIterator[GatewayEvent]:
        """What happens to the answers of every session, until the connection ends."""
        async for event in self._client.events():
            translated = self._translate(event)
            if translated is not None:
                yield translated

    def _translate(self, event: OpenClawEvent) -> GatewayEvent | None:
        match event:
            case (
                RunText(run_id=run_id, session_key=key, so_far=text)
                | RunPreamble(run_id=run_id, session_key=key, text=text)
            ):
                answer = self._answer(run_id)
                answer.tell(text)
                return AnswerGrew(key, run_id, answer.whole)
            case RunToolStarted(run_id=run_id):
                self._answer(run_id).tool_started()
                return None
            case RunCompleted(run_id=run_id, session_key=key, text=last):
                return AnswerEnded(key, run_id, "final", self._end(run_id, last))
            case RunAborted(run_id=run_id, session_key=key, text=last):
                return AnswerEnded(key, run_id, "aborted", self._end(run_id, last))
            case RunFailed(run_id=run_id, session_key=key, reason=reason):
                return AnswerEnded(key, run_id, "error", self._end(run_id, None), reason)
            case _:
                return None

    def _answer(self, run_id: str) -> AnswerSoFar:
        if run_id not in self._answers:
            while len(self._answers) >= _MAX_RUNS:
                self._answers.pop(next(iter(self._answers)))
            self._answers[run_id] = AnswerSoFar()
        return self._answers[run_id]

    def _end(self, run_id: str, last: str | None) -> str:
        answer = self._answer(run_id)
        answer.tell(last or "")
        self._answers.pop(run_id, None)
        return answer.whole


def _is_same(text: str, other: str) -> bool:
    """Whether both are states of one message that grows."""
    return text.startswith(other) or other.startswith(text)


def _said_in(messages: Iterable[dict[str, Any]], run_id: str) -> list[str] | None:
    """What the agent said in answer to the message that began the run; None when it is not there."""
    raise NotImplementedError
