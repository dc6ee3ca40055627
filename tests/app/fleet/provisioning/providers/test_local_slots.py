"""Places on one machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, replace

from letsbe_app.fleet.provisioning.providers.local_slots import (
    SLOT_COUNT,
    PortClaims,
    SlotPorts,
    free_slots,
    is_claimed,
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


def test_two_installations_that_start_at_once_take_different_places() -> None:
    one, other = PortClaims(), PortClaims()
    try:
        slot = next(slot for slot in free_slots(()) if one.take(ports_of(slot)))
        ports = ports_of(slot)
        assert one.take(ports), "its own it may take again"
        assert not other.take(ports)
        assert all(is_claimed(port) for port in astuple(ports))
        one.release(ports)
        assert other.take(ports)
    finally:
        one.release_all()
        other.release_all()
    assert not any(is_claimed(port) for port in astuple(ports))


def test_a_place_of_which_one_port_is_claimed_is_not_taken_by_half() -> None:
    one, other = PortClaims(), PortClaims()
    try:
        slot = next(slot for slot in free_slots(()) if one.take(ports_of(slot)))
        ports = ports_of(slot)
        elsewhere = replace(ports, proxy=1, wrapper=2)
        assert not other.take(elsewhere)
        assert not is_claimed(1)
        assert not is_claimed(2)
    finally:
        one.release_all()
