"""Places for servers on one machine: a number, and the loopback ports that follow from it."""

import contextlib
import socket
from collections.abc import Collection, Iterator
from dataclasses import astuple, dataclass
from typing import Final

SLOT_COUNT: Final = 20
_PER_BLOCK: Final = 5
"""Servers between 8100 and 8200; the next block begins a thousand ports higher."""


@dataclass(frozen=True)
class SlotPorts:
    """Ports of one server; those of slot 0 are the product's own."""

    proxy: int
    wrapper: int
    practice: int
    gateway: int


def ports_of(slot: int) -> SlotPorts:
    """The ports of a slot; no two slots share one, and all lie below those that kernels hand out."""
    block, place = divmod(slot, _PER_BLOCK)
    offset = block * 1_000 + place * 20
    return SlotPorts(
        proxy=8100 + offset, wrapper=8200 + offset, practice=8110 + offset, gateway=18_789 + slot * 20
    )


def free_slots(taken: Collection[str]) -> Iterator[int]:
    """Slots that no server has and whose ports nothing listens on, lowest first."""
    for slot in range(SLOT_COUNT):
        if str(slot) not in taken and all(is_free(port) for port in astuple(ports_of(slot))):
            yield slot


class PortClaims:
    """
    Ports that this process means to use, so that another installation on the machine takes none of them.

    Nothing listens on them for the minute in which a server is made. A claim is a name in Linux's abstract
    socket namespace: as wide as the ports are, and gone with the process however it ends.
    """

    def __init__(self) -> None:
        self._held: dict[int, socket.socket] = {}

    def take(self, ports: SlotPorts) -> bool:
        """Claim all of them, or none where one is somebody else's. Again, it changes nothing."""
        before = set(self._held)
        for port in astuple(ports):
            if port not in self._held and not self._take(port):
                for taken in set(self._held) - before:
                    self._held.pop(taken).close()
                return False
        return True

    def _take(self, port: int) -> bool:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(_claim_name(port))
        except OSError:
            claim.close()
            return False
        self._held[port] = claim
        return True

    def release(self, ports: SlotPorts) -> None:
        """Give them back."""
        for port in astuple(ports):
            with contextlib.suppress(KeyError):
                self._held.pop(port).close()

    def release_all(self) -> None:
        """Give back everything."""
        for claim in self._held.values():
            claim.close()
        self._held.clear()


def is_claimed(port: int) -> bool:
    """Whether an installation on this machine means to use it, though nothing may listen on it yet."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(_claim_name(port))
        except OSError:
            return True
    return False


def _claim_name(port: int) -> str:
    return f"\0letsbe-biz/port/{port}"


def is_free(port: int) -> bool:
    """Whether a program could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        # As servers do: a port that was just left may be taken again at once.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
