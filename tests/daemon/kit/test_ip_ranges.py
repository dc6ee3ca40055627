"""Addresses that are the internet's, however they are written."""

import ipaddress

import pytest

from tenant_daemon.kit.ip_ranges import is_public


@pytest.mark.parametrize(
    "address",
    [
        *("fec0::1", "::127.0.0.1", "::10.0.0.1", "64:ff9b:1::a00:1", "::ffff:0:10.0.0.1"),
        *("192.88.99.1", "5f00::1", "64:ff9b::a00:1", "2002:a00:1::", "::ffff:10.0.0.1", "::", "::1"),
    ],
)
def test_addresses_in_disguise_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
