"""
The vault's file as one signed whole: every transaction is checked before and signed after.

The key may be changed by another process at any time. The file says which key it is under, and a key that is
not known yet is looked for in the key store again, so that nobody has to be restarted.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tenant_daemon.contracts.distress import VaultTrouble
from tenant_daemon.kit.database import Database
from tenant_daemon.kit.notice import announce_vault
from tenant_daemon.kit.private_file import write_private
from tenant_daemon.vault import store
from tenant_daemon.vault.cipher import Cipher
from tenant_daemon.vault.errors import NOT_AS_STORED, VaultLocked
from tenant_daemon.vault.keys import KeyStore
from tenant_daemon.vault.records import State

COUNTER_FILE: Final = "vault.counter"
"""The highest version that was ever signed here. An older file put in the vault's place has a lower one."""


@dataclass
class Page:
    """An open transaction."""

    db: sqlite3.Connection
    cipher: Cipher
    """Of the key that the file is under. Replace it to put the file under another one."""


class Ledger:
    """
    Raises ``VaultLocked`` from every method when the file is not what was signed last.

    Processes and threads may share the file.
    """

    def __init__(self, database: Database, keys: KeyStore, counter_file: Path, notice_file: Path) -> None:
        self._database = database
        self._keys = keys
        self._counter_file = counter_file
        self._notice_file = notice_file
        self._ciphers: dict[str, Cipher] = {}
        self._checked_state = -1

    def begin(self) -> None:
        """Sign a new file as empty; bring an old one up to date; check it."""
        with _guarded(), self._database.writing() as db:
            store.upgrade(db)
            state = store.state(db)
            if state is None:
                # With rows but without a state, somebody removed the state: then this signature is wrong.
                cipher = self._first()
                lines = store.empty_lines(cipher.key_id)
                store.set_state(db, State(0, cipher.sign(lines), cipher.key_id, store.FORM))
            elif state.form < store.FORM:
                cipher = self._cipher(state.key_id) if state.key_id else self._first()
                if state.manifest != cipher.sign(store.old_manifest_lines(db, state.version)):
                    raise VaultLocked(NOT_AS_STORED)
                self._sign(db, cipher, state.version + 1)
            announce_vault(self._notice_file, store.require_state(db).version)
        with self.reading():
            pass

    def version(self) -> int:
        """Changes with every change by any process. Cheap."""
        with _guarded(), self._database.reading() as db:
            state = store.state(db)
        if state is None:
            raise VaultLocked(NOT_AS_STORED)
        return state.version

    @contextmanager
    def reading(self) -> Iterator[Page]:
        """A checked view that does not change while the context lasts."""
        with _guarded(), self._database.reading() as db:
            # Before the view: a process that writes from here on is ahead of it.
            counter = self._counter()
            db.execute("BEGIN")
            try:
                yield Page(db, self._checked(db, counter))
            finally:
                db.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[Page]:
        """A checked transaction; it is signed when the context ends without an error."""
        with _guarded():
            with self._database.writing() as db:
                page = Page(db, self._checked(db, self._counter()))
                yield page
                version = store.require_state(db).version + 1
                self._sign(db, page.cipher, version)
                # Before the commit, while nobody else can write: when this is over, nobody who holds what was
                # in the vault takes it for what is.
                announce_vault(self._notice_file, version)
            # After the commit: a counter ahead of the file would lock it. Behind it is right.
            write_private(self._counter_file, f"{version}\n")

    @contextmanager
    def replacing(self) -> Iterator[Page]:
        """As ``writing``, with nothing in it: for a file that is not what was signed last."""
        with _guarded():
            with self._database.writing() as db:
                store.start_anew(db)
                page = Page(db, self._first())
                yield page
                version = self._next_version()
                self._sign(db, page.cipher, version)
                announce_vault(self._notice_file, version)
            write_private(self._counter_file, f"{version}\n")

    @contextmanager
    def noting(self) -> Iterator[sqlite3.Connection]:
        """A transaction for what is not signed: who used a secret last."""
        with _guarded(), self._database.writing() as db:
            yield db

    def add_key(self, key: bytes) -> Cipher:
        """Know this key from now on."""
        cipher = Cipher(key)
        self._ciphers[cipher.key_id] = cipher
        return cipher

    def close(self) -> None:
        self._database.close()

    def _first(self) -> Cipher:
        return self.add_key(self._keys.read()[0])

    def _cipher(self, key_id: str) -> Cipher:
        if key_id not in self._ciphers:
            for key in self._keys.read():
                self.add_key(key)
        found = self._ciphers.get(key_id)
        if found is None:
            raise VaultLocked("the vault is under another key than the one that is here", VaultTrouble.KEY)
        return found

    def _sign(self, db: sqlite3.Connection, cipher: Cipher, version: int) -> None:
        manifest = cipher.sign(store.manifest_lines(db, version, cipher.key_id))
        store.set_state(db, State(version, manifest, cipher.key_id, store.FORM))

    def _checked(self, db: sqlite3.Connection, counter: int) -> Cipher:
        state = store.require_state(db)
        cipher = self._cipher(state.key_id)
        # data_version changes exactly when another connection has committed (sqlite.org/pragma.html).
        seen = int(db.execute("PRAGMA data_version").fetchone()[0])
        if seen != self._checked_state:
            lines = store.manifest_lines(db, state.version, state.key_id)
            if state.form != store.FORM or state.manifest != cipher.sign(lines):
                raise VaultLocked(NOT_AS_STORED)
            if state.version < counter:
                raise VaultLocked(
                    "an older copy of the vault lies in its place; use `vault restore`, or, if you put it "
                    f"there yourself, remove {self._counter_file}"
                )
            self._checked_state = seen
        return cipher

    def _next_version(self) -> int:
        """Higher than any that was signed here."""
        try:
            return self._counter() + 1
        except VaultLocked:
            # Nobody changes a vault every second.
            return int(time.time())

    def _counter(self) -> int:
        try:
            return int(self._counter_file.read_text("ascii"))
        except FileNotFoundError:
            return 0
        except ValueError as exc:
            raise VaultLocked(f"{self._counter_file} is damaged") from exc


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as exc:
        raise VaultLocked(f"the vault cannot be read: {exc}", VaultTrouble.UNREADABLE) from exc
