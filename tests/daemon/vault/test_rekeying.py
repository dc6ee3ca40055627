"""Another key while others go on."""

import fcntl
import threading
from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault, VaultLocked, rekeying
from tenant_daemon.vault.rekeying import change_key

VALUE = "gT7-quartz-Lamp-42"


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    return TenantHome(tmp_path / "home")


def value_in(vault: Vault) -> str:
    return vault.get("shop-key", actor="user:owner", purpose="a test")


def test_open_vaults_go_on_reading_and_writing(home: TenantHome) -> None:
    first, second = Vault.open(home), Vault.open(home)
    first.put("shop-key", "an-Older-Value-1", actor="user:owner")
    first.put("shop-key", VALUE, actor="user:owner")
    is_over = threading.Event()
    seen: list[str] = []

    def read_on() -> None:
        while not is_over.is_set():
            seen.append(value_in(second))

    reader = threading.Thread(target=read_on)
    reader.start()
    try:
        ids = [change_key(first, actor="shell:root") for _ in range(3)]
    finally:
        is_over.set()
        reader.join()

    assert len(set(ids)) == 3
    assert set(seen) == {VALUE}
    second.put("mail-key", "another-Value-7", actor="user:owner")
    assert first.known_secrets() == [
        ("mail-key", "another-Value-7"),
        ("shop-key", VALUE),
        ("shop-key", "an-Older-Value-1"),
    ]


def test_one_at_a_time_changes_the_key_and_both_are_there_meanwhile(
    home: TenantHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault.open(home)
    seen: list[tuple[bool, int]] = []

    def look(*_: object) -> None:
        with (home.keys_dir / "vault.lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                seen.append((True, len(vault.keys.read())))

    with monkeypatch.context() as patch:
        patch.setattr(rekeying, "_put_under", look)
        change_key(vault, actor="shell:root")
    assert seen == [(True, 2)]


def test_the_old_key_opens_nothing_any_more(home: TenantHome) -> None:
    vault = Vault.open(home)
    vault.put("shop-key", VALUE, actor="user:owner")
    old = (home.keys_dir / "vault.key").read_bytes()
    change_key(vault, actor="shell:root")
    assert len(vault.keys.read()) == 1

    (home.keys_dir / "vault.key").write_bytes(old)
    with pytest.raises(VaultLocked, match="another key"):
        Vault.open(home)


def test_same_value_is_still_recognised(home: TenantHome) -> None:
    vault = Vault.open(home)
    before = vault.put("shop-key", VALUE, actor="user:owner")
    change_key(vault, actor="shell:root")

    after = vault.put("shop-key", VALUE, actor="user:owner")

    assert after.version == before.version
    assert after.fingerprint != before.fingerprint
    assert vault.history("shop-key")[0].fingerprint == after.fingerprint
