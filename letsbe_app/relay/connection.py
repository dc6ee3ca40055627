"""Opening Redis, and the one error that everything outside this package sees of it."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import (
    AbstractConnection,
    Connection,
    SSLConnection,
    UnixDomainSocketConnection,
    parse_url,
)
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.connection import HiredisRespSerializer
from redis.exceptions import RedisError
from redis.typing import EncodableT

from letsbe_app.errors import Unavailable
from letsbe_app.telemetry import metrics

CONNECT_TIMEOUT_SECONDS: Final = 1.0
COMMAND_TIMEOUT_SECONDS: Final = 3.0
MAX_CONNECTIONS: Final = 32
"""Per worker. A command that finds none free waits its turn."""


class RelayAway(Unavailable):
    """Redis does not answer. What matters is in the database; trying again later is right."""

    def __init__(self) -> None:
        super().__init__("Live updates are interrupted. Nothing is lost; please try again in a moment.")


_PACKER: Final = HiredisRespSerializer()
"""The synchronous client's; the asynchronous one would do it in Python."""


class _Obedient(AbstractConnection):
    """
    Sends without a task of its own, and what C has written.

    The library's way is ``asyncio.wait_for``, which before Python 3.12 swallows a cancellation that comes in
    the moment in which the command is out: whoever waits for the cancelled task then waits for ever.
    """

    def pack_command(self, *args: EncodableT) -> list[bytes]:
        return _PACKER.pack(*args)  # type: ignore[no-any-return, arg-type]

    async def send_packed_command(
        self, command: bytes | str | Iterable[bytes], check_health: bool = True
    ) -> None:
        if not self.is_connected:
            await self.connect_check_health(check_health=False)
        if check_health:
            await self.check_health()  # type: ignore[no-untyped-call]
        seconds = self.socket_timeout
        async with asyncio.timeout(seconds):
            self.socket_timeout = None
            try:
                await super().send_packed_command(command, check_health=False)
            finally:
                self.socket_timeout = seconds


class _ObedientConnection(_Obedient, Connection):
    pass


class _ObedientSSLConnection(_Obedient, SSLConnection):
    pass


class _ObedientSocketConnection(_Obedient, UnixDomainSocketConnection):
    pass


_KINDS: Final[dict[type[AbstractConnection], type[AbstractConnection]]] = {
    Connection: _ObedientConnection,
    SSLConnection: _ObedientSSLConnection,
    UnixDomainSocketConnection: _ObedientSocketConnection,
}


def open_redis(
    url: str, *, retries: int = 1, answer_seconds: float | None = COMMAND_TIMEOUT_SECONDS
) -> Redis:
    """
    A client that connects at first use.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``; the last takes a third less of a worker's time.
        retries: Immediate attempts after a failure. One covers a pooled connection that died with a restarted
            Redis. Every script of ours may run twice without harm.
        answer_seconds: How long an answer is waited for; None where the caller sees to that.
    """
    address: dict[str, Any] = {**parse_url(url)}
    kind: type[AbstractConnection] = address.pop("connection_class", Connection)
    pool = BlockingConnectionPool(
        connection_class=_KINDS[kind],
        **address,
        max_connections=MAX_CONNECTIONS,
        timeout=COMMAND_TIMEOUT_SECONDS,
        socket_timeout=answer_seconds,
        socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
        health_check_interval=15,
        # Else each connection reads the library's version from disk, and tells Redis of it.
        driver_info=None,
        retry=Retry(NoBackoff(), retries),
    )
    return Redis.from_pool(pool)


@contextmanager
def relay_errors() -> Iterator[None]:
    """Turns what the client library raises into RelayAway."""
    try:
        yield
    except (RedisError, OSError, TimeoutError) as exc:
        metrics.REDIS_ERRORS.inc()
        raise RelayAway from exc
    except RuntimeError as exc:
        # What uvloop raises where asyncio raises an OSError: the connection was closed meanwhile.
        if "is closed" not in str(exc):
            raise
        metrics.REDIS_ERRORS.inc()
        raise RelayAway from exc
