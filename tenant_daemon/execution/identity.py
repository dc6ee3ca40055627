"""
As whom commands run when the daemon itself is root: a user of the tenant's own, with nothing but workspaces.

A layer of its own below the classifier. Programs that work on the server itself (``server = true`` in their
profile: systemctl, docker, ...) keep the daemon's rights; what they may do is what their profile says.
"""

import grp
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_USUAL_GROUPS: Final = ("adm", "systemd-journal")
"""Who may read logs on Debian and Ubuntu."""
MAX_HANDED_OVER: Final = 50_000
MAX_DEPTH: Final = 200
"""Of folders in each other, each held open meanwhile; an agent can make them as deep as it likes."""


class NoSuchUser(ValueError):
    """The user that the settings name is not there, or is root."""


@dataclass(frozen=True)
class Identity:
    """User, group and further groups, as numbers."""

    uid: int
    gid: int
    groups: tuple[int, ...] = ()


def identity_of(user: str) -> Identity | None:
    """
    Who the user of the settings is; None when there is none, or when the daemon is not root itself.

    Args:
        user: A name, or a number above 999 that needs no entry anywhere.

    Raises:
        NoSuchUser: It cannot be used, so nothing may start.
    """
    if not user or os.geteuid() != 0:
        return None
    if user.isdecimal():
        uid = gid = int(user)
    else:
        try:
            entry = pwd.getpwnam(user)
        except KeyError:
            raise NoSuchUser(f"there is no user {user} on this server") from None
        uid, gid = entry.pw_uid, entry.pw_gid
    if 0 in (uid, gid):
        raise NoSuchUser(f"{user} is a user of the system itself")
    return Identity(uid, gid, tuple(number for name in _USUAL_GROUPS if (number := _group(name))))


def _group(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return 0


def hand_over(home: Path, workspace: Path, identity: Identity) -> None:
    """
    Let the user into the workspace, and nowhere else in the home.

    The user's group can go the way there and not read it. What the daemon's own tools have written into the
    workspace becomes the user's; links are not followed.
    """
    for folder in (home, workspace.parent):
        status = os.stat(folder, follow_symlinks=False)
        if status.st_gid != identity.gid or stat.S_IMODE(status.st_mode) != 0o710:
            os.chown(folder, -1, identity.gid, follow_symlinks=False)
            os.chmod(folder, 0o710)  # noqa: S103 - to be gone through by one group, not to be read
    root = os.open(workspace, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.fstat(root).st_uid != identity.uid:
            os.fchown(root, identity.uid, identity.gid)
        _hand_over_below(root, identity, [0])
    finally:
        os.close(root)


def _hand_over_below(folder: int, identity: Identity, seen: list[int], depth: int = 0) -> None:
    if depth == MAX_DEPTH:
        return
    for entry in os.scandir(folder):
        seen[0] += 1
        if seen[0] > MAX_HANDED_OVER:
            return
        status = entry.stat(follow_symlinks=False)
        # Several names for one file: the other one may be anybody's.
        is_ours = stat.S_ISDIR(status.st_mode) or status.st_nlink == 1
        if status.st_uid != identity.uid and is_ours:
            os.chown(entry.name, identity.uid, identity.gid, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            try:
                below = os.open(entry.name, flags, dir_fd=folder)
            except OSError:
                continue
            try:
                _hand_over_below(below, identity, seen, depth + 1)
            finally:
                os.close(below)
