"""What holds for the tests of the vault."""

import pytest

from tenant_daemon.vault import backup, keys


@pytest.fixture(autouse=True)
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deriving a key from one is meant to be slow; ``test_keys.py`` looks at how slow."""
    for module in (backup, keys):
        monkeypatch.setitem(module._SCRYPT, "n", 1_024)
