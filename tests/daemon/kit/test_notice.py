"""Numbers that say whether anything has changed."""

import os
import stat
from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.kit.notice import Notice, announce_config, announce_vault, open_notice, read_notice
from tenant_daemon.vault import Vault


def test_each_number_stands_for_itself(tmp_path: Path) -> None:
    handle = open_notice(tmp_path / "notice")
    assert read_notice(handle) == Notice(0, 0)
    announce_config(tmp_path / "notice")
    announce_vault(tmp_path / "notice", 2**40)
    announce_config(tmp_path / "notice")
    assert read_notice(handle) == Notice(2**40, 2)
    assert stat.S_IMODE((tmp_path / "notice").stat().st_mode) == 0o600
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(handle, b"x")
    os.close(handle)


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"precious")
    (tmp_path / "notice").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic"):
        announce_vault(tmp_path / "notice", 1)
    assert (tmp_path / "other").read_bytes() == b"precious"


def test_every_change_of_the_vault_is_announced_before_it_is_over(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    vault = Vault.open(home)
    handle = open_notice(home.notice_file)
    changes = (
        lambda: vault.put("a-key", "gT7-quartz-Lamp-42", actor="test"),
        lambda: vault.generate("b-key", actor="test"),
        lambda: vault.stage("a-key", length=20, actor="test"),
        lambda: vault.promote("a-key", actor="test"),
        lambda: vault.delete("b-key", actor="test"),
    )
    for change in changes:
        before = vault.version()
        change()
        assert read_notice(handle).vault == vault.version() > before
    os.close(handle)


def test_what_cannot_be_announced_is_not_stored(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    vault = Vault.open(home)
    home.notice_file.unlink()
    home.notice_file.mkdir()
    with pytest.raises(OSError, match="directory"):
        vault.put("a-key", "gT7-quartz-Lamp-42", actor="test")
    assert vault.list() == []


def test_opening_says_what_is_there(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    vault = Vault.open(home)
    vault.put("a-key", "gT7-quartz-Lamp-42", actor="test")
    home.notice_file.unlink()
    Vault.open(home)
    handle = open_notice(home.notice_file)
    assert read_notice(handle).vault == vault.version()
    os.close(handle)
