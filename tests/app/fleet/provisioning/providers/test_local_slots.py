"""Places on one machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple

from letsbe_app.fleet.provisioning.providers.local_slots import (
    SLOT_COUNT,
    SlotPorts,
    free_slots,
    is_free,
    ports_of,
)


def test_the_first_server_has_the_ports_of_the_product() -> None:
    assert ports_of(0) == SlotPorts(proxy=8100, wrapper=8200, practice=8110, gateway=18_789)


def test_no_two_servers_share_a_port_and_all_lie_below_those_of_the_kernel() -> None:
    ports = [port for slot in range(SLOT_COUNT) for port in astuple(ports_of(slot))]

    assert len(set(ports)) == len(ports) == 4 * SLOT_COUNT
    assert max(ports) < 32_768


@contextmanager
def busy_slot() -> Iterator[int]:
    """A slot one of whose ports is taken meanwhile, by nobody but us."""
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for slot in free_slots(()):
            try:
                busy.bind(("127.0.0.1", ports_of(slot).proxy))
                busy.listen()
            except OSError:
                continue  # Another program was quicker.
            yield slot
            return
    raise AssertionError("no slot is free")


def test_taken_slots_and_slots_with_busy_ports_are_passed_over() -> None:
    with busy_slot() as slot:
        assert slot not in free_slots(())
        assert not is_free(ports_of(slot).proxy)
    assert slot in free_slots(())
    assert slot not in free_slots({str(slot)})
