"""
The proxy's side of the feed: what it knows comes from here, and is confirmed before each request.

A request is redacted by what is in force *after* it came: where the notice says that something has changed,
the daemon is asked first. So a secret that was stored a moment ago is known to the next request, whoever
stored it, and without the daemon nothing leaves.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

import structlog

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.known import Known, NothingToldYet
from tenant_daemon.feed.messages import (
    MOST_FROM_DAEMON_BYTES,
    Confirm,
    Confirmed,
    Delivered,
    Hello,
    Registry,
    Ruling,
    Trouble,
    Welcome,
    read_from_daemon,
    written,
)
from tenant_daemon.kit.backoff import Backoff
from tenant_daemon.kit.frames import FrameReader
from tenant_daemon.kit.notice import read_notice
from tenant_daemon.kit.unix_address import short_address
from tenant_daemon.kit.users import peer_uid

_CONFIRM_SECONDS: Final = 5.0
_CONNECT_SECONDS: Final = 5.0
_FIRST_BYTES: Final = 4_096

log = structlog.get_logger()


class NotTheDaemon(Exception):
    """Somebody else listens where the daemon should."""


@dataclass(frozen=True)
class FeedAddress:
    """Where the daemon is, and how each side knows the other."""

    path: Path
    daemon_uid: int
    token: Callable[[], str]
    """For a daemon that has our own user; empty otherwise."""

    def connected(self, connection: socket.socket) -> None:
        """Raises NotTheDaemon unless the daemon is at the other end. To be called before anything is said."""
        uid = peer_uid(connection)
        if uid != self.daemon_uid:
            raise NotTheDaemon(f"user {uid} listens there, the daemon is user {self.daemon_uid}")


@dataclass
class _Batch:
    """Requests that wait for the same answer."""

    is_in_force: asyncio.Future[bool]
    agents: set[str] = field(default_factory=set)


class Feed:
    """``start`` it in the event loop that serves; ``close`` it there."""

    def __init__(
        self,
        address: FeedAddress,
        known: Known,
        *,
        on_welcome: Callable[[], None] = lambda: None,
        on_registry: Callable[[], None] = lambda: None,
        on_ruling: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Args:
            address: Of the daemon.
            known: Kept up to date.
            on_welcome: The daemon is there, for the first time or again.
            on_registry: The vault has changed.
            on_ruling: The customer's configuration has changed.
        """
        self._address = address
        self._known = known
        self._on_welcome = on_welcome
        self._on_registry = on_registry
        self._on_ruling = on_ruling
        self._line: _Line | None = None
        self._is_welcome = False
        self._is_fed = False
        """Whether this daemon, and not one before it, has said what is secret."""
        self._trouble = ""
        self._notice = -1
        self._number = 0
        self._next: _Batch | None = None
        self._asked: dict[int, _Batch] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect, and again whenever the connection is lost."""
        self._task = asyncio.create_task(self._stay_connected())

    async def close(self) -> None:
        """Leave."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._is_welcome = False
        self._forget_notice()

    async def confirm(self, agent_id: str = "") -> None:
        """
        What is known is in force: nothing has changed, or the daemon has told it since this was called.

        Args:
            agent_id: Whose runs in progress are wanted in ``Known.runs``; the daemon is asked for them.

        Raises:
            Refused: The daemon is away, or cannot read the vault.
        """
        if not self._is_welcome:
            raise unavailable()
        if not agent_id and self._is_unchanged():
            return
        batch = self._next
        if batch is None:
            # Requests that come in the same turn of the loop ask together.
            loop = asyncio.get_running_loop()
            batch = self._next = _Batch(loop.create_future())
            loop.call_soon(self._ask)
        if agent_id:
            batch.agents.add(agent_id)
        try:
            async with asyncio.timeout(_CONFIRM_SECONDS):
                # Shielded: others may wait for the same answer.
                is_in_force = await asyncio.shield(batch.is_in_force)
        except TimeoutError:
            log.error("proxy.feed_silent", waited_seconds=_CONFIRM_SECONDS)
            is_in_force = False
        if not is_in_force:
            raise unavailable()

    def _is_unchanged(self) -> bool:
        if self._trouble or not self._is_fed:
            return False
        try:
            return read_notice(self._notice) == self._known.notice()
        except (OSError, NothingToldYet):
            return False

    def _ask(self) -> None:
        batch, self._next = self._next, None
        if batch is None:
            return
        if self._line is None:
            _settle(batch, is_in_force=False)
            return
        self._number += 1
        self._asked[self._number] = batch
        self._line.say(written(Confirm(number=self._number, agents=frozenset(batch.agents))))

    async def _stay_connected(self) -> None:
        backoff = Backoff(base_seconds=0.1, cap_seconds=1.0)
        problem = ""
        while True:
            try:
                line = await self._connected()
                await line.lost
                problem = "the daemon has left"
                backoff.succeeded()
            except Exception as exc:  # noqa: BLE001 - tried again whatever it is: without it nothing goes
                if problem != str(exc):
                    problem = str(exc)
                    log.error("proxy.feed_away", reason=problem or type(exc).__name__)
            await asyncio.sleep(backoff.after_failure())

    async def _connected(self) -> "_Line":
        loop = asyncio.get_running_loop()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                with short_address(self._address.path) as address:
                    await loop.sock_connect(connection, address)
                self._address.connected(connection)
                await loop.sock_sendall(connection, written(Hello(token=self._address.token())))
                first = await self._first_words(connection)
            _, line = await loop.create_unix_connection(lambda: _Line(self, first), sock=connection)
        except BaseException:
            connection.close()
            raise
        return line

    async def _first_words(self, connection: socket.socket) -> bytes:
        """What the daemon says first, which the descriptor of the notice comes with."""
        loop = asyncio.get_running_loop()
        is_there = asyncio.Event()
        loop.add_reader(connection, is_there.set)
        try:
            await is_there.wait()
        finally:
            loop.remove_reader(connection)
        data, handles, _, _ = socket.recv_fds(connection, _FIRST_BYTES, 1)
        if not data or not handles:
            raise ConnectionResetError("the daemon does not let us in")
        self._forget_notice()
        [self._notice] = handles
        os.set_inheritable(self._notice, False)
        return data

    def _forget_notice(self) -> None:
        if self._notice >= 0:
            os.close(self._notice)
        self._notice = -1

    def begin(self, line: "_Line") -> None:
        """A connection has come about."""
        self._line = line

    def take(self, content: bytes) -> None:
        """A frame of the daemon's; raises ValueError when it is none."""
        message = read_from_daemon(content)
        match message:
            case Welcome():
                self._known.proxy_token = message.proxy_token
                self._is_welcome = True
                self._on_welcome()
            case Registry():
                self._known.set_registry(message)
                log.info("proxy.registry", secret_count=len(message.secrets), is_first=not self._is_fed)
                self._is_fed = True
                self._on_registry()
            case Trouble():
                self._trouble = message.problem
                log.error("proxy.vault_trouble", problem=message.problem or "over")
            case Ruling():
                self._known.config, self._known.config_notice = message.config, message.notice
                self._on_ruling()
            case Confirmed():
                self._settle(message)
            case Delivered():
                raise ValueError("nothing was delivered")

    def _settle(self, confirmed: Confirmed) -> None:
        batch = self._asked.pop(confirmed.number, None)
        if batch is None:
            return
        if confirmed.problem:
            log.error("proxy.vault_unavailable", reason=confirmed.problem)
        self._known.note_runs(confirmed.runs)
        _settle(batch, is_in_force=not confirmed.problem)

    def lose(self) -> None:
        """The connection is gone. What is known stays known: running answers are still checked with it."""
        self._line = None
        self._is_welcome = self._is_fed = False
        self._trouble = ""
        asked, self._asked = self._asked, {}
        for batch in asked.values():
            _settle(batch, is_in_force=False)


