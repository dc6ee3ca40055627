"""
One browser's stream: what it watches, and what it is told.

``hear`` turns signals into frames, which go out in batches; the browser's own frames come in by ``take``. A
slow browser fills at most its waiting frames, then its mailbox, which turns into one look at the stream:
memory stays bounded, and nothing is skipped.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

import orjson
import structlog

from letsbe_app.api.live.coalescer import Coalescer
from letsbe_app.api.live.frames import (
    CLOSE_TOO_SLOW,
    MAX_WATCHES,
    PONG,
    RESUMED,
    ClientFrame,
    Frame,
    UnwatchFrame,
    WatchFrame,
    error_frame,
    gap_frame,
    run_frame,
    wake_frame,
)
from letsbe_app.errors import NotFound
from letsbe_app.kit.tasks import to_the_end
from letsbe_app.people.authz.actor import Actor
from letsbe_app.relay import Relay, RelayAway, Topic
from letsbe_app.relay.channels import Wake, customer_channel, run_stream
from letsbe_app.relay.event_id import EventId
from letsbe_app.relay.stream import StreamEvent
from letsbe_app.relay.subscriber import Mailbox, Recheck, Signal
from letsbe_app.relay.watch import Turn, Watch
from letsbe_app.server.frames import Wire
from letsbe_app.workforce.conversations.service import ConversationService

log = structlog.get_logger()

COALESCE_SECONDS: Final = 0.04
"""Least time between two batches of nothing but deltas; the first one goes at once."""
SEND_TIMEOUT_SECONDS: Final = 10.0
MAX_WAITING_FRAMES: Final = 256
MAILBOX_SIGNALS: Final = 256
READ_BATCH: Final = 200
RETRY_SECONDS: Final = 1.0


class StreamClosed(Exception):
    """The stream is to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class LiveClient:
    """Lives as long as the websocket."""

    def __init__(
        self,
        actor: Actor,
        relay: Relay,
        conversations: ConversationService,
        wire: Wire,
        on_session_wake: Callable[[], Awaitable[None]],
    ) -> None:
        self._actor = actor
        self._relay = relay
        self._conversations = conversations
        self._wire = wire
        self._mailbox = Mailbox(MAILBOX_SIGNALS)
        self._on_session_wake = on_session_wake
        self._watches: dict[str, Watch] = {}
        self._by_channel: dict[str, str] = {}
        self._behind: set[str] = set()
        self._lock = asyncio.Lock()
        self._coalescer = Coalescer()
        self._has_room = asyncio.Event()
        self._flush_timer: asyncio.TimerHandle | None = None
        self._next_delta_at = 0.0
        self._sending_since: float | None = None

    async def open(self) -> None:
        """Begin to hear the customer's wakes."""
        await self._relay.subscriber.follow(self, customer_channel(self._actor.customer_id))

    async def take(self, frame: ClientFrame) -> None:
        """Act on a frame of the browser."""
        if isinstance(frame, WatchFrame):
            await self._watch(frame.conversation_id, EventId.parse(frame.after))
        elif isinstance(frame, UnwatchFrame):
            await self._unwatch(frame.conversation_id)
        else:
            await self._put(PONG)

    async def hear(self) -> None:
        """Turn signals into frames, for ever."""
        while True:
            signal = await (self._signal_or_retry() if self._behind else self._mailbox.get())
            if signal is None:
                await self._look_again()
            elif isinstance(signal, Recheck):
                await self._put(RESUMED)
                await self._look_again()
            elif signal.channel in self._by_channel:
                await self._pushed(self._by_channel[signal.channel], signal)
            elif signal.channel == customer_channel(self._actor.customer_id):
                await self._wake(Wake.decode(signal.data))

    # Called by the subscriber

    def put(self, signal: Signal) -> None:
        """
        A signal: the next event of a conversation that is up to date goes out at once.

        Anything else waits for ``hear``, and so does what comes behind it.
        """
        is_up_to_date = self._mailbox.is_empty and not self._lock.locked() and not self._behind
        conversation_id = self._by_channel.get(signal.channel) if is_up_to_date else None
        watch = self._watches.get(conversation_id) if conversation_id is not None else None
        if conversation_id is None or watch is None or len(self._coalescer) >= MAX_WAITING_FRAMES:
            self._mailbox.put(signal)
            return
        event = StreamEvent.from_channel(signal.data)
        turn = watch.turn(event)
        if turn is Turn.AHEAD:
            self._mailbox.put(signal)
        elif turn is Turn.NEXT:
            watch.take(event)
            self._add(run_frame(conversation_id, event.id, event.run_id, event.body))

    def recheck(self) -> None:
        """Signals may have been missed."""
        self._mailbox.recheck()

    def check_pace(self) -> None:
        """Raises StreamClosed when the browser has not read for too long. Call it now and then."""
        since = self._sending_since
        if since is not None and asyncio.get_running_loop().time() - since > SEND_TIMEOUT_SECONDS:
            raise StreamClosed(CLOSE_TOO_SLOW, "too slow")

    async def _signal_or_retry(self) -> Signal | Recheck | None:
        # Redis failed while something was read: look again soon, each browser in its own moment.
        try:
            async with asyncio.timeout(random.uniform(0.2, RETRY_SECONDS)):  # noqa: S311
                return await self._mailbox.get()
        except TimeoutError:
            return None

    async def _watch(self, conversation_id: str, after: EventId) -> None:
        if conversation_id not in self._watches and len(self._watches) >= MAX_WATCHES:
            await self._put(error_frame("too_many_watches", conversation_id))
            return
        try:
            await self._conversations.get(self._actor, conversation_id)
        except NotFound:
            await self._put(error_frame(NotFound.code, conversation_id))
            return
        channel = run_stream(conversation_id)
        # Followed first: what is published from here on is either pushed or read below.
        await self._relay.subscriber.follow(self, channel)
        async with self._lock:
            self._by_channel[channel] = conversation_id
            self._watches[conversation_id] = await self._position(conversation_id, after)
            await self._catch_up_or_give_up(conversation_id)

    async def _unwatch(self, conversation_id: str) -> None:
        async with self._lock:
            self._watches.pop(conversation_id, None)
            self._behind.discard(conversation_id)
            self._by_channel.pop(run_stream(conversation_id), None)
        await self._relay.subscriber.unfollow(self, run_stream(conversation_id))

    async def _position(self, conversation_id: str, after: EventId) -> Watch:
        if after.seq == 0:
            return Watch(after, is_between_runs=True)
        try:
            last = await self._relay.streams.find(conversation_id, after)
        except RelayAway:
            last = None
        # Not there any more: whether it ended its run is unknown. Then a gap is said rather than hidden.
        return Watch(after, is_between_runs=last is not None and last.is_last_of_run)

    async def _pushed(self, conversation_id: str, signal: Signal) -> None:
        event = StreamEvent.from_channel(signal.data)
        async with self._lock:
            watch = self._watches.get(conversation_id)
            turn = watch.turn(event) if watch is not None else Turn.PAST
            if watch is not None and turn is Turn.NEXT:
                await self._deliver(conversation_id, watch, event)
            elif turn is Turn.AHEAD:
                await self._catch_up(conversation_id)

    async def _wake(self, wake: Wake) -> None:
        if wake.topic is Topic.SESSION:
            await self._on_session_wake()
        else:
            await self._put(wake_frame(wake.topic, wake.id))

    async def _look_again(self) -> None:
        for conversation_id in list(self._watches):
            async with self._lock:
                await self._catch_up_or_give_up(conversation_id)

    async def _catch_up_or_give_up(self, conversation_id: str) -> None:
        """
        Catch up; and if the stream has lost the end of a run that is over, say the gap.

        The end of a run is appended before it is committed. So if the database has it and the stream, read
        afterwards, has not, it is lost and will not come. The caller holds the lock.
        """
        watch = self._watches.get(conversation_id)
        run_number = watch.open_run if watch is not None else None
        if watch is None or run_number is None:
            await self._catch_up(conversation_id)
            return
        run_id = await to_the_end(self._conversations.finished_run_id(conversation_id, run_number))
        await self._catch_up(conversation_id)
        if run_id and watch.open_run == run_number and conversation_id not in self._behind:
            watch.give_up_run()
            await self._put(gap_frame(conversation_id, run_id))

    async def _catch_up(self, conversation_id: str) -> None:
        """Deliver what the stream has behind the position. The caller holds the lock."""
        watch = self._watches.get(conversation_id)
        if watch is None:
            return
        try:
            while events := await self._relay.streams.read(conversation_id, watch.position, READ_BATCH):
                for event in events:
                    await self._deliver(conversation_id, watch, event)
        except RelayAway:
            self._behind.add(conversation_id)
        else:
            self._behind.discard(conversation_id)

    async def _deliver(self, conversation_id: str, watch: Watch, event: StreamEvent) -> None:
        for gap in watch.take(event):
            run_id: str | None = gap.run_id
            if not run_id:
                number = gap.run_number
                run_id = await to_the_end(self._conversations.run_id_of(conversation_id, number))
            log.info("stream.gap", conversation_id=conversation_id, run_number=gap.run_number)
            await self._put(gap_frame(conversation_id, run_id or ""))
        await self._put(run_frame(conversation_id, event.id, event.run_id, event.body))

    async def _put(self, frame: Frame) -> None:
        while len(self._coalescer) >= MAX_WAITING_FRAMES:
            self._has_room.clear()
            await self._has_room.wait()
        self._add(frame)

    def _add(self, frame: Frame) -> None:
        self._coalescer.put(frame)
        loop = asyncio.get_running_loop()
        if self._sending_since is not None:
            return  # The timer looks whether the browser reads again.
        pause = self._next_delta_at - loop.time()
        if pause <= 0 or not self._coalescer.has_only_deltas:
            self._flush()
        elif self._flush_timer is None:
            self._flush_timer = loop.call_later(pause, self._flush)

    def _flush(self) -> None:
        """Send what waits, unless the browser reads too slowly: then look again a little later."""
        loop = asyncio.get_running_loop()
        self.close()
        if self._wire.is_congested:
            self._sending_since = self._sending_since or loop.time()
            self._flush_timer = loop.call_later(COALESCE_SECONDS, self._flush)
            return
        self._sending_since = None
        for frame in self._coalescer.take():
            self._wire.write(orjson.dumps(frame).decode())
        self._has_room.set()
        self._next_delta_at = loop.time() + COALESCE_SECONDS

    def close(self) -> None:
        """Nothing is to be sent any more."""
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
