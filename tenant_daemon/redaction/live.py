"""The redactor for the vault as it is now."""

import threading
from collections.abc import Sequence
from typing import Protocol

from tenant_daemon.redaction.detectors.known import KnownSecret
from tenant_daemon.redaction.redactor import Redactor


class KnownSecrets(Protocol):
    """What redaction needs of the vault."""

    def version(self) -> int:
        """A number that changes with every change of the vault, by any process."""
        ...

    def known_secrets(self) -> Sequence[tuple[str, str]]:
        """Every ``(name, value)``."""
        ...


class LiveRedactor:
    """Hands out the current redactor and builds a new one only when the vault has changed."""

    def __init__(self, vault: KnownSecrets) -> None:
        self._vault = vault
        self._lock = threading.Lock()
        self._built: tuple[int, Redactor] | None = None

    def current(self) -> Redactor:
        """
        A redactor that knows every secret of the vault.

        Raises whatever the vault raises: without the vault nothing can be called redacted.
        """
        with self._lock:
            # The version is read first: a change in between is then seen as one the next time.
            version = self._vault.version()
            if self._built is None or self._built[0] != version:
                secrets = [KnownSecret(name, value) for name, value in self._vault.known_secrets()]
                self._built = (version, Redactor(secrets))
            return self._built[1]
