"""
The daemon's side of the feed: a unix socket, and a thread for each proxy that is connected to it.

Threads, since all that is told comes from files, and so that nothing else that the daemon does delays a proxy
for which a request waits.
"""

import hmac
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog

from tenant_daemon.feed.intake import Intake, NotTaken
from tenant_daemon.feed.messages import (
    MOST_FROM_PROXY_BYTES,
    Confirm,
    Confirmed,
    Deliver,
    Delivered,
    FromDaemon,
    FromProxy,
    Hello,
    Ruling,
    Trouble,
    Welcome,
    read_from_proxy,
    written,
)
from tenant_daemon.feed.source import Source
from tenant_daemon.kit.frames import FrameReader
from tenant_daemon.kit.notice import open_notice, read_notice
from tenant_daemon.kit.unix_address import bind_private
from tenant_daemon.kit.users import User, peer_uid

MOST_VISITORS: Final = 8
"""At once; a proxy is one, and one more while it has something to deliver."""
_HELLO_SECONDS: Final = 5.0
_SEND_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.25
"""How often is looked for what nobody announced: a secret that was stored from the command line."""
_NOT_LISTENING: Final = "not listening"
_RECEIVE_BYTES: Final = 65_536

log = structlog.get_logger()


@dataclass(frozen=True)
class Callers:
    """Who is let in."""

    proxy: User
    token: str
    """Demanded where the proxy has our own user, which agents' commands may have as well."""

    def admits(self, uid: int) -> bool:
        return uid == self.proxy.uid

    def knows(self, token: str) -> bool:
        return self.proxy.uid != os.geteuid() or hmac.compare_digest(token.encode(), self.token.encode())


@dataclass(frozen=True)
class Told:
    """What a visit is about."""

    callers: Callers
    source: Source
    proxy_token: Callable[[], str]
    notice_file: Path


