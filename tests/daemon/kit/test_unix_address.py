import socket
from pathlib import Path

import pytest

from tenant_daemon.kit.unix_address import bind_private, short_address


@pytest.mark.parametrize("depth", [0, 200])
def test_socket_works_however_deep_it_lies(tmp_path: Path, depth: int) -> None:
    folder = tmp_path / ("d" * depth) if depth else tmp_path
    folder.mkdir(exist_ok=True)
    path = folder / "link.sock"
    with bind_private(path), short_address(path) as address, socket.socket(socket.AF_UNIX) as client:
        client.connect(address)
        assert path.stat().st_mode & 0o077 == 0


def test_socket_of_a_dead_process_is_replaced_and_of_a_living_one_not(tmp_path: Path) -> None:
    path = tmp_path / "link.sock"
    bind_private(path).close()
    with bind_private(path), pytest.raises(OSError, match="in use"):
        bind_private(path)
