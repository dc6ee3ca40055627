"""Users of this server by name, and who is at the other end of a unix socket."""

import os
import pwd
import socket
import struct
from dataclasses import dataclass
from typing import Final

_CREDENTIALS: Final = struct.Struct("3i")
"""``struct ucred`` (unix(7)): process, user, group."""


class UnknownUser(ValueError):
    """There is no such user on this server."""


@dataclass(frozen=True)
class User:
    """A user and its own group, as numbers."""

    uid: int
    gid: int


def user_named(name: str) -> User:
    """
    The user of this name, or of this number, which needs no entry anywhere; our own for an empty name.

    Raises:
        UnknownUser: There is none.
    """
    if not name:
        return User(os.geteuid(), os.getegid())
    if name.isdecimal():
        return User(int(name), int(name))
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise UnknownUser(f"there is no user {name} on this server") from None
    return User(entry.pw_uid, entry.pw_gid)


def peer_uid(connection: socket.socket) -> int:
    """Who connected, or listens where we connected to. The kernel says so; nobody can pretend (unix(7))."""
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _pid, uid, _gid = _CREDENTIALS.unpack(told)
    return int(uid)
