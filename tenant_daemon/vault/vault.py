"""The encrypted vault of one tenant."""

import secrets as randomness
import sqlite3
import string
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final

from tenant_daemon.audit import AuditEvent, AuditRecord, AuditTrail
from tenant_daemon.contracts.distress import VaultTrouble
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.database import Database
from tenant_daemon.vault import store
from tenant_daemon.vault.cipher import Cipher
from tenant_daemon.vault.errors import SecretNotFound, UnfitSecret, VaultLocked
from tenant_daemon.vault.fitness import check_note, check_value
from tenant_daemon.vault.keys import KeyStore
from tenant_daemon.vault.ledger import COUNTER_FILE, Ledger, Page
from tenant_daemon.vault.names import RESERVED_NAMES, check_name
from tenant_daemon.vault.records import NewVersion, SealedValue, SecretChange, SecretInfo, SecretKind

_ALPHABET: Final = string.ascii_letters + string.digits
"""No marks: a generated value then passes every tool's configuration file without quoting."""
_MIN_GENERATED: Final = 16
_MAX_GENERATED: Final = 256

# Spelled here, since inside the class `list` is the method.
History = list[SecretChange]
Infos = list[SecretInfo]
NamedValues = list[tuple[str, str]]


@dataclass(frozen=True)
class NewSecret:
    """A value to be stored, checked when it is."""

    name: str
    value: str = field(repr=False)
    note: str = ""
    kind: SecretKind | None = None
    change: str = "stored"


def random_value(length: int) -> str:
    """A random value of letters and digits; raises UnfitSecret when it would be too short or too long."""
    if not _MIN_GENERATED <= length <= _MAX_GENERATED:
        raise UnfitSecret(f"length: {_MIN_GENERATED} to {_MAX_GENERATED} characters, not {length}")
    return "".join(randomness.choice(_ALPHABET) for _ in range(length))


