"""The keys to the model's providers, out of the vault."""

import structlog

from tenant_daemon.egress.errors import Refused
from tenant_daemon.vault import SecretNotFound, Vault

log = structlog.get_logger()


class UpstreamKeys:
    """Asks the vault once per version of it, so that the audit has one entry per key and not per request."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._version = -1
        self._read: dict[str, str | None] = {}

    def get(self, name: str) -> str | None:
        """
        The key in force; None when the vault has none of that name.

        Raises:
            Refused: The vault is locked or cannot be read.
        """
        try:
            version = self._vault.version()
            if version != self._version:
                self._version, self._read = version, {}
            if name not in self._read:
                self._read[name] = self._from_vault(name)
            return self._read[name]
        except Exception as exc:  # noqa: BLE001 - whatever it is, there is no key
            log.error("proxy.key_unavailable", name=name, reason=type(exc).__name__)
            raise Refused(
                503, "vault_unavailable", "The vault cannot be read, so the model's provider cannot be asked."
            ) from None

    def _from_vault(self, name: str) -> str | None:
        try:
            return self._vault.get(name, actor="proxy", purpose="model requests")
        except SecretNotFound:
            return None
