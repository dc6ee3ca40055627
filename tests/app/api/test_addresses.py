"""Whose word counts for where a request comes from."""

import pytest
from starlette.requests import Request

from letsbe_app.api.addresses import client_address, counted_address
from letsbe_app.settings import Settings


def address(peer: str, *forwarded: str, trusted: str = "10.0.0.0/8,fd00::/8") -> str:
    scope = {
        "type": "http",
        "client": (peer, 1234),
        "headers": [(b"x-forwarded-for", value.encode()) for value in forwarded],
    }
    settings = Settings(_env_file=None, LETSBE_TRUSTED_PROXIES=trusted)
    return client_address(Request(scope), settings.trusted_networks())


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
    ],
)
def test_only_our_proxies_are_believed(peer: str, forwarded: list[str], expected: str) -> None:
    assert address(peer, *forwarded) == expected


def test_without_trusted_proxies_the_header_means_nothing() -> None:
    assert address("10.0.0.1", "198.51.100.1", trusted="") == "10.0.0.1"


@pytest.mark.parametrize(
    ("whole", "counted"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_one_person_is_counted_once(whole: str, counted: str) -> None:
    assert counted_address(whole) == counted
