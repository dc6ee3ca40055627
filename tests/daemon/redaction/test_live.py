"""The live redactor follows the vault."""

import pytest

from tenant_daemon.redaction import LiveRedactor


class FakeVault:
    def __init__(self) -> None:
        self.secrets: list[tuple[str, str]] = []
        self.changes = 0
        self.reads = 0

    def version(self) -> int:
        return self.changes

    def known_secrets(self) -> list[tuple[str, str]]:
        self.reads += 1
        return self.secrets


def test_redactor_is_rebuilt_only_when_the_vault_changed() -> None:
    vault = FakeVault()
    live = LiveRedactor(vault)
    text = "it is kV9mQ2xLp7zR4wT8"
    assert live.current().redact(text) == text
    assert live.current() is live.current()
    assert vault.reads == 1
    vault.secrets, vault.changes = [("key", "kV9mQ2xLp7zR4wT8")], 1
    assert live.current().redact(text) == "it is SECRET_REF(key)"


def test_vault_that_cannot_be_read_is_not_hidden() -> None:
    class Locked(FakeVault):
        def known_secrets(self) -> list[tuple[str, str]]:
            raise OSError("locked")

    with pytest.raises(OSError, match="locked"):
        LiveRedactor(Locked()).current()
