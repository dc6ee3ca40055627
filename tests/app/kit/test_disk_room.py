"""Whether the hub's disk has room."""

import errno
import os
from pathlib import Path

import pytest

from letsbe_app.kit import disk_room
from letsbe_app.kit.disk_room import FULL_BYTES, has_room


def test_a_disk_with_room_is_left_as_it_was(tmp_path: Path) -> None:
    assert has_room(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = os.statvfs_result((4096, 4096, 9, 9, FULL_BYTES // 4096 - 1, 9, 9, 9, 0, 255))
    monkeypatch.setattr(disk_room.os, "statvfs", lambda _place: told)
    assert not has_room(tmp_path)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_quota_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(disk_room.os, "posix_fallocate", refuse)
    assert not has_room(tmp_path)


def test_a_broken_disk_is_no_full_one(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        has_room(tmp_path / "gone")
