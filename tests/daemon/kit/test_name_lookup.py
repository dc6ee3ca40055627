import socket
import threading
from typing import Any

import pytest

from tenant_daemon.kit.name_lookup import look_up


def _answers(*addresses: str) -> list[tuple[Any, ...]]:
    return [
        (socket.AF_INET6 if ":" in text else socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, 0))
        for text in addresses
    ]


def test_addresses_come_once_and_in_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ("2001:db8::1", "192.0.2.9", "192.0.2.1", "192.0.2.9")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: _answers(*found))
    assert look_up("tool.example") == ("192.0.2.1", "192.0.2.9", "2001:db8::1")


def test_own_name_is_known() -> None:
    assert "127.0.0.1" in look_up("localhost")


@pytest.mark.parametrize("problem", [socket.gaierror(), UnicodeError()])
def test_what_cannot_be_looked_up_has_no_address(problem: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_more: object) -> Any:
        raise problem

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert look_up("absent.invalid") == ()


def test_slow_look_up_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def wait(*_args: object, **_more: object) -> list[tuple[Any, ...]]:
        go_on.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    try:
        assert look_up("slow.example", timeout_seconds=0.05) == ()
    finally:
        go_on.set()
