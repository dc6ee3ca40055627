"""The redactor for the vault as it is now."""

import threading
from collections.abc import Sequence
from typing import Protocol

from tenant_daemon.redaction.detectors.known import KnownSecret
from tenant_daemon.redaction.redactor import Redactor
from tenant_daemon.redaction.watchful import WatchfulRedactor


class KnownSecrets(Protocol):
    """What redaction needs of the vault."""

    def version(self) -> int:
        """A number that changes with every change of the vault, by any process."""
        ...

    def known_secrets(self) -> Sequence[tuple[str, str]]:
        """Every ``(name, value)``."""
        ...


class CanaryWatch(Protocol):
    """Who is told when a planted secret turns up."""

    def names(self) -> frozenset[str]:
        """The planted secrets of the vault as it is now."""
        ...

    def seen(self, names: frozenset[str]) -> None:
        """These were found in something that was about to leave."""
        ...


class LiveRedactor:
    """Hands out the current redactor and builds a new one only when the vault has changed."""

    def __init__(self, vault: KnownSecrets, watch: CanaryWatch | None = None) -> None:
        self._vault = vault
        self._watch = watch
        self._lock = threading.Lock()
        self._built: tuple[int, Redactor] | None = None

    def current(self) -> Redactor:
        """
        A redactor that knows every secret of the vault.

        Raises whatever the vault raises: without the vault nothing can be called redacted.
        """
        if ready := self.ready():
            return ready
        # Whoever comes while it is built waits: an older one does not know the newest secret.
        with self._lock:
            # The version is read first: a change in between is then seen as one the next time.
            version = self._vault.version()
            built = self._built
            if built is None or built[0] != version:
                secrets = [KnownSecret(name, value) for name, value in self._vault.known_secrets()]
                built = self._built = (version, self._build(secrets, built[1] if built else None))
            return built[1]

    def ready(self) -> Redactor | None:
        """The same where nothing has to be built for it, so that an event loop may ask; otherwise None."""
        built = self._built
        return built[1] if built and built[0] == self._vault.version() else None

    def _build(self, secrets: Sequence[KnownSecret], previous: Redactor | None) -> Redactor:
        canaries = self._watch.names() if self._watch else frozenset()
        if self._watch is None or not canaries:
            return Redactor(secrets, previous=previous)
        return WatchfulRedactor(secrets, canaries, self._watch.seen, previous=previous)
