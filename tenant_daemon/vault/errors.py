"""What can go wrong with secrets. No message ever holds a value."""

from typing import Final

from tenant_daemon.contracts.distress import VaultTrouble

NOT_AS_STORED: Final = (
    "the vault's contents are not what the daemon stored, so nothing in it is used; "
    "`vault restore` puts a backup in its place"
)
"""Of ``VaultLocked``."""


class SecretNotFound(KeyError):
    """The vault has no secret of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no secret named {name}")
        self.name = name

    def __str__(self) -> str:
        return f"no secret named {self.name}"


class UnfitSecret(ValueError):
    """The name or the value cannot be taken; the message says why and what to do."""


class VaultLocked(Exception):
    """The key is missing or not private, or something in the vault was changed behind its back."""

    def __init__(self, message: object, trouble: VaultTrouble = VaultTrouble.CHANGED) -> None:
        super().__init__(message)
        self.trouble = trouble
        """The same in one word, which may leave this server."""


class RotationFailed(Exception):
    """A tool did not take a new value; the message says what is in force."""


class BadBackup(ValueError):
    """It is no backup, was changed, or the passphrase is wrong."""
