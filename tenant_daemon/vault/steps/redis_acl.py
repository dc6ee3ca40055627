"""The password of a Redis user, by ``ACL SETUSER`` (redis.io/docs, ACL)."""

import hashlib
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tenant_daemon.vault.rotation import StepFailed

_TIMEOUT_SECONDS: Final = 5.0
_MAX_REPLY_BYTES: Final = 4_096


@dataclass(frozen=True)
class RedisAclStep:
    """
    Changes the password of ``user``, signed in as ``admin``, who may call ACL; by default the user itself.

    Redis is given SHA-256 hashes, never a new password, so that none can end up in its log.
    """

    user: str
    host: str = "127.0.0.1"
    port: int = 6379
    unix_socket: str = ""
    admin: str = ""
    admin_password: str = field(default="", repr=False)

    def change(self, old: str, new: str) -> None:
        """Put the new password in place of the old; others of the user stay."""
        with self._connected() as redis:
            redis.call("AUTH", self.admin or self.user, self.admin_password if self.admin else old)
            redis.call("ACL", "SETUSER", self.user, f"#{_hash(new)}", f"!{_hash(old)}")

    def accepts(self, value: str) -> bool:
        """Whether the user can sign in with it. One who needs no password proves nothing."""
        with self._connected() as redis:
            if redis.is_ok("AUTH", self.user, secrets.token_urlsafe(24)):
                raise StepFailed(f"Redis lets {self.user} in with any password: give the user one first")
            return redis.is_ok("AUTH", self.user, value)

    @contextmanager
    def _connected(self) -> "Iterator[_Redis]":
        try:
            with self._socket() as connection:
                yield _Redis(connection)
        except OSError as exc:
            raise StepFailed(f"Redis cannot be reached ({type(exc).__name__})") from exc

    def _socket(self) -> socket.socket:
        if not self.unix_socket:
            return socket.create_connection((self.host, self.port), _TIMEOUT_SECONDS)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_TIMEOUT_SECONDS)
        try:
            connection.connect(self.unix_socket)
        except OSError:
            connection.close()
            raise
        return connection


class _Redis:
    """As much of the protocol (RESP2) as two commands need."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def call(self, *words: str) -> None:
        if not self.is_ok(*words):
            # Not its reply: that may quote what was sent.
            raise StepFailed(f"Redis refused {' '.join(words[:2]) if words[0] == 'ACL' else words[0]}")

    def is_ok(self, *words: str) -> bool:
        parts = [f"*{len(words)}\r\n".encode()]
        for word in words:
            data = word.encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        self._connection.sendall(b"".join(parts))
        return self._line().startswith(b"+OK")

    def _line(self) -> bytes:
        reply = b""
        while not reply.endswith(b"\r\n"):
            received = self._connection.recv(_MAX_REPLY_BYTES)
            reply += received
            if not received or len(reply) > _MAX_REPLY_BYTES:
                raise StepFailed("Redis gave no answer that can be read")
        return reply


def _hash(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()
