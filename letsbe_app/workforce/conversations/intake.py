"""
Takes the run events of one link: into the stream, and at the end into the database.

Two memories must agree before an answer is committed with its tool calls: either this link saw the run from
its first event, or the stream still holds all of it. If neither does (a worker died *and* Redis lost its
memory), the daemon is asked for the run again.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from pydantic import TypeAdapter

from letsbe_app.relay import RelayAway
from letsbe_app.relay.event_id import EventId
from letsbe_app.relay.stream import Appended, Outcome, RunStreams, StreamEvent
from letsbe_app.workforce.conversations.runs import RunRecorder
from letsbe_app.workforce.conversations.tool_calls import fold_tool_calls, is_tool_body
from tenant_daemon.contracts.chat import RunEvent, RunEventBody, RunFinished, RunStarted

log = structlog.get_logger()

MAX_RUNS: Final = 256
"""Runs of one server that are remembered at a time; a forgotten one is read from the stream."""
_body: TypeAdapter[RunEventBody] = TypeAdapter(RunEventBody)


@dataclass(frozen=True)
class Accepted:
    """Everything up to ``seq`` is safe."""

    run_id: str
    seq: int
    is_finished: bool = False


@dataclass(frozen=True)
class Missing:
    """Send the run again from ``from_seq``."""

    run_id: str
    from_seq: int


Answer = Accepted | Missing


@dataclass
class _Run:
    """What this link has seen of a run."""

    seen_seq: int = 0
    """Seen without a hole from the first event on; 0 when the beginning went to another worker."""
    tool_bodies: list[RunEventBody] = field(default_factory=list)
    asked_from: int = 0
    early_end: RunEvent | None = None
    """The last event, where it came before the ones that were asked for."""

    def note(self, event: RunEvent) -> None:
        if event.seq == self.seen_seq + 1:
            self.seen_seq = event.seq
            if is_tool_body(event.body):
                self.tool_bodies.append(event.body)


class RunIntake:
    """One per link; ``take`` is called with one event of a conversation after the other."""

    __slots__ = ("_checked", "_recorder", "_runs", "_stalled", "_streams", "_tenant_id")

    def __init__(self, tenant_id: str, streams: RunStreams, recorder: RunRecorder) -> None:
        self._tenant_id = tenant_id
        self._streams = streams
        self._recorder = recorder
        self._runs: OrderedDict[str, _Run] = OrderedDict()
        self._checked: set[str] = set()
        self._stalled: set[str] = set()

    async def take(self, event: RunEvent) -> list[Answer]:
        """
        Take one event. No answer means: not now (Redis is away, or the run was asked for already).

        Raises:
            NotFound: The conversation is not on this server.
            Conflict: The run's id names something else.
        """
        if isinstance(event.body, RunStarted):
            earlier = await self._recorder.begin(self._tenant_id, event, event.body)
            if earlier is not None:
                log.info("run.out_of_order", run_id=event.run_id, earlier_run_id=earlier)
                return [Missing(earlier, 1), Missing(event.run_id, 1)]
        elif event.conversation_id not in self._checked:
            await self._recorder.check(self._tenant_id, event.conversation_id)
        self._checked.add(event.conversation_id)
        return await self.take_plain([event])

    async def take_plain(self, events: Sequence[RunEvent]) -> list[Answer]:
        """Take events in their order, as ``take`` does, with one call of Redis. Several must be plain."""
        runs = [self._run(event.run_id) for event in events]
        try:
            outcomes = await self._streams.append_all(
                [(event.conversation_id, _entry(event)) for event in events]
            )
            answers = [
                self._on_gap(run, event, appended)
                if appended.outcome is Outcome.GAP
                else await self._on_taken(run, event)
                for run, event, appended in zip(runs, events, outcomes, strict=True)
            ]
        except RelayAway:
            self._stalled.update(event.run_id for event in events)
            return []
        return [answer for answer in answers if answer is not None]

    def is_plain(self, event: RunEvent) -> bool:
        """
        Whether the event touches nothing but the stream, so that it may be taken together with others.

        The first event of a run makes its row, the last one commits it: what goes wrong there must not touch
        the answers of others.
        """
        is_edge = isinstance(event.body, (RunStarted, RunFinished))
        return not is_edge and event.conversation_id in self._checked

    @property
    def has_stalled(self) -> bool:
        """Whether events were dropped since Redis is away."""
        return bool(self._stalled)

    def stalled(self) -> list[Missing]:
        """Runs of which events were dropped while Redis was away; asked for again from their start."""
        missing = [Missing(run_id, 1) for run_id in sorted(self._stalled)]
        self._stalled.clear()
        for answer in missing:
            self._runs[answer.run_id] = _Run(asked_from=1)
        return missing

    async def abandon(self, run_id: str) -> None:
        """The daemon cannot send what it was asked for: keep what there is, and say what is missing."""
        run = self._runs.pop(run_id, _Run())
        end = run.early_end
        if end is not None and isinstance(end.body, RunFinished):
            # The last event carries the whole text.
            await self._commit(end, end.body, run.tool_bodies)
        else:
            await self._recorder.abandon(self._tenant_id, run_id)

    async def _on_taken(self, run: _Run, event: RunEvent) -> Answer:
        run.note(event)
        run.asked_from = 0
        if not isinstance(event.body, RunFinished):
            return Accepted(event.run_id, event.seq)
        bodies = await self._tool_bodies(run, event)
        if bodies is None:
            run.asked_from = 1
            return Missing(event.run_id, 1)
        return await self._commit(event, event.body, bodies)

    def _on_gap(self, run: _Run, event: RunEvent, appended: Appended) -> Answer | None:
        if isinstance(event.body, RunFinished):
            run.early_end = event
        if run.asked_from == appended.expected_seq:
            return None
        log.info("run.gap", run_id=event.run_id, expected_seq=appended.expected_seq, got_seq=event.seq)
        run.asked_from = appended.expected_seq
        return Missing(event.run_id, appended.expected_seq)

    async def _tool_bodies(self, run: _Run, event: RunEvent) -> list[RunEventBody] | None:
        if run.seen_seq == event.seq:
            return run.tool_bodies
        stored = await self._streams.read_run(event.conversation_id, event.run_number)
        if [entry.id.seq for entry in stored] != list(range(1, event.seq + 1)):
            return None
        return [_body.validate_python(entry.body) for entry in stored]

    async def _commit(self, event: RunEvent, finished: RunFinished, bodies: list[RunEventBody]) -> Accepted:
        await self._recorder.finish(self._tenant_id, event, finished, fold_tool_calls(bodies))
        self._runs.pop(event.run_id, None)
        return Accepted(event.run_id, event.seq, is_finished=True)

    def _run(self, run_id: str) -> _Run:
        run = self._runs.get(run_id)
        if run is None:
            run = self._runs[run_id] = _Run()
        self._runs.move_to_end(run_id)
        if len(self._runs) > MAX_RUNS:
            self._runs.popitem(last=False)
        return run


def _entry(event: RunEvent) -> StreamEvent:
    return StreamEvent(EventId(event.run_number, event.seq), event.run_id, event.body.model_dump(mode="json"))
