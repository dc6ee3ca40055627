"""As whom the proxy runs, as ``doctor`` sees it."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenant_daemon.diagnosis import Weak, Wrong
from tenant_daemon.doctor_proxy import check_proxy, listener_of
from tenant_daemon.home import TenantHome
from tenant_daemon.settings import Ports, TenantSettings
from tests.support.redis import free_port


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    home = TenantHome(tmp_path / "home")
    home.create()
    return home


@pytest.fixture
def port() -> Iterator[int]:
    """Where we listen."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def settings(port: int, *, is_own_unit: bool = True) -> TenantSettings:
    units = ["proxy"] if is_own_unit else []
    return TenantSettings(tenant_name="t", hub_url="http://h", ports=Ports(proxy=port), own_units=units)


def test_listener_is_found_by_its_port(port: int) -> None:
    assert listener_of(port) == os.geteuid()
    assert listener_of(free_port()) is None


def test_proxy_with_the_daemons_user_is_weak(home: TenantHome, port: int) -> None:
    with pytest.raises(Weak, match="runs as the daemon's user"):
        check_proxy(home, settings(port))


def test_proxy_with_a_user_of_its_own_is_right(
    home: TenantHome, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenant_daemon.doctor_proxy.listener_of", lambda _port: 65_534)
    assert "can read none" in check_proxy(home, settings(port))


def test_unit_that_does_not_run_is_wrong(home: TenantHome) -> None:
    with pytest.raises(Wrong, match="systemctl start letsbe-proxy"):
        check_proxy(home, settings(free_port()))


def test_on_one_persons_machine_both_have_one_user(home: TenantHome) -> None:
    assert "own user" in check_proxy(home, settings(free_port(), is_own_unit=False))
