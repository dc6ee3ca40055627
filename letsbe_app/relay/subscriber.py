"""
One Redis subscription per worker, fanned out to bounded mailboxes.

A mailbox never blocks the others and never grows: when it is full, or when Redis was away, its owner gets
``RECHECK`` instead and looks at the stream or the database again. That one rule covers the slow reader, the
restarted Redis and the lost message.
"""

import asyncio
import random
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from letsbe_app.kit.tasks import run_until_one_fails
from letsbe_app.relay.channels import CONTROL_CHANNEL
from letsbe_app.relay.connection import COMMAND_TIMEOUT_SECONDS

log = structlog.get_logger()

CONFIRM_TIMEOUT_SECONDS: Final = 2.0
POLL_SECONDS: Final = 5.0
"""Silence after which Redis is asked whether it is there."""
MAX_PAUSE_SECONDS: Final = 2.0


@dataclass(frozen=True)
class Signal:
    """A message from a channel."""

    channel: str
    data: bytes


class Recheck:
    """Signals may have been missed: look at everything again."""


RECHECK: Final = Recheck()


class Listener(Protocol):
    """Who is called for what it follows; it must return at once."""

    def put(self, signal: Signal) -> None:
        """Something was said in a channel."""

    def recheck(self) -> None:
        """Something may have been missed."""


