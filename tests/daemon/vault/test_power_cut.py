"""``kill -9`` before every single write leaves the old state or the new one, and a vault that works on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import SecretNotFound, Vault
from tenant_daemon.vault.backup import make_backup

ROOT = Path(__file__).parents[3]
PROGRAM = Path(__file__).with_name("power_cut.py")
OLD = "the-Old-Value-1"

pytestmark = [pytest.mark.flow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("vault") / "home"
    vault = Vault.open(TenantHome(root))
    vault.put("shop-key", "the-Backup-Value-0", actor="user:test")
    (root / "backup").write_text(make_backup(vault, "a long passphrase", actor="user:test"), "ascii")
    vault.put("shop-key", OLD, actor="user:test")
    vault.put("mail-key", "another-Value-7", actor="user:test")
    vault.close()
    return root


def state_of(root: Path) -> tuple[str, ...]:
    """What the vault gives after the cut; it must open, read and write."""
    vault = Vault.open(TenantHome(root))
    try:
        value = vault.get("shop-key", actor="user:test", purpose="test")
    except SecretNotFound:
        value = ""
    names = [info.name for info in vault.list()]
    vault.put("fresh-key", "a-Fresh-Value-9", actor="user:test")
    assert vault.get("fresh-key", actor="user:test", purpose="test") == "a-Fresh-Value-9"
    vault.close()
    return (value, *names)


@pytest.mark.slow
@pytest.mark.parametrize("operation", ["put", "delete", "rekey", "rotate", "restore"])
def test_a_cut_leaves_the_old_or_the_new_state(operation: str, template: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, operation, template, tmp_path],
        env={"PYTHONPATH": str(ROOT), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    old = (OLD, "mail-key", "shop-key")
    *cut, last = [state_of(tmp_path / name) for name in report["homes"]]

    assert report["cuts"] > 15
    if operation == "rotate":
        assert {state[1:] for state in cut} == {old[1:]}
        assert last[0] != OLD
    else:
        assert set(cut) <= {old, last}
        assert {old} <= set(cut)
        new_value = {"put": "the-New-Value-2", "delete": "", "rekey": OLD, "restore": "the-Backup-Value-0"}
        assert last[0] == new_value[operation]
