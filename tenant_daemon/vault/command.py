"""``python -m tenant_daemon vault ...``. Values come on standard input, never as an argument."""

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import Any, Final

from tenant_daemon.audit import AuditUnavailable
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.verbs import add_verb
from tenant_daemon.vault.errors import SecretNotFound, UnfitSecret, VaultLocked
from tenant_daemon.vault.store import SecretInfo
from tenant_daemon.vault.vault import Vault


def add_parser(subparsers: Any) -> None:
    """Add ``vault`` with its verbs."""
    parser = subparsers.add_parser("vault", help="provide, list, rotate and delete secrets")
    verbs = parser.add_subparsers(dest="verb", required=True)
    add_verb(verbs, "list", "names, versions and fingerprints, never values")
    put = _with_name(verbs, "put", "store the value that is read from standard input")
    put.add_argument("--note", default="", help="what it is for")
    for verb, meaning in (
        ("generate", "make a new random secret"),
        ("rotate", "give an existing one a new value"),
    ):
        _with_name(verbs, verb, meaning).add_argument("--length", type=int, default=32, help="characters")
    _with_name(verbs, "delete", "erase every version")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when it is done."""
    try:
        vault = Vault.open(TenantHome(args.home))
        _VERBS[args.verb](vault, args)
    except (SecretNotFound, UnfitSecret, VaultLocked, AuditUnavailable) as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


def _with_name(verbs: Any, verb: str, meaning: str) -> argparse.ArgumentParser:
    parser = add_verb(verbs, verb, meaning)
    parser.add_argument("name", help="lowercase letters, digits and hyphens")
    return parser


def _list(vault: Vault, _args: argparse.Namespace) -> None:
    for info in vault.list():
        changed = info.changed_at.isoformat(timespec="seconds")
        sys.stdout.write(f"{info.name}\tversion {info.version}\t{info.fingerprint}\t{changed}\t{info.note}\n")


def _put(vault: Vault, args: argparse.Namespace) -> None:
    if sys.stdin.isatty():
        value = getpass.getpass(f"Value of {args.name}: ")
    else:
        # One line end is the shell's, not the secret's.
        value = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    _tell(vault.put(args.name, value, actor=_actor(), note=args.note))


def _generate(vault: Vault, args: argparse.Namespace) -> None:
    if vault.has(args.name):
        raise UnfitSecret(f"{args.name} exists: use `vault rotate {args.name}` to replace its value")
    _tell(vault.generate(args.name, length=args.length, actor=_actor()))


def _rotate(vault: Vault, args: argparse.Namespace) -> None:
    if not vault.has(args.name):
        raise SecretNotFound(args.name)
    _tell(vault.generate(args.name, length=args.length, actor=_actor()))


def _delete(vault: Vault, args: argparse.Namespace) -> None:
    vault.delete(args.name, actor=_actor())
    sys.stdout.write(f"{args.name} is erased\n")


def _tell(info: SecretInfo) -> None:
    sys.stdout.write(f"{info.name} version {info.version}, fingerprint {info.fingerprint}\n")


def _actor() -> str:
    return f"shell:{getpass.getuser()}"


_VERBS: Final[dict[str, Callable[[Vault, argparse.Namespace], None]]] = {
    "list": _list,
    "put": _put,
    "generate": _generate,
    "rotate": _rotate,
    "delete": _delete,
}