class Mailbox:
    """What one listener has not read yet. Made by ``Subscriber.mailbox``."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._signals: deque[Signal] = deque()
        self._must_recheck = False
        self._filled = asyncio.Event()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._filled.is_set()

    def put(self, signal: Signal) -> None:
        if len(self._signals) >= self._limit:
            self.recheck()
        elif not self._must_recheck:
            self._signals.append(signal)
            self._filled.set()

    def recheck(self) -> None:
        # What waits would be found again by looking, so it need not be kept.
        self._signals.clear()
        self._must_recheck = True
        self._filled.set()

    async def get(self) -> Signal | Recheck:
        """The next signal; waits for it."""
        await self._filled.wait()
        if self._must_recheck:
            self._must_recheck = False
            self._filled.clear()
            return RECHECK
        signal = self._signals.popleft()
        if not self._signals:
            self._filled.clear()
        return signal


class Subscriber:
    """Follows channels for many mailboxes over one connection, which it opens again when it breaks."""

    def __init__(self, redis: Redis) -> None:
        """
        Args:
            redis: A client that does not retry by itself: a reconnect must be seen here, so that listeners
                are told to look again. Nor does it wait for answers with a timer of its own: one for each
                token would cost a tenth of what a token costs.
        """
        self._redis = redis
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._followed: dict[Listener, set[str]] = {}
        self._unconfirmed: Counter[str] = Counter()
        self._joining: defaultdict[str, set[Listener]] = defaultdict(set)
        self._changed = asyncio.Condition()
        self._pubsub: PubSub | None = None
        self._is_fresh = True
        self._heard = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_connected(self) -> bool:
        return self._pubsub is not None

    @asynccontextmanager
    async def mailbox(self, limit: int = 256) -> AsyncIterator[Mailbox]:
        """A mailbox that leaves all its channels at the end."""
        mailbox = Mailbox(limit)
        async with self.listening(mailbox):
            yield mailbox

    @asynccontextmanager
    async def listening(self, listener: Listener) -> AsyncIterator[None]:
        """Has a listener leave all its channels at the end."""
        self._followed[listener] = set()
        try:
            yield
        finally:
            for channel in list(self._followed[listener]):
                await self.unfollow(listener, channel)
            del self._followed[listener]

    async def follow(self, mailbox: Listener, channel: str) -> None:
        """
        Deliver the channel's messages to the mailbox, or to another listener.

        On return Redis has confirmed the subscription, so that what the caller reads next cannot miss
        anything; or Redis is away, and the mailbox gets ``RECHECK`` once it is back.
        """
        if mailbox in self._followed:
            self._followed[mailbox].add(channel)
        is_new = not self._listeners[channel]
        self._listeners[channel].add(mailbox)
        self._joining[channel].add(mailbox)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="relay-subscriber")
        elif is_new:
            await self._subscribe(channel)
        try:
            async with asyncio.timeout(CONFIRM_TIMEOUT_SECONDS), self._changed:
                await self._changed.wait_for(lambda: self._is_confirmed(channel))
        except TimeoutError:
            log.warning("relay.subscription_unconfirmed")
        finally:
            self._joining[channel].discard(mailbox)
            if not self._joining[channel]:
                del self._joining[channel]

    async def unfollow(self, mailbox: Listener, channel: str) -> None:
        """Stop delivering the channel to the mailbox."""
        if mailbox in self._followed:
            self._followed[mailbox].discard(channel)
        self._listeners[channel].discard(mailbox)
        if self._listeners[channel]:
            return
        del self._listeners[channel]
        self._joining.pop(channel, None)
        await self._command("UNSUBSCRIBE", channel)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def _is_confirmed(self, channel: str) -> bool:
        return self._pubsub is not None and self._unconfirmed[channel] == 0

    async def _subscribe(self, *channels: str) -> None:
        if self._pubsub is None:
            return
        self._unconfirmed.update(channels)
        await self._command("SUBSCRIBE", *channels)

    async def _command(self, name: str, *channels: str) -> None:
        """
        Send a command, unless the connection is broken: the reader notices, and subscribes to everything.

        Not by the library's own methods, which would connect again here, beside the reader.
        """
        connection = self._pubsub.connection if self._pubsub is not None else None
        if connection is not None and connection.is_connected:
            with suppress(RedisError, OSError):
                await connection.send_command(name, *channels, check_health=False)

    async def _run(self) -> None:
        pause = 0.05
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as exc:
                log.warning("relay.subscription_lost", error=type(exc).__name__)
            except Exception:
                # Without this task the worker would be deaf for ever.
                log.exception("relay.subscription_failed")
            if self._pubsub is not None:
                pause = 0.05
            await self._drop()
            # Full jitter, so that all workers do not come back in the same instant.
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311
            pause = min(pause * 2, MAX_PAUSE_SECONDS)

    async def _listen(self) -> None:
        pubsub = self._redis.pubsub()
        try:
            self._is_fresh = True
            async with asyncio.timeout(COMMAND_TIMEOUT_SECONDS):
                await pubsub.subscribe(CONTROL_CHANNEL)
            assert pubsub.connection is not None
            self._pubsub = pubsub
            self._unconfirmed.clear()
            if self._listeners:
                await self._subscribe(*self._listeners)
            await run_until_one_fails(self._take_all(pubsub.connection), self._feel_pulse(pubsub.connection))
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]

    async def _take_all(self, connection: AbstractConnection) -> None:
        # Read from the connection itself: the library's own call costs more than all the rest of a token.
        while True:
            answer = await connection.read_response(disconnect_on_error=False)
            self._heard += 1
            if isinstance(answer, list) and len(answer) == 3:
                kind, channel, data = answer
                await self._take(kind.decode(), channel.decode(), data)

    async def _feel_pulse(self, connection: AbstractConnection) -> None:
        """Raises TimeoutError when nothing comes, not even an answer."""
        while True:
            heard = self._heard
            await asyncio.sleep(POLL_SECONDS)
            if self._heard == heard:
                await connection.send_command("PING", check_health=False)
                await asyncio.sleep(COMMAND_TIMEOUT_SECONDS)
            if self._heard == heard:
                raise TimeoutError

    async def _drop(self) -> None:
        self._pubsub = None
        self._unconfirmed.clear()

    async def _take(self, kind: str, channel: str, data: bytes) -> None:
        if kind == "message":
            signal = Signal(channel, data)
            for mailbox in self._listeners.get(channel, ()):
                mailbox.put(signal)
        elif kind == "subscribe" and channel != CONTROL_CHANNEL:
            await self._confirm(channel)
        elif kind == "subscribe" and not self._is_fresh:
            # The library has connected anew by itself, and knows this one channel only.
            raise RedisConnectionError("connected anew")
        elif kind == "subscribe":
            self._is_fresh = False

    async def _confirm(self, channel: str) -> None:
        self._unconfirmed[channel] -= 1
        if self._unconfirmed[channel] > 0:
            return
        del self._unconfirmed[channel]
        for mailbox in self._listeners.get(channel, set()) - self._joining.get(channel, set()):
            mailbox.recheck()
        async with self._changed:
            self._changed.notify_all()
