"""Somebody at the other end of the socket through which the daemon feeds the proxy."""

import socket
from contextlib import suppress
from typing import Any

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.feed.messages import (
    MOST_FROM_DAEMON_BYTES,
    FromDaemon,
    FromProxy,
    Hello,
    read_from_daemon,
    written,
)
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.frames import FrameReader
from tenant_daemon.local_tokens import local_token
from tenant_daemon.settings import TenantSettings

SETTINGS = TenantSettings(tenant_name="t", hub_url="http://hub.test")
CONFIG = TenantConfig(version=1, agents=[AgentConfig(agent_id="sales", name="Sales", soul_md="# Be kind")])


class Visitor:
    """Speaks as a proxy would, or not."""

    def __init__(self, home: TenantHome) -> None:
        self._home = home
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(10)
        self._socket.connect(str(home.feed_socket))
        self._reader = FrameReader(MOST_FROM_DAEMON_BYTES)
        self._heard: list[FromDaemon] = []

    def close(self) -> None:
        self._socket.close()

    def greet(self, token: str | None = None, *, is_listening: bool = True) -> None:
        known = local_token(self._home, "feed") if token is None else token
        self.say(Hello(token=known, is_listening=is_listening))

    def say(self, *messages: FromProxy) -> None:
        self.send(b"".join(map(written, messages)))

    def send(self, data: bytes) -> None:
        # Who was turned away already finds out when it listens.
        with suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(data)

    def hear(self) -> FromDaemon:
        """The next message."""
        while not self._heard:
            data = self._socket.recv(65_536)
            assert data, "the daemon has left"
            self._heard += map(read_from_daemon, self._reader.feed(data))
        return self._heard.pop(0)

    def hear_until(self, kind: type[Any]) -> Any:
        """The next message of this kind."""
        while not isinstance(message := self.hear(), kind):
            pass
        return message

    def is_turned_away(self) -> bool:
        """Whether the daemon leaves without a word."""
        assert not self._heard
        try:
            return self._socket.recv(1) == b""
        except ConnectionResetError:
            return True
