"""Where the vault's key comes from: file, systemd credential, passphrase."""

from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault, VaultLocked, backup, keys
from tenant_daemon.vault.keys import KeyStore, new_key
from tenant_daemon.vault.rekeying import change_key

VALUE = "gT7-quartz-Lamp-42"
PASSPHRASE = "a bakery opens at five"
SHIPPED = [dict(module._SCRYPT) for module in (keys, backup)]
"""As they are outside of tests."""


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    return TenantHome(tmp_path / "home")


@pytest.fixture
def vault(home: TenantHome) -> Vault:
    vault = Vault.open(home)
    vault.put("shop-key", VALUE, actor="user:owner")
    return vault


def value_in(vault: Vault) -> str:
    return vault.get("shop-key", actor="user:owner", purpose="a test")


def give_credential(folder: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "letsbe-vault-key"
    file.write_bytes(content)
    file.chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    return file


def test_systemd_gives_the_key(
    vault: Vault, home: TenantHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home.keys_dir / "vault.key"
    give_credential(tmp_path / "credentials", file.read_bytes(), monkeypatch)
    file.unlink()

    assert value_in(Vault.open(home)) == VALUE


def test_key_of_systemd_is_changed_there_and_then_here(
    vault: Vault, home: TenantHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = KeyStore(tmp_path / "draft.key", tmp_path / "none")
    store.write([new_key(), *vault.keys.read()])
    credential = give_credential(tmp_path / "credentials", store.file.read_bytes(), monkeypatch)
    opened = Vault.open(home)

    change_key(opened, actor="shell:root")
    store.write(store.read()[:1])
    credential.chmod(0o600)
    credential.write_bytes(store.file.read_bytes())

    assert value_in(Vault.open(home)) == VALUE
    with pytest.raises(VaultLocked, match="systemd"):
        opened.keys.write([new_key()])


def test_passphrase_is_asked_for_once_and_the_key_lies_nowhere_in_the_open(
    vault: Vault, home: TenantHome
) -> None:
    key_text = (home.keys_dir / "vault.key").read_text().split("\n")[1]
    keys = KeyStore.of(home)
    keys.set_passphrase(PASSPHRASE)
    try:
        assert value_in(Vault.open(home)) == VALUE

        keys.lock()
        with pytest.raises(VaultLocked, match="vault unlock"):
            Vault.open(home)
        with pytest.raises(VaultLocked, match="passphrase is wrong"):
            keys.unlock("a bakery opens at six")
        for path in home.root.rglob("*"):
            assert not path.is_file() or key_text.encode() not in path.read_bytes(), path

        keys.unlock(PASSPHRASE)
        assert value_in(Vault.open(home)) == VALUE
        assert keys.unlocked_file.stat().st_mode & 0o077 == 0
    finally:
        keys.unlocked_file.unlink(missing_ok=True)


def test_key_behind_a_passphrase_can_be_changed(vault: Vault, home: TenantHome) -> None:
    keys = KeyStore.of(home)
    keys.set_passphrase(PASSPHRASE)
    try:
        with pytest.raises(VaultLocked):
            change_key(vault, actor="shell:root", passphrase="wrong, quite wrong")
        change_key(vault, actor="shell:root", passphrase=PASSPHRASE)

        keys.lock()
        keys.unlock(PASSPHRASE)
        assert value_in(Vault.open(home)) == VALUE
        assert len(keys.read()) == 1
    finally:
        keys.unlocked_file.unlink(missing_ok=True)


def test_short_passphrase_is_refused(vault: Vault) -> None:
    with pytest.raises(VaultLocked, match="at least 12"):
        vault.keys.set_passphrase("short")


@pytest.mark.parametrize(
    "content",
    [b"", b"letsbe-vault-key-1\n", b"letsbe-vault-key-1\nAAAA\n", b"letsbe-vault-key-locked-1\n{}\n"],
)
def test_what_is_no_key_locks(vault: Vault, home: TenantHome, content: bytes) -> None:
    (home.keys_dir / "vault.key").write_bytes(content)

    with pytest.raises(VaultLocked):
        Vault.open(home)


@pytest.mark.parametrize("cost", SHIPPED)
def test_trying_a_passphrase_costs_64_megabytes(cost: dict[str, int]) -> None:
    # RFC 7914, 2: 128 bytes times N times r.
    assert 128 * cost["n"] * cost["r"] >= 64 * 1024 * 1024
