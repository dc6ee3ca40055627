"""``python -m tenant_daemon vault ...``. Values come on standard input or by prompt, never as an argument."""

import argparse
import base64
import getpass
import os
import shlex
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tenant_daemon.audit import AuditTrail, AuditUnavailable
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.private_file import write_private
from tenant_daemon.kit.terminal import complain, say
from tenant_daemon.settings import Rotation, load_settings
from tenant_daemon.vault import backup, canary, rekeying, rotation
from tenant_daemon.vault.asking import ask_passphrase, ask_value, ask_whole
from tenant_daemon.vault.env_import import secrets_in
from tenant_daemon.vault.errors import BadBackup, RotationFailed, SecretNotFound, UnfitSecret, VaultLocked
from tenant_daemon.vault.keys import KeyStore
from tenant_daemon.vault.parser import add_parser
from tenant_daemon.vault.records import SecretInfo, SecretKind
from tenant_daemon.vault.sealing import BoxNotOpened, SealingKey
from tenant_daemon.vault.steps.chosen import change_step, steps_by_name
from tenant_daemon.vault.vault import Vault

__all__ = ["add_parser", "run"]

_REFUSALS: Final = (
    SecretNotFound,
    UnfitSecret,
    VaultLocked,
    RotationFailed,
    BadBackup,
    BoxNotOpened,
    AuditUnavailable,
    OSError,
)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when it is done."""
    home = TenantHome(args.home)
    try:
        if args.verb in _ON_KEYS:
            home.create()
            _ON_KEYS[args.verb](KeyStore.of(home))
            return 0
        vault, is_locked = _opened(home, args.verb)
        args.is_locked = is_locked
        try:
            _VERBS[args.verb](vault, args)
        finally:
            vault.close()
    except UnicodeDecodeError:
        complain("that is not a text file in UTF-8")
        return 1
    except _REFUSALS as exc:
        complain(str(exc))
        return 1
    return 0


def _list(vault: Vault, _args: argparse.Namespace) -> None:
    for info in vault.list():
        changed = info.changed_at.isoformat(timespec="seconds")
        used = f"used by {info.used_by} {info.used_at.isoformat(timespec='seconds')}" if info.used_at else ""
        columns = (
            info.name,
            f"version {info.version}",
            info.fingerprint,
            changed,
            info.kind,
            info.note,
            used,
        )
        say("\t".join(columns))


def _put(vault: Vault, args: argparse.Namespace) -> None:
    kind = SecretKind(args.kind) if args.kind else None
    _tell(
        vault.put(args.name, ask_value(f"Value of {args.name}: "), actor=_actor(), note=args.note, kind=kind)
    )


def _generate(vault: Vault, args: argparse.Namespace) -> None:
    if vault.has(args.name):
        raise UnfitSecret(f"{args.name} exists: use `vault rotate {args.name}` to replace its value")
    _tell(vault.generate(args.name, length=args.length, actor=_actor()))


def _rotate(vault: Vault, args: argparse.Namespace) -> None:
    if not vault.has(args.name):
        raise SecretNotFound(args.name)
    step = _step_of(args, vault)
    if step is None:
        _tell(vault.generate(args.name, length=args.length, actor=_actor()))
    else:
        _tell(rotation.rotate(vault, args.name, step, actor=_actor(), length=args.length))


def _step_of(args: argparse.Namespace, vault: Vault) -> rotation.ChangeStep | None:
    """As the words say, else as the settings do."""
    if args.redis_user or args.postgresql_role:
        said = ("redis_user", "redis_admin", "redis_admin_secret", "redis_socket", "postgresql_role")
        wanted = {name: getattr(args, name) for name in (*said, "database", "host", "port")}
        return change_step(Rotation(secret=args.name, **wanted), vault, actor=_actor())
    home = TenantHome(args.home)
    if not home.settings_file.exists():
        return None
    return steps_by_name(load_settings(home).rotations, vault)(args.name, _actor())


def _delete(vault: Vault, args: argparse.Namespace) -> None:
    vault.delete(args.name, actor=_actor())
    say(f"{args.name} is erased")


def _history(vault: Vault, args: argparse.Namespace) -> None:
    changes = vault.history(args.name)
    if not changes:
        raise SecretNotFound(args.name)
    for change in changes:
        at = change.at.isoformat(timespec="seconds")
        say(f"{at}\tversion {change.version}\t{change.change}\t{change.actor}\t{change.fingerprint}")


def _access(vault: Vault, args: argparse.Namespace) -> None:
    trail = AuditTrail.open(TenantHome(args.home))
    try:
        for entry in trail.entries():
            record = entry.record
            if record.subject == args.name and record.event.startswith(("secret.", "canary.")):
                at = entry.written_at.isoformat(timespec="seconds")
                say(f"{at}\t{record.event}\t{record.actor}\t{record.summary}")
    finally:
        trail.close()


def _rekey(vault: Vault, _args: argparse.Namespace) -> None:
    passphrase = ask_passphrase("Passphrase of the key: ") if vault.keys.is_locked else ""
    say(f"the vault is under key {rekeying.change_key(vault, actor=_actor(), passphrase=passphrase)}")


def _sealing_key(_vault: Vault, args: argparse.Namespace) -> None:
    key = SealingKey.read(TenantHome(args.home).keys_dir / "sealing.key")
    say(base64.b64encode(key.public).decode("ascii"))


def _import(vault: Vault, args: argparse.Namespace) -> None:
    text = ask_whole() if args.file == Path("-") else args.file.read_text("utf-8")
    held = secrets_in(text, with_all=args.all, note=args.note)
    taken = {info.name for info in vault.list()}
    clashing = [new for new in held.found if new.name in taken] if not args.replace else []
    wanted = [new for new in held.found if new not in clashing]
    for info in vault.put_all(wanted, actor=_actor()):
        _tell(info)
    for new in clashing:
        complain(f"{new.name}: exists already; --replace takes the value of the file")
    for key, reason in held.refused.items():
        complain(f"{key}: {reason}")
    if held.unread:
        complain(f"not understood: line {', '.join(map(str, held.unread))}")
    if held.plain:
        complain(
            f"left alone, since they do not sound like secrets: {', '.join(held.plain)} (--all takes them)"
        )


def _backup(vault: Vault, args: argparse.Namespace) -> None:
    passphrase = ask_passphrase("Passphrase for the backup: ", is_new=True)
    write_private(args.file, backup.make_backup(vault, passphrase, actor=_actor()))
    say(f"{args.file}: {len(vault.list())} secrets. Without the passphrase nobody can read it.")


def _opened(home: TenantHome, verb: str) -> tuple[Vault, bool]:
    """The vault, and whether it is locked: then a backup can be put in its place, and nothing else."""
    try:
        return Vault.open(home), False
    except VaultLocked as exc:
        if verb != "restore" or isinstance(exc.__cause__, sqlite3.OperationalError):
            raise
        return Vault.open_to_replace(home), True


def _restore(vault: Vault, args: argparse.Namespace) -> None:
    text = args.file.read_text("ascii")
    passphrase = ask_passphrase("Passphrase of the backup: ")
    count = backup.restore_backup(vault, text, passphrase, actor=_actor(), is_locked=args.is_locked)
    say(f"{count} secrets are in the vault")
    if args.is_locked:
        say("It was locked: start the daemon again.")


def _canary(vault: Vault, args: argparse.Namespace) -> None:
    if args.act == "list":
        for name in sorted(vault.canaries()):
            say(name)
        return
    info = canary.plant(vault, args.name, actor=_actor(), shape=args.shape, note=args.note)
    if args.into:
        value = vault.get(args.name, actor=_actor(), purpose=f"plant the canary in {args.into}")
        handle = os.open(args.into, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(f"{args.name.upper().replace('-', '_')}={shlex.quote(value)}\n")
    _tell(info)


def _passphrase(keys: KeyStore) -> None:
    keys.set_passphrase(ask_passphrase("New passphrase of the key: ", is_new=True))
    say("The key is behind the passphrase. After each start of the machine: `vault unlock`.")


def _unlock(keys: KeyStore) -> None:
    keys.unlock(ask_passphrase("Passphrase of the key: "))
    say("The vault is unlocked until the machine stops or `vault lock`.")


def _lock(keys: KeyStore) -> None:
    keys.lock()
    say("The vault is locked for everything that is started from now on.")


def _tell(info: SecretInfo) -> None:
    say(f"{info.name} version {info.version}, fingerprint {info.fingerprint}")


def _actor() -> str:
    return f"shell:{getpass.getuser()}"


_ON_KEYS: Final[dict[str, Callable[[KeyStore], None]]] = {
    "passphrase": _passphrase,
    "unlock": _unlock,
    "lock": _lock,
}
_VERBS: Final[dict[str, Callable[[Vault, argparse.Namespace], None]]] = {
    "list": _list,
    "put": _put,
    "generate": _generate,
    "rotate": _rotate,
    "delete": _delete,
    "history": _history,
    "access": _access,
    "sealing-key": _sealing_key,
    "rekey": _rekey,
    "import": _import,
    "backup": _backup,
    "restore": _restore,
    "canary": _canary,
}
