"""Brings the daemon what the hub has to hear: usage, notes about budgets, planted secrets that turned up."""

import socket
from typing import Final

from tenant_daemon.contracts.budget import BudgetReached
from tenant_daemon.contracts.secrets import CanarySeen
from tenant_daemon.contracts.usage import UsageReported
from tenant_daemon.egress.feed import FeedAddress, NotTheDaemon
from tenant_daemon.feed.messages import (
    Deliver,
    Delivered,
    Hello,
    read_from_daemon,
    written,
)
from tenant_daemon.kit.frames import FrameReader
from tenant_daemon.kit.unix_address import short_address

_SECONDS: Final = 10.0
_MOST_BYTES: Final = 65_536


class Undelivered(OSError):
    """The daemon is away or did not take it: it must be brought again."""


class Courier:
    """
    ``metering.reporter.Outbox`` of a process that has no outbox. For threads: its calls block.

    A connection for each delivery, so that none of them delays what a request waits for.
    """

    def __init__(self, address: FeedAddress) -> None:
        self._address = address

    def put(self, payload: UsageReported | BudgetReached, *, slot: str | None = None) -> str:
        """Have a message stored for the hub; it is safe when this returns. Raises Undelivered."""
        self._bring(Deliver(message=payload, slot=slot))
        return slot or ""

    def tell_canary(self, seen: CanarySeen) -> None:
        """Have an alarm raised; raises Undelivered."""
        self._bring(Deliver(message=seen))

    def _bring(self, delivery: Deliver) -> None:
        hello = Hello(token=self._address.token(), is_listening=False)
        try:
            with (
                short_address(self._address.path) as address,
                socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
            ):
                connection.settimeout(_SECONDS)
                connection.connect(address)
                self._address.connected(connection)
                connection.sendall(written(hello) + written(delivery))
                problem = _answer(connection)
        except (OSError, NotTheDaemon, ValueError) as exc:
            raise Undelivered(f"the daemon is away: {type(exc).__name__}") from exc
        if problem:
            raise Undelivered(problem)


def _answer(connection: socket.socket) -> str:
    """What was wrong with the delivery; empty when it was taken."""
    reader = FrameReader(_MOST_BYTES)
    while data := connection.recv(_MOST_BYTES):
        for content in reader.feed(data):
            answer = read_from_daemon(content)
            if not isinstance(answer, Delivered):
                raise ValueError("something else was answered")
            return answer.problem
    raise ConnectionResetError("nothing was answered")
