"""The encrypted vault of one tenant."""

import secrets as randomness
import sqlite3
import string
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tenant_daemon.audit import AuditEvent, AuditRecord, AuditTrail
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.database import Database
from tenant_daemon.vault import store
from tenant_daemon.vault.cipher import Cipher
from tenant_daemon.vault.errors import SecretNotFound, UnfitSecret, VaultLocked
from tenant_daemon.vault.fitness import check_value
from tenant_daemon.vault.key import create_key, read_key
from tenant_daemon.vault.names import RESERVED_NAMES, check_name
from tenant_daemon.vault.store import SecretChange, SecretInfo

KEY_FILE: Final = "vault.key"
_ALPHABET: Final = string.ascii_letters + string.digits
"""No marks: a generated value then passes every tool's configuration file without quoting."""
_MIN_GENERATED: Final = 16
_MAX_GENERATED: Final = 256

# Spelled here, since inside the class `list` is the method.
History = list[SecretChange]
NamedValues = list[tuple[str, str]]


class Vault:
    """
    Secrets by name. Any number of processes and threads may have it open.

    Every value given out by ``get`` and every change is in the audit trail first; when that cannot be
    written, nothing is given out and nothing changes (``AuditUnavailable``).

    Raises, from every method: ``VaultLocked`` when the file was changed behind the vault's back. What it
    cannot notice by itself is an old copy of the whole file put in its place.
    """

    def __init__(self, database: Database, cipher: Cipher, audit: AuditTrail) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit
        self._checked_state = -1

    @classmethod
    def open(cls, home: TenantHome) -> "Vault":
        """
        The vault of this home; a new one, with a new key, where there is none yet.

        Raises:
            VaultLocked: There is a vault but not its key, or the key is not private.
        """
        home.create()
        key_path = home.keys_dir / KEY_FILE
        # In this order: another process that makes a vault right now makes the key before the file.
        if not home.vault_db.exists():
            create_key(key_path)
        cipher = Cipher(read_key(key_path))
        audit = AuditTrail.open(home)
        try:
            vault = cls(Database(home.vault_db, store.TABLES), cipher, audit)
        except sqlite3.Error as exc:
            raise VaultLocked(f"{home.vault_db}: {exc}") from exc
        vault._begin()
        return vault

    def put(self, name: str, value: str, *, actor: str, note: str = "") -> SecretInfo:
        """
        Store a value under a new or existing name. The value that is there already makes no new version.

        Raises:
            UnfitSecret: The name or the value cannot be taken; says why.
        """
        return self._put(name, value, actor=actor, note=note, change="stored")

    def generate(self, name: str, *, length: int = 32, actor: str, note: str = "") -> SecretInfo:
        """Store a random value of letters and digits, which nobody sees."""
        if not _MIN_GENERATED <= length <= _MAX_GENERATED:
            raise UnfitSecret(f"length: {_MIN_GENERATED} to {_MAX_GENERATED} characters, not {length}")
        value = "".join(randomness.choice(_ALPHABET) for _ in range(length))
        return self._put(name, value, actor=actor, note=note, change="generated")

    def get(self, name: str, *, actor: str, purpose: str) -> str:
        """
        The current value.

        Args:
            actor: Who will use it: ``daemon:<part>``, ``agent:<id>``, ``user:<id>``.
            purpose: What for, in words; goes to the audit trail.

        Raises:
            SecretNotFound: No such name, or one that this actor may not use.
        """
        if actor.startswith("agent:") and name in RESERVED_NAMES:
            raise SecretNotFound(name)
        with self._reading() as db:
            version = store.current_version(db, name)
            found = store.sealed_value(db, name, version)
        if found is None:
            raise SecretNotFound(name)
        value = self._cipher.decrypt(name, version, found.sealed)
        self._audit.append(
            AuditRecord(event=AuditEvent.SECRET_READ, actor=actor, subject=name, summary=purpose[:2_000])
        )
        return value

    def delete(self, name: str, *, actor: str) -> None:
        """Erase every version; raises SecretNotFound."""
        with self._writing() as db:
            if not store.current_version(db, name):
                raise SecretNotFound(name)
            store.remove(db, name, actor=actor)
            self._audit.append(AuditRecord(event=AuditEvent.SECRET_DELETED, actor=actor, subject=name))

    def list(self) -> list[SecretInfo]:
        """Every secret, by name, without its value."""
        with self._reading() as db:
            return store.infos(db)

    def has(self, name: str) -> bool:
        with self._reading() as db:
            return store.current_version(db, name) > 0

    def history(self, name: str) -> History:
        """Every change under this name, also of a secret that is gone."""
        with self._reading() as db:
            return store.history(db, name)

    def version(self) -> int:
        """A number that changes with every change by any process. Cheap: ask before each use of a cache."""
        with self._guarded(), self._database.reading() as db:
            return int(db.execute("SELECT version FROM state").fetchone()["version"])

    def known_secrets(self) -> NamedValues:
        """Name and value of every version that is kept, for redaction only; a secret's newest first."""
        with self._reading() as db:
            kept = store.all_sealed(db)
        return [(item.name, self._cipher.decrypt(item.name, item.version, item.sealed)) for item in kept]

    def close(self) -> None:
        self._database.close()
        self._audit.close()

    def _put(self, name: str, value: str, *, actor: str, note: str, change: str) -> SecretInfo:
        check_name(name)
        check_value(value)
        if actor.startswith("agent:") and name in RESERVED_NAMES:
            raise UnfitSecret(f"{name} is a name that the server keeps for itself")
        fingerprint = self._cipher.fingerprint(value)
        with self._writing() as db:
            held = store.sealed_value(db, name, store.current_version(db, name))
            if held is None or held.fingerprint != fingerprint:
                version = store.last_version(db, name) + 1
                sealed = self._cipher.encrypt(name, version, value)
                store.add_version(
                    db,
                    store.SealedValue(name, version, sealed, fingerprint),
                    key_id=self._cipher.key_id,
                    note=note,
                    change=change,
                    actor=actor,
                )
                self._audit.append(
                    AuditRecord(
                        event=AuditEvent.SECRET_STORED,
                        actor=actor,
                        subject=name,
                        summary=f"version {version}",
                    )
                )
            return next(info for info in store.infos(db) if info.name == name)

    def _begin(self) -> None:
        """Sign an empty vault as empty; check one that is there."""
        with self._guarded(), self._database.writing() as db:
            if db.execute("SELECT 1 FROM state").fetchone() is None:
                # With rows but without a state, somebody removed the state: then this signature is wrong.
                db.execute("INSERT INTO state VALUES (1, 0, ?)", (self._cipher.sign(["counter 0"]),))
        with self._reading():
            pass

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._guarded(), self._database.reading() as db:
            db.execute("BEGIN")
            try:
                self._check_manifest(db)
                yield db
            finally:
                db.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._guarded(), self._database.writing() as db:
            self._check_manifest(db)
            yield db
            version = int(db.execute("SELECT version FROM state").fetchone()["version"]) + 1
            manifest = self._cipher.sign(store.manifest_lines(db, version))
            db.execute("UPDATE state SET version = ?, manifest = ?", (version, manifest))

    def _check_manifest(self, db: sqlite3.Connection) -> None:
        # data_version changes exactly when another connection has committed (sqlite.org/pragma.html).
        state = int(db.execute("PRAGMA data_version").fetchone()[0])
        if state == self._checked_state:
            return
        row = db.execute("SELECT version, manifest FROM state").fetchone()
        if row is None or row["manifest"] != self._cipher.sign(store.manifest_lines(db, row["version"])):
            raise VaultLocked("the vault's contents are not what the daemon stored")
        self._checked_state = state

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise VaultLocked(f"the vault cannot be read: {exc}") from exc
