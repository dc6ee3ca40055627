"""
A control group for each call (cgroups(7), version 2), where systemd lets the daemon have groups of its own.

Limits of processes count each for itself; those of a group count all that a call starts, however deep and in
whatever session. One word ends all of them at once, also when the warden itself was killed. The unit needs
``Delegate=``: the daemon then goes into a group of its own below the unit's, because the kernel hands
controllers on only where no process lies in between (``settle_in``). Without it everything works as before.
"""

import os
import secrets
import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from tenant_daemon.execution.limits import Limits

DAEMONS: Final = "letsbe-daemon"
_CALLS: Final = "letsbe-call-"
_CONTROLLERS: Final = ("memory", "pids")
_END_SECONDS: Final = 10.0
"""How long the kernel may take to end all of a group."""
_PROC: Final = Path("/proc")

log = structlog.get_logger()


def group_of(process: int | str = "self", proc: Path = _PROC) -> Path | None:
    """The folder of a process's group; None without control groups of version 2, or where it is gone."""
    try:
        lines = (proc / str(process) / "cgroup").read_text().splitlines()
        mounts = (proc / "self/mountinfo").read_text().splitlines()
    except OSError:
        return None
    name = next((line.removeprefix("0::") for line in lines if line.startswith("0::/")), "")
    for mount in mounts:
        before, _, after = mount.partition(" - ")
        if name and after.startswith("cgroup2 "):
            # proc_pid_mountinfo(5): the fourth field is what of the hierarchy is mounted at the fifth.
            root, place = before.split()[3:5]
            if Path(name).is_relative_to(root):
                return Path(place) / Path(name).relative_to(root)
    return None


def settle_in(own: Path | None = None) -> bool:
    """
    Make room for groups of calls below the unit's: go into one of our own. Call it before any child starts.

    Args:
        own: The group that this process is in.

    Returns:
        Whether it was done; False where the group is not ours to divide.
    """
    own = own or group_of()
    if own is None or not _is_delegated(own):
        return False
    try:
        (own / DAEMONS).mkdir(exist_ok=True)
        (own / DAEMONS / "cgroup.procs").write_text(str(os.getpid()))
    except OSError as exc:
        log.warning("call_groups.not_settled", error=str(exc))
        return False
    for controller in _CONTROLLERS:
        # One that the system does not hand down costs its bound, not the others.
        with suppress(OSError):
            (own / "cgroup.subtree_control").write_text(f"+{controller}")
    return True


def _is_delegated(group: Path) -> bool:
    """Whether systemd has left this group to us (systemd.resource-control(5), Delegate=)."""
    try:
        if os.geteuid() == 0:
            return any(
                name in os.listxattr(group) and os.getxattr(group, name) == b"1"
                for name in ("trusted.delegate", "user.delegate")
            )
        # systemd gives just this folder to the unit's user. In a person's session the one above is theirs as
        # well, and their own manager divides it.
        return group.stat().st_uid == os.geteuid() and group.parent.stat().st_uid != os.geteuid()
    except OSError:
        return False


@dataclass(frozen=True)
class CallGroup:
    """The group of one call. Its processes join it themselves, by writing ``0`` to ``entrance``."""

    folder: Path
    entrance: int
    """Open for writing: ``cgroup.procs``."""
    end: int
    """Open for writing: ``cgroup.kill``. A ``1`` ends everything in the group."""

    def reached(self, limits: Limits) -> list[str]:
        """Which bounds the call ran into, in words for the agent and the owner."""
        notes = []
        if _events(self.folder / "memory.events").get("oom_kill"):
            notes.append(
                f"[stopped: it needed more than {limits.call_memory_bytes // 1_048_576} MiB of memory]"
            )
        if _events(self.folder / "pids.events").get("max"):
            notes.append(f"[it was kept from running more than {limits.call_processes} processes at a time]")
        return notes


class CallGroups:
    """Groups below one folder, which nobody else makes groups in."""

    def __init__(self, base: Path) -> None:
        self.base = base

    @classmethod
    def open(cls) -> "CallGroups | None":
        """Those of the daemon that this process is part of, None where it has none. Ends what was left."""
        base = base_of("self")
        if base is None:
            return None
        groups = cls(base)
        groups.sweep()
        return groups

    def controllers(self) -> frozenset[str]:
        """Of ``memory`` and ``pids`` those that bound calls here."""
        try:
            return frozenset((self.base / "cgroup.subtree_control").read_text().split()) & {*_CONTROLLERS}
        except OSError:
            return frozenset()

    @contextmanager
    def group(self, limits: Limits) -> Iterator[CallGroup]:
        """A group for one call. At the end nothing is left in it. Blocking: use it in a thread."""
        folder = self.base / f"{_CALLS}{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        try:
            for name, value in self._bounds(limits):
                (folder / name).write_text(value)
            with suppress(OSError):
                # Missing where the kernel does not count swap.
                (folder / "memory.swap.max").write_text("0")
            with (
                open(folder / "cgroup.procs", "wb", buffering=0) as entrance,
                open(folder / "cgroup.kill", "wb", buffering=0) as end,
            ):
                yield CallGroup(folder, entrance.fileno(), end.fileno())
        finally:
            _end(folder)

    def _bounds(self, limits: Limits) -> Iterator[tuple[str, str]]:
        controllers = self.controllers()
        if "pids" in controllers:
            yield "pids.max", str(limits.call_processes)
        if "memory" in controllers:
            yield "memory.max", str(limits.call_memory_bytes)
            # Half a pipeline is of no use; all of it ends.
            yield "memory.oom.group", "1"

    def sweep(self) -> None:
        """End the calls that a process before this one left behind."""
        for folder in self.base.glob(f"{_CALLS}*"):
            log.warning("call_groups.left_over", group=folder.name)
            _end(folder)


def base_of(process: int | str, proc: Path = _PROC) -> Path | None:
    """Below which folder the calls of this process's daemon have their groups; None when they have none."""
    own = group_of(process, proc)
    is_ours = own is not None and own.name == DAEMONS and (own / "cgroup.kill").exists()
    return own.parent if own is not None and is_ours else None


def _end(folder: Path) -> None:
    try:
        (folder / "cgroup.kill").write_text("1")
        _wait_until_empty(folder / "cgroup.events")
        folder.rmdir()
    except OSError as exc:
        # Tried again at the next start.
        log.warning("call_groups.not_ended", group=folder.name, error=str(exc))


def _wait_until_empty(events: Path) -> None:
    with open(events) as file:
        change = select.poll()
        change.register(file, select.POLLPRI)
        while "populated 0" not in file.read():
            if not change.poll(_END_SECONDS * 1_000):
                return
            file.seek(0)


def _events(file: Path) -> dict[str, int]:
    try:
        return {name: int(number) for name, number in map(str.split, file.read_text().splitlines())}
    except (OSError, ValueError):
        return {}
