"""A full disk, and the room after it."""

import asyncio
import os
from pathlib import Path

import pytest

from tenant_daemon.daemon import Daemon
from tenant_daemon.home import TenantHome
from tenant_daemon.kit import disk_room
from tenant_daemon.kit.disk_room import FULL_BYTES, ROOM_BYTES, DiskRoom, is_full
from tenant_daemon.openclaw.supervisor import OpenClawProcess
from tenant_daemon.settings import TenantSettings


def test_room_after_a_full_disk_is_told_once(tmp_path: Path) -> None:
    free = [ROOM_BYTES, FULL_BYTES - 1, FULL_BYTES, ROOM_BYTES - 1, ROOM_BYTES, ROOM_BYTES]
    room = DiskRoom(tmp_path, free=lambda _place: free.pop(0))
    assert [room.look() for _ in range(6)] == [False, False, False, False, True, False]


def test_a_disk_that_nobody_can_ask_counts_as_full_and_is_no_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_full(tmp_path)

    def broken(_place: Path) -> os.statvfs_result:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(disk_room.os, "statvfs", broken)
    assert is_full(tmp_path)
    assert not DiskRoom(tmp_path).look()


class _Running(OpenClawProcess):
    async def wait(self) -> int:
        await asyncio.Event().wait()
        return 0


async def test_openclaw_is_started_again_once_a_full_disk_has_room(tmp_path: Path) -> None:
    """What could not write to its database keeps it closed for as long as it runs."""
    home, settings = TenantHome(tmp_path), TenantSettings(tenant_name="t", hub_url="http://127.0.0.1:1")
    daemon = Daemon(home, settings, str)
    free = [FULL_BYTES - 1, 0, ROOM_BYTES]
    daemon._room = DiskRoom(tmp_path, look_seconds=0, free=lambda _place: free.pop(0))
    async with asyncio.timeout(10):
        await daemon._until_restart_is_due(_Running(home, settings))
    assert free == []
