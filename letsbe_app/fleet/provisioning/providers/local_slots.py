"""Places for servers on one machine: a number, and the loopback ports that follow from it."""

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
