"""The key to the model's provider, out of the vault."""

from tenant_daemon.settings import UPSTREAM_KEY_SECRET
from tenant_daemon.vault import SecretNotFound, Vault


class UpstreamKey:
    """Asks the vault once per version of it, so that the audit has one entry per key and not per request."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._read: tuple[int, str | None] | None = None

    def __call__(self) -> str | None:
        """The key in force; None when the upstream needs none."""
        version = self._vault.version()
        if self._read is None or self._read[0] != version:
            self._read = (version, self._from_vault())
        return self._read[1]

    def _from_vault(self) -> str | None:
        try:
            return self._vault.get(UPSTREAM_KEY_SECRET, actor="proxy", purpose="model requests")
        except SecretNotFound:
            return None