class Vault:
    """
    Secrets by name. Any number of processes and threads may have it open.

    Every value given out by ``get`` and every change is in the audit trail first; when that cannot be
    written, nothing is given out and nothing changes (``AuditUnavailable``).

    Raises, from every method: ``VaultLocked`` when the file was changed behind the vault's back, also when an
    older copy of it was put in its place.
    """

    def __init__(self, ledger: Ledger, keys: KeyStore, audit: AuditTrail) -> None:
        self._ledger = ledger
        self._audit = audit
        self.keys = keys
        self.on_canary_asked: Callable[[str], None] = lambda _name: None
        """Told when an agent asks for a planted secret, which it is then told there is none of."""

    @classmethod
    def open(cls, home: TenantHome) -> "Vault":
        """
        The vault of this home; a new one, with a new key, where there is none yet.

        Raises:
            VaultLocked: There is a vault but not its key, or the key is not private.
        """
        vault = cls._made(home)
        vault._ledger.begin()
        return vault

    @classmethod
    def open_to_replace(cls, home: TenantHome) -> "Vault":
        """
        One that is locked, as it is: only ``replacing`` does anything with it.

        A file that SQLite cannot read is kept beside the new one; other processes have to be started again.

        Raises:
            VaultLocked: Its key is not here either.
        """
        try:
            return cls._made(home)
        except VaultLocked as exc:
            # Its subclasses say that it is busy, or the disk full.
            if type(exc.__cause__) is not sqlite3.DatabaseError:
                raise
        for path in (home.vault_db, *home.root.glob(f"{home.vault_db.name}-*")):
            path.rename(path.with_name(f"unreadable-{path.name}"))
        return cls._made(home)

    @classmethod
    def _made(cls, home: TenantHome) -> "Vault":
        home.create()
        keys = KeyStore.of(home)
        # In this order: another process that makes a vault right now makes the key before the file.
        if not home.vault_db.exists():
            keys.create()
        keys.read()
        audit = AuditTrail.open(home)
        try:
            database = Database(home.vault_db, store.TABLES)
        except sqlite3.Error as exc:
            raise VaultLocked(f"{home.vault_db}: {exc}", VaultTrouble.UNREADABLE) from exc
        ledger = Ledger(database, keys, home.keys_dir / COUNTER_FILE, home.notice_file)
        return cls(ledger, keys, audit)

    def put(
        self,
        name: str,
        value: str,
        *,
        actor: str,
        note: str = "",
        kind: SecretKind | None = None,
        box: str = "",
    ) -> SecretInfo:
        """
        Store a value under a new or existing name. The value that is there already makes no new version.

        Args:
            box: Digest of the sealed box that it came in; ``has_emptied`` knows it from then on.

        Raises:
            UnfitSecret: The name, the note or the value cannot be taken; says why.
        """
        return self.put_all([NewSecret(name, value, note, kind)], actor=actor, box=box)[0]

    def put_all(self, wanted: Sequence[NewSecret], *, actor: str, box: str = "") -> Infos:
        """Store several values, all of them or none; raises UnfitSecret."""
        for new in wanted:
            check_name(new.name)
            check_value(new.value, new.name)
            check_note(new.note, new.value)
            if actor.startswith("agent:") and new.name in RESERVED_NAMES:
                raise UnfitSecret(f"{new.name} is a name that the server keeps for itself")
        with self._ledger.writing() as page:
            for new in wanted:
                self._put(page, new, actor)
            if box:
                store.note_box(page.db, box)
            infos = {info.name: info for info in store.infos(page.db)}
        return [infos[new.name] for new in wanted]

    def has_emptied(self, box: str) -> bool:
        """Whether a value that came in this box was stored before."""
        with self._ledger.reading() as page:
            return store.has_box(page.db, box)

    def generate(
        self, name: str, *, length: int = 32, actor: str, note: str = "", kind: SecretKind | None = None
    ) -> SecretInfo:
        """Store a random value of letters and digits, which nobody sees."""
        new = NewSecret(name, random_value(length), note, kind, "generated")
        return self.put_all([new], actor=actor)[0]

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
        with self._ledger.reading() as page:
            value = _value_of(page, name, store.current_version(page.db, name))
            is_canary = store.kind_of(page.db, name) is SecretKind.CANARY
        if is_canary and actor.startswith("agent:"):
            self.on_canary_asked(name)
            raise SecretNotFound(name)
        self._tell(AuditEvent.SECRET_READ, actor, name, purpose)
        with self._ledger.noting() as db:
            store.note_use(db, name, actor)
        return value

    def delete(self, name: str, *, actor: str) -> None:
        """Erase every version; raises SecretNotFound."""
        with self._ledger.writing() as page:
            if not store.current_version(page.db, name):
                raise SecretNotFound(name)
            store.remove(page.db, name, actor=actor)
            self._tell(AuditEvent.SECRET_DELETED, actor, name)

    def stage(self, name: str, *, length: int, actor: str) -> NamedValues:
        """
        Keep a random new value beside the current one, which stays in force until ``promote``.

        Returns ``[("old", value), ("new", value)]``. Interrupted, the next call gives the same new one.
        """
        with self._ledger.writing() as page:
            current = store.current_version(page.db, name)
            old = _value_of(page, name, current)
            staged = store.staged_version(page.db, name)
            if not staged:
                staged = store.last_version(page.db, name) + 1
                sealed = _sealed(page, name, staged, random_value(length))
                kind = store.kind_of(page.db, name)
                store.stage(page.db, NewVersion(sealed, page.cipher.key_id, "staged", actor, kind=kind))
                self._tell(AuditEvent.SECRET_READ, actor, name, f"rotation to version {staged}")
            return [("old", old), ("new", _value_of(page, name, staged))]

    def is_staged(self, name: str) -> bool:
        """Whether a new value waits to come into force: a rotation is under way or was interrupted."""
        with self._ledger.reading() as page:
            return store.staged_version(page.db, name) > 0

    def promote(self, name: str, *, actor: str) -> SecretInfo:
        """The staged value is the current one from now on; raises SecretNotFound when there is none."""
        with self._ledger.writing() as page:
            staged = _staged(page, name)
            store.promote(page.db, staged, actor=actor)
            self._tell(AuditEvent.SECRET_ROTATED, actor, name, f"version {staged.version}")
            return next(info for info in store.infos(page.db) if info.name == name)

    def discard(self, name: str, *, actor: str, reason: str) -> None:
        """Forget the staged value; raises SecretNotFound when there is none."""
        with self._ledger.writing() as page:
            staged = _staged(page, name)
            store.discard(page.db, staged, actor=actor)
            self._tell(AuditEvent.SECRET_ROTATION_FAILED, actor, name, reason)

    def list(self) -> Infos:
        """Every secret, by name, without its value."""
        with self._ledger.reading() as page:
            return store.infos(page.db)

    def has(self, name: str) -> bool:
        with self._ledger.reading() as page:
            return store.current_version(page.db, name) > 0

    def has_for_agents(self, name: str) -> bool:
        """Whether an agent may use it. Of a planted one it hears that there is none: an alarm."""
        with self._ledger.reading() as page:
            is_there = store.current_version(page.db, name) > 0
            is_canary = is_there and store.kind_of(page.db, name) is SecretKind.CANARY
        if is_canary:
            self.on_canary_asked(name)
        return is_there and not is_canary

    def history(self, name: str) -> History:
        """Every change under this name, also of a secret that is gone."""
        with self._ledger.reading() as page:
            return store.history(page.db, name)

    def version(self) -> int:
        """A number that changes with every change by any process. Cheap: ask before each use of a cache."""
        return self._ledger.version()

    def known_secrets(self) -> NamedValues:
        """Name and value of every version that is kept, for redaction only; a secret's newest first."""
        with self._ledger.reading() as page:
            kept = store.all_sealed(page.db)
            return [(item.name, page.cipher.decrypt(item.name, item.version, item.sealed)) for item in kept]

    def values_in_force(self) -> NamedValues:
        """Name and current value of every secret, only to find them in what people type."""
        with self._ledger.reading() as page:
            names = [info.name for info in store.infos(page.db)]
            return [(name, _value_of(page, name, store.current_version(page.db, name))) for name in names]

    def canaries(self) -> frozenset[str]:
        """Names of the planted secrets."""
        with self._ledger.reading() as page:
            return frozenset(store.names_of_kind(page.db, SecretKind.CANARY))

    def rewriting(self) -> AbstractContextManager[Page]:
        """A transaction over the whole file, for what changes all of it: another key, a backup put back."""
        return self._ledger.writing()

    def replacing(self) -> AbstractContextManager[Page]:
        """As ``rewriting``, with nothing in it and whatever is wrong with the file."""
        return self._ledger.replacing()

    def cipher_of(self, key: bytes) -> Cipher:
        """Know this key from now on, and give what computes with it."""
        return self._ledger.add_key(key)

    def record(self, event: AuditEvent, actor: str, summary: str = "") -> None:
        """Put what was done with the whole vault into the audit trail."""
        self._tell(event, actor, "vault", summary)

    def close(self) -> None:
        self._ledger.close()
        self._audit.close()

    def _put(self, page: Page, new: NewSecret, actor: str) -> None:
        held = store.sealed_value(page.db, new.name, store.current_version(page.db, new.name))
        if held is not None and held.fingerprint == page.cipher.fingerprint(new.value):
            return
        if not new.note:
            # It takes over the note of the value before.
            check_note(store.note_of(page.db, new.name), new.value)
        version = store.last_version(page.db, new.name) + 1
        sealed = _sealed(page, new.name, version, new.value)
        store.add_version(
            page.db,
            NewVersion(sealed, page.cipher.key_id, new.change, actor, new.note, new.kind),
        )
        self._tell(AuditEvent.SECRET_STORED, actor, new.name, f"version {version}")

    def _tell(self, event: AuditEvent, actor: str, subject: str, summary: str = "") -> None:
        self._audit.append(AuditRecord(event=event, actor=actor, subject=subject, summary=summary[:2_000]))


def _sealed(page: Page, name: str, version: int, value: str) -> SealedValue:
    return SealedValue(
        name, version, page.cipher.encrypt(name, version, value), page.cipher.fingerprint(value)
    )


def _value_of(page: Page, name: str, version: int) -> str:
    found = store.sealed_value(page.db, name, version)
    if found is None:
        raise SecretNotFound(name)
    return page.cipher.decrypt(name, version, found.sealed)


def _staged(page: Page, name: str) -> SealedValue:
    found = store.sealed_value(page.db, name, store.staged_version(page.db, name))
    if found is None:
        raise SecretNotFound(name)
    return found
