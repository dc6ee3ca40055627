"""Secrets, encrypted at rest. Agents refer to them by name and never see one."""

from tenant_daemon.vault.errors import SecretNotFound, UnfitSecret, VaultLocked
from tenant_daemon.vault.names import RESERVED_NAMES
from tenant_daemon.vault.records import SecretChange, SecretInfo, SecretKind
from tenant_daemon.vault.vault import Vault

__all__ = [
    "RESERVED_NAMES",
    "SecretChange",
    "SecretInfo",
    "SecretKind",
    "SecretNotFound",
    "UnfitSecret",
    "Vault",
    "VaultLocked",
]
