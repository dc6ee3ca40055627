"""A full disk, and the room after it."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from tenant_daemon.daemon import Daemon
from tenant_daemon.home import TenantHome
from tenant_daemon.kit import disk_room
from tenant_daemon.kit.disk_room import (
    FULL_BYTES,
    ROOM_BYTES,
    DiskRoom,
    QuotaLook,
    can_set_aside,
    is_full,
)
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


def test_room_behind_a_full_quota_is_told_once_as_well(tmp_path: Path) -> None:
    """The disk has room all the while."""
    left = [FULL_BYTES, 0, 0, ROOM_BYTES - 1, ROOM_BYTES]
    asked: list[int] = []

    def has_room(_place: Path, size_bytes: int) -> bool:
        asked.append(size_bytes)
        return left.pop(0) >= size_bytes

    room = DiskRoom(tmp_path, free=lambda _place: ROOM_BYTES, has_room=has_room)
    room._quota = QuotaLook(tmp_path, has_room, clock=iter(range(0, 1_000, 40)).__next__)
    assert [room.look() for _ in range(5)] == [False, False, False, False, True]
    assert asked[2:] == [ROOM_BYTES] * 3


def test_a_quota_is_asked_for_seldom_while_there_is_room(tmp_path: Path) -> None:
    answers = [True, False, False, True]
    times = iter([0, 10, 29, 31, 32, 33, 34])
    look = QuotaLook(tmp_path, lambda *_: answers.pop(0), clock=times.__next__)
    assert [look.is_full() for _ in range(7)] == [False, False, False, True, True, False, False]


@pytest.mark.parametrize("number", [errno.EDQUOT, errno.ENOSPC])
def test_a_full_quota_is_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(disk_room.os, "posix_fallocate", refuse)
    assert is_full(tmp_path)
    assert not can_set_aside(tmp_path, 1)


def test_setting_room_aside_leaves_nothing_behind(tmp_path: Path) -> None:
    assert can_set_aside(tmp_path, FULL_BYTES)
    assert list(tmp_path.iterdir()) == []
