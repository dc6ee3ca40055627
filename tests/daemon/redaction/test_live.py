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


def test_change_of_the_vault_is_seen_by_a_redactor_that_was_not_built_anew() -> None:
    vault = FakeVault()
    values = ["kV9mQ2xLp7zR4wT8", "Zz81hQpLw0x7Yc6T", "Bt5nW8rJ3kD1sG7v", "m3Xq7Pd2Lc9Vf4Hs"]
    vault.secrets = list(zip("abcd", values, strict=True))
    live = LiveRedactor(vault)
    live.current()
    # One is renamed, one is gone, one has another value, one is new.
    rotated, new = "y6Rk1Tg8Wn5Jb0Zu", "e4Qa9Ux2Mo7Di3Fp"
    vault.secrets = [("other", values[0]), ("c", rotated), ("d", values[3]), ("new", new)]
    vault.changes += 1
    assert [live.current().redact(f"it is {value} .") for value in (*values, rotated, new)] == [
        "it is SECRET_REF(other) .",
        f"it is {values[1]} .",
        f"it is {values[2]} .",
        "it is SECRET_REF(d) .",
        "it is SECRET_REF(c) .",
        "it is SECRET_REF(new) .",
    ]


def test_many_changes_one_after_the_other_leave_nothing_out() -> None:
    vault = FakeVault()
    live = LiveRedactor(vault)
    for number in range(12):
        vault.secrets = [*vault.secrets[number // 3 :], (f"key-{number}", f"Bt5nW8rJ3kD1sG7v{number}")]
        vault.changes += 1
        for name, value in vault.secrets:
            assert live.current().redact(value) == f"SECRET_REF({name})"