class _Line(asyncio.Protocol):
    """A connection to the daemon."""

    def __init__(self, feed: Feed, first: bytes) -> None:
        """``first`` is what was received already."""
        self._feed = feed
        self._first = first
        self._reader = FrameReader(MOST_FROM_DAEMON_BYTES)
        self._transport: asyncio.Transport | None = None
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def say(self, frame: bytes) -> None:
        """Send a frame."""
        if self._transport is not None:
            self._transport.write(frame)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is one as well, though not by its class.
        self._transport = cast("asyncio.Transport", transport)
        self._feed.begin(self)
        self.data_received(self._first)

    def data_received(self, data: bytes) -> None:
        try:
            for content in self._reader.feed(data):
                self._feed.take(content)
        except ValueError as exc:
            # Only the type: a registry is full of secrets.
            log.error("proxy.feed_unreadable", reason=type(exc).__name__)
            if self._transport is not None:
                self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._feed.lose()
        if not self.lost.done():
            self.lost.set_result(None)


def _settle(batch: _Batch, *, is_in_force: bool) -> None:
    if not batch.is_in_force.done():
        batch.is_in_force.set_result(is_in_force)


def unavailable() -> Refused:
    """The refusal of whatever would leave unredacted. Clients ask again: a daemon is back in seconds."""
    return Refused(503, "vault_unavailable", "The vault cannot be read, so nothing may leave this server.")