class FeedDoor:
    """Open while its context lasts."""

    def __init__(self, path: Path, told: Told, intake: Intake) -> None:
        self._path = path
        self._callers = told.callers
        self._told = told
        self._intake = intake
        self._visits: set[_Visit] = set()
        self._lock = threading.Lock()
        self._is_open = True

    def __enter__(self) -> Self:
        """Listen; raises OSError when that cannot be done."""
        group = self._callers.proxy.gid if self._callers.proxy.uid != os.geteuid() else None
        self._listener = bind_private(self._path, group=group)
        self._waiting = threading.Thread(target=self._let_in, name="feed", daemon=True)
        self._waiting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._is_open = False
            visits = list(self._visits)
        # Closing alone would not wake who waits in accept.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for visit in visits:
            visit.end()
        self._waiting.join()
        for visit in visits:
            visit.thread.join()
        self._listener.close()
        self._path.unlink(missing_ok=True)
        self._told.source.close()

    def look(self) -> None:
        """Something may have changed: tell it now."""
        with self._lock:
            for visit in self._visits:
                visit.look()

    def _let_in(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError as exc:
                if not self._is_open:
                    return
                # Too many open files, for one: whoever waits is let in when there is room again.
                log.error("feed.nobody_let_in", reason=type(exc).__name__)
                time.sleep(_LOOK_SECONDS)
                continue
            try:
                self._begin(connection)
            except OSError as exc:
                log.error("feed.visit_failed", reason=type(exc).__name__)
                connection.close()

    def _begin(self, connection: socket.socket) -> None:
        uid = peer_uid(connection)
        if not self._callers.admits(uid):
            log.error("feed.stranger_refused", uid=uid)
            connection.close()
            return
        with self._lock:
            if not self._is_open or len(self._visits) >= MOST_VISITORS:
                log.error("feed.too_many", count=len(self._visits))
                connection.close()
                return
            visit = _Visit(connection, self._told, self._intake)
            visit.thread = threading.Thread(target=self._serve, args=(visit,), name="feed-visit", daemon=True)
            self._visits.add(visit)
            visit.thread.start()

    def _serve(self, visit: "_Visit") -> None:
        try:
            visit.serve()
        except (OSError, ValueError) as exc:
            # Only the type: what was sent may be quoted in the text.
            log.warning("feed.visit_ended", reason=type(exc).__name__)
        except Exception as exc:  # noqa: BLE001 - the next visit must be served whatever happened to this one
            log.error("feed.visit_failed", reason=type(exc).__name__)
        finally:
            with self._lock:
                self._visits.discard(visit)
            visit.close()


class _Visit:
    """One connection. ``look`` and ``end`` may be called from other threads until ``close``."""

    thread: threading.Thread

    def __init__(self, connection: socket.socket, told: Told, intake: Intake) -> None:
        self._connection = connection
        self._callers = told.callers
        self._source = told.source
        self._proxy_token = told.proxy_token
        self._notice_file = told.notice_file
        self._notice = open_notice(told.notice_file)
        self._intake = intake
        self._reader = FrameReader(MOST_FROM_PROXY_BYTES)
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._told_version: int | None = None
        self._told_problem = ""
        self._told_ruling: Ruling | None = None

    def look(self) -> None:
        """Look for changes now."""
        with suppress(OSError):
            os.eventfd_write(self._wake, 1)

    def end(self) -> None:
        """Break the connection off; who serves it notices."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give back what it held. Nobody else may have the visit by now."""
        self._connection.close()
        os.close(self._wake)
        os.close(self._notice)

    def serve(self) -> None:
        """Until the proxy leaves. Raises ValueError for what no proxy says, OSError when it is lost."""
        self._connection.settimeout(_SEND_SECONDS)
        frames = self._heard(_HELLO_SECONDS)
        first = next(frames, None) if frames is not None else None
        hello = read_from_proxy(first) if first is not None else None
        if frames is None or not isinstance(hello, Hello) or not self._callers.knows(hello.token):
            log.error("feed.stranger_refused", uid=self._callers.proxy.uid)
            return
        if hello.is_listening:
            welcome = written(Welcome(proxy_token=self._proxy_token()))
            if socket.send_fds(self._connection, [welcome], [self._notice]) != len(welcome):
                raise OSError("the proxy takes nothing")
            self._tell_changes()
        while frames is not None:
            # Looked for after the question came: what was stored before it was asked is told before it is
            # answered.
            asked = [read_from_proxy(content) for content in frames]
            problem = self._tell_changes() if hello.is_listening else _NOT_LISTENING
            for message in asked:
                self._answer(message, problem)
            frames = self._heard(_LOOK_SECONDS)

    def _heard(self, seconds: float) -> Iterator[bytes] | None:
        """What the proxy has said within this time or until there is something to tell; None: it has left."""
        connection = self._connection.fileno()
        # Not select, which takes no number above 1023.
        poll = select.poll()
        for handle in (connection, self._wake):
            poll.register(handle, select.POLLIN)
        ready = {handle for handle, _ in poll.poll(seconds * 1_000)}
        if self._wake in ready:
            os.eventfd_read(self._wake)
        if connection not in ready:
            return iter(())
        data = self._connection.recv(_RECEIVE_BYTES)
        return self._reader.feed(data) if data else None

    def _answer(self, message: FromProxy, problem: str) -> None:
        match message:
            case Confirm():
                runs = self._source.runs(message.agents) if message.agents else {}
                self._send(Confirmed(number=message.number, problem=problem, runs=runs))
            case Deliver():
                self._take(message)
            case Hello():
                raise ValueError("hello was said before")

    def _take(self, delivery: Deliver) -> None:
        try:
            self._intake.take(delivery)
        except NotTaken as exc:
            self._send(Delivered(problem=str(exc)))
            return
        self._send(Delivered())
        self._intake.tell_link()

    def _tell_changes(self) -> str:
        """Tell what the proxy does not have yet; says what is wrong where that cannot be found out."""
        if os.stat(self._notice_file).st_ino != os.fstat(self._notice).st_ino:
            # The proxy would look at the one that was there before: it comes again and gets the new one.
            raise OSError("the notice was replaced")
        # The number is read first: a change in between is then seen as one the next time.
        ruling = Ruling(notice=read_notice(self._notice).config, config=self._source.config())
        told = self._told_ruling
        if told is None or ruling.config is not told.config or ruling.notice != told.notice:
            self._send(ruling)
            self._told_ruling = ruling
        try:
            # The version is read first: a change in between is then seen as one the next time.
            version = self._source.version()
            registry = self._source.registry(version) if version != self._told_version else None
        except Exception as exc:  # noqa: BLE001 - whatever it is, the proxy must not rely on what it has
            return self._tell_trouble(type(exc).__name__)
        if registry is not None:
            self._send(registry)
            self._told_version = version
        return self._tell_trouble("")

    def _tell_trouble(self, problem: str) -> str:
        if problem != self._told_problem:
            log.error("feed.vault_unavailable", reason=problem or "over")
            self._send(Trouble(problem=problem))
            self._told_problem = problem
        return problem

    def _send(self, message: FromDaemon) -> None:
        self._connection.sendall(written(message))
