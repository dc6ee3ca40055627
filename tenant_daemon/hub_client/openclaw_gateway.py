"""OpenClaw's events of one model message after the other, made into answers that only grow."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from tenant_daemon.hub_client.gateway import (
    AnswerEnded,
    AnswerGrew,
    GatewayAway,
    GatewayEvent,
    MessageRefused,
)
from tenant_daemon.hub_client.sessions import ChatSession
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
from tenant_daemon.openclaw.protocol import Json
from tenant_daemon.openclaw.transcripts import remove_transcripts

_BETWEEN: Final = "\n\n"
_MAX_RUNS: Final = 500
_NATURAL_ENDS: Final = ("stop", "length")
_UNAVAILABLE: Final = "UNAVAILABLE"
_REWIND_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between tries while OpenClaw ends what it was doing in the session."""

log = structlog.get_logger()


class AnswerSoFar:
    """
    The text of one run.

    OpenClaw usually tells the whole run's text so far, its messages joined by a blank line, and sometimes a
    single message's; an event may be skipped or come twice. None of that does harm here.
    """

    def __init__(self) -> None:
        self.whole = ""
        self._last_message_at = 0

    def tell(self, text: str) -> None:
        """The run, or its newest message, reads like this now."""
        text = text.strip()
        if self.whole.startswith(text) or self.whole.endswith(text):
            return
        if text.startswith(self.whole):
            self.whole = text
        elif text.startswith(self.whole[self._last_message_at :]):
            self.whole = self.whole[: self._last_message_at] + text
        else:
            self._last_message_at = len(self.whole) + len(_BETWEEN)
            self.whole += _BETWEEN + text


class OpenClawGateway:
    """An ``AgentGateway`` over a client that is connected and verified."""

    def __init__(self, client: OpenClawClient) -> None:
        self._client = client
        self._answers: dict[str, AnswerSoFar] = {}

    async def send(self, session_key: str, text: str, run_id: str) -> None:
        """See ``AgentGateway``."""
        try:
            await self._client.send(session_key, text, run_id)
        except GatewayRefused as exc:
            # The owner sees a turn that was cut off; whoever looks after the server should see why.
            log.warning("openclaw.message_refused", code=exc.code, reason=str(exc))
            # So it answers while it shuts down, or has not quite started.
            is_passing = exc.code == _UNAVAILABLE
            raise (GatewayAway if is_passing else MessageRefused)(str(exc)) from exc
        except GatewayGone as exc:
            raise GatewayAway(str(exc)) from exc

    async def abort(self, session_key: str, run_id: str) -> None:
        """See ``AgentGateway``; a session has one run at a time, so all that runs in it is stopped."""
        try:
            await self._client.abort(session_key)
        except (GatewayGone, GatewayRefused) as exc:
            raise GatewayAway(str(exc)) from exc

    async def rewind(self, session_key: str, run_ids: Sequence[str]) -> None:
        """See ``AgentGateway``; something that still runs in the session is stopped for it."""
        for pause in _REWIND_PAUSES:
            try:
                await self._client.rewind(session_key, run_ids)
            except GatewayGone as exc:
                raise GatewayAway(str(exc)) from exc
            except GatewayRefused as exc:
                # A sub-agent may have begun a run that nobody asked for.
                log.info("openclaw.rewind_refused", code=exc.code)
                refusal = exc
            else:
                return
            await self.abort(session_key, "")
            await asyncio.sleep(pause)
        raise GatewayAway("the session cannot be brought to an earlier point") from refusal

    async def forget(self, conversation_id: str, agent_ids: Sequence[str]) -> None:
        """See ``AgentGateway``."""
        try:
            for agent_id in agent_ids:
                for key in await self._client.session_keys(agent_id, f"c-{conversation_id}"):
                    session = ChatSession.parse_or_none(key)
                    if session is not None and session.conversation_id == conversation_id:
                        remove_transcripts(await self._client.delete_session(key))
        except (GatewayGone, GatewayRefused) as exc:
            raise GatewayAway(str(exc)) from exc

    async def look_up(self, session_key: str, run_id: str) -> GatewayEvent | None:
        """See ``AgentGateway``: from the session's history, where the run's messages follow its question."""
        try:
            history = await self._client.history(session_key)
        except (GatewayGone, GatewayRefused) as exc:
            raise GatewayAway(str(exc)) from exc
        said = _said_in(history.messages, run_id)
        is_running = run_id == history.running_run_id
        if said is None and not is_running:
            return None
        answer = self._answer(run_id)
        answer.tell(said.text if said else "")
        if is_running:
            answer.tell(history.running_text or "")
            return AnswerGrew(session_key, run_id, answer.whole)
        is_finished = said is not None and said.is_finished
        return AnswerEnded(session_key, run_id, "final" if is_finished else "lost", answer.whole)

    async def events(self) -> AsyncIterator[GatewayEvent]:
        """What happens to the answers of every session, until the connection ends."""
        async for event in self._client.events():
            translated = self._translate(event)
            if translated is not None:
                yield translated

    def _translate(self, event: OpenClawEvent) -> GatewayEvent | None:
        match event:
            case RunText(run_id=run_id, session_key=key, so_far=text):
                return AnswerGrew(key, run_id, self._grown(run_id, text))
            case RunPreamble(run_id=run_id, session_key=key, text=text):
                return AnswerGrew(key, run_id, self._grown(run_id, text), is_paused=True)
            case RunToolStarted(run_id=run_id, session_key=key):
                return AnswerGrew(key, run_id, self._grown(run_id, ""), is_paused=True)
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

    def _grown(self, run_id: str, text: str) -> str:
        answer = self._answer(run_id)
        answer.tell(text)
        return answer.whole

    def _end(self, run_id: str, last: str | None) -> str:
        whole = self._grown(run_id, last or "")
        self._answers.pop(run_id, None)
        return whole


@dataclass(frozen=True)
class _Said:
    text: str
    is_finished: bool


def _said_in(messages: Iterable[Json], run_id: str) -> _Said | None:
    """What the agent said in this run; None when the session has not even the run's question."""
    is_known = is_finished = False
    texts: list[str] = []
    for message in messages:
        is_known = is_known or message.get("idempotencyKey") == f"{run_id}:user"
        if (message.get("__openclaw") or {}).get("runId") != run_id or message.get("role") != "assistant":
            continue
        is_known = True
        is_finished = message.get("stopReason") in _NATURAL_ENDS
        texts += [text for part in message.get("content") or [] if (text := _text_of(part))]
    return _Said(_BETWEEN.join(texts), is_finished) if is_known else None


def _text_of(part: object) -> str:
    """The words in a part of a message; empty for tool calls."""
    if isinstance(part, dict) and part.get("type") == "text":
        return str(part.get("text") or "").strip()
    return ""
