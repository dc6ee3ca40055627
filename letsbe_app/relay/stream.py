"""
The events of running answers: one capped, expiring Redis stream per conversation.

An entry's id is the event's own name, and a script appends it only if it is the next one. So Redis itself
refuses a duplicate, whichever worker brings it, and a stream that was lost shows as a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson
from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import NoScriptError

from letsbe_app.kit.joined import JoinedCalls
from letsbe_app.relay.channels import run_stream
from letsbe_app.relay.connection import relay_errors
from letsbe_app.relay.event_id import EventId

# One call appends events of one conversation, one after the other. The same payload goes to the channel of
# the same name, so that a reader that is up to date needs no read. One key, so that any shard can run it.
_APPEND: Final = """
local key = KEYS[1]
local last_run, last_seq = 0, 0
local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
if newest then
  local a, b = string.match(newest[1], '^(%d+)-(%d+)$')
  last_run, last_seq = tonumber(a), tonumber(b)
end
local answers = {}
local has_grown = false
for at = 3, #ARGV, 3 do
  local run, seq, payload = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), ARGV[at + 2]
  local expected = 1
  if run == last_run then expected = last_seq + 1 end
  if run < last_run or (run == last_run and seq <= last_seq) then
    answers[#answers + 1] = -1
  elseif seq ~= expected then
    answers[#answers + 1] = expected
  else
    local id = ARGV[at] .. '-' .. ARGV[at + 1]
    redis.call('XADD', key, 'MAXLEN', '~', ARGV[1], id, 'e', payload)
    redis.call('PUBLISH', key, id .. ' ' .. payload)
    last_run, last_seq, has_grown = run, seq, true
    answers[#answers + 1] = 0
  end
end
if has_grown then redis.call('EXPIRE', key, ARGV[2]) end
return answers
"""
MOST_AT_ONCE: Final = 256
"""Events in one round trip."""

FINISHED_TYPE: Final = "finished"


@dataclass(frozen=True)
class StreamEvent:
    """One event as it lies in the stream; ``body`` is a ``RunEventBody`` as JSON."""

    id: EventId
    run_id: str
    body: dict[str, Any]

    @property
    def is_last_of_run(self) -> bool:
        return self.body.get("type") == FINISHED_TYPE

    def encode(self) -> bytes:
        return orjson.dumps([self.run_id, self.body])

    @classmethod
    def decode(cls, event_id: str, data: bytes) -> "StreamEvent":
        run_id, body = orjson.loads(data)
        return cls(EventId.parse(event_id), run_id, body)

    @classmethod
    def from_channel(cls, data: bytes) -> "StreamEvent":
        """The event in a message that the append script published."""
        event_id, _, payload = data.partition(b" ")
        return cls.decode(event_id.decode(), payload)


class Outcome(StrEnum):
    """What became of an append."""

    OK = "ok"
    DUPLICATE = "duplicate"
    """It is there already, or its run is over and a later one has begun."""
    GAP = "gap"
    """Events before it are missing; ``Appended.expected_seq`` is the one to send first."""


@dataclass(frozen=True)
class Appended:
    """Answer of ``RunStreams.append``."""

    outcome: Outcome
    expected_seq: int = 0

    @classmethod
    def from_script(cls, number: int) -> "Appended":
        """What the script says of one event: 0 appended, -1 a duplicate, else the sequence it expects."""
        if number > 0:
            return cls(Outcome.GAP, number)
        return cls(Outcome.OK if number == 0 else Outcome.DUPLICATE)


class RunStreams:
    """Appends and reads run events. Every method raises RelayAway while Redis is away."""

    def __init__(self, redis: Redis, *, max_events: int = 10_000, kept_seconds: int = 86_400) -> None:
        """
        Args:
            redis: The worker's client.
            max_events: Events kept per conversation, roughly; Redis trims in whole blocks.
            kept_seconds: Life of a stream after its last append.
        """
        self._redis = redis
        self._max_events = max_events
        self._kept_seconds = kept_seconds
        self._append: AsyncScript = redis.register_script(_APPEND)
        self._appends = JoinedCalls(self._append_batch, MOST_AT_ONCE)

    async def append(self, conversation_id: str, event: StreamEvent) -> Appended:
        """Append the event if it is the next one, and publish it. One atomic step."""
        [appended] = await self.append_all([(conversation_id, event)])
        return appended

    async def append_all(self, events: Sequence[tuple[str, StreamEvent]]) -> Sequence[Appended]:
        """Append the events one after the other, as ``append`` does, together with those of other links."""
        return await self._appends.ask(events)

    async def _append_batch(self, events: Sequence[tuple[str, StreamEvent]]) -> list[Appended]:
        places: dict[str, list[int]] = {}
        for place, (conversation_id, _) in enumerate(events):
            places.setdefault(conversation_id, []).append(place)
        calls = [
            (run_stream(conversation_id), self._arguments([events[place][1] for place in mine]))
            for conversation_id, mine in places.items()
        ]
        with relay_errors():
            try:
                answers = await self._run_all(calls)
            except NoScriptError:
                # Redis was restarted. What was appended already is a duplicate now, which is as good.
                await self._redis.script_load(self._append.script)
                answers = await self._run_all(calls)
        appended = [Appended(Outcome.DUPLICATE)] * len(events)
        for mine, numbers in zip(places.values(), answers, strict=True):
            for place, number in zip(mine, numbers, strict=True):
                appended[place] = Appended.from_script(number)
        return appended

    def _arguments(self, events: Sequence[StreamEvent]) -> list[str | int | bytes]:
        args: list[str | int | bytes] = [self._max_events, self._kept_seconds]
        for event in events:
            args += (event.id.run_number, event.id.seq, event.encode())
        return args

    async def _run_all(self, calls: Sequence[tuple[str, list[str | int | bytes]]]) -> list[list[int]]:
        # Not by the script's own call: in a pipeline that asks each time whether Redis knows it.
        async with self._redis.pipeline(transaction=False) as pipe:
            for key, args in calls:
                pipe.evalsha(self._append.sha, 1, key, *args)
            answers: list[list[int]] = await pipe.execute()
        return answers

    async def read(self, conversation_id: str, after: EventId, limit: int = 500) -> list[StreamEvent]:
        """The events that lie after an id, oldest first. They need not begin with its successor."""
        with relay_errors():
            rows = await self._redis.xrange(
                run_stream(conversation_id), min=f"({after}", max="+", count=limit
            )
        return [StreamEvent.decode(entry_id.decode(), fields[b"e"]) for entry_id, fields in rows]

    async def find(self, conversation_id: str, event_id: EventId) -> StreamEvent | None:
        """The event with this id, if the stream still has it."""
        with relay_errors():
            rows = await self._redis.xrange(
                run_stream(conversation_id), min=str(event_id), max=str(event_id), count=1
            )
        return StreamEvent.decode(str(event_id), rows[0][1][b"e"]) if rows else None

    async def delete(self, conversation_id: str) -> None:
        """Forget the events of a conversation."""
        with relay_errors():
            await self._redis.delete(run_stream(conversation_id))

    async def read_run(self, conversation_id: str, run_number: int) -> list[StreamEvent]:
        """What the stream holds of one run."""
        with relay_errors():
            rows = await self._redis.xrange(
                run_stream(conversation_id), min=f"{run_number}-0", max=f"{run_number}-{2**53}"
            )
        return [StreamEvent.decode(entry_id.decode(), fields[b"e"]) for entry_id, fields in rows]
