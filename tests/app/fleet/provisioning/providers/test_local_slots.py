"""Places on one machine."""

import socket
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


def test_taken_slots_and_slots_with_busy_ports_are_passed_over() -> None:
    with socket.socket() as busy:
        free = list(free_slots(()))
        first = next(slot for slot in free if is_free(ports_of(slot).proxy))
        busy.bind(("127.0.0.1", ports_of(first).proxy))
        busy.listen()

        assert first not in free_slots(())
        assert not is_free(ports_of(first).proxy)
    assert first in free_slots(())
    assert first not in free_slots({str(first)})
