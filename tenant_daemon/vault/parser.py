"""The words of ``vault``."""

import argparse
from pathlib import Path
from typing import Any

from tenant_daemon.kit.verbs import add_verb
from tenant_daemon.vault.canary import SHAPES
from tenant_daemon.vault.records import SecretKind


def add_parser(subparsers: Any) -> None:
    """Add ``vault`` with its verbs."""
    parser = subparsers.add_parser(
        "vault",
        help="provide, list, rotate and delete secrets",
        description="No value is ever an argument: each is read from standard input, or asked for.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    add_verb(verbs, "list", "names, versions, fingerprints and last use, never values")
    put = _with_name(verbs, "put", "store the value that is read from standard input")
    put.add_argument("--note", default="", help="what it is for")
    put.add_argument("--kind", default="", choices=["", *SecretKind], help="what it is")
    _with_length(_with_name(verbs, "generate", "make a new random secret"), 32)
    _add_rotate(verbs)
    _with_name(verbs, "delete", "erase every version")
    _with_name(verbs, "history", "every change, also of a secret that is gone")
    _with_name(verbs, "access", "who was given it, and when, from the audit trail")
    _add_files(verbs)
    add_verb(verbs, "sealing-key", "the public key that the portal must show as this server's")
    add_verb(verbs, "rekey", "put the vault under a new key; everything goes on running")
    add_verb(verbs, "passphrase", "lock the vault's key with a passphrase, or with another one")
    add_verb(verbs, "unlock", "ask for the passphrase; once after each start of the machine")
    add_verb(verbs, "lock", "take the unlocked key out of memory")
    _add_canary(verbs)


def _add_rotate(verbs: Any) -> None:
    rotate = _with_name(verbs, "rotate", "give a secret a new value, and the tool that knows it")
    _with_length(rotate, 40)
    rotate.add_argument("--redis-user", default="", help="a Redis user whose password it is")
    rotate.add_argument("--redis-admin", default="", help="the Redis user that may change it; else itself")
    rotate.add_argument("--redis-admin-secret", default="", help="name of that one's password in the vault")
    rotate.add_argument("--redis-socket", default="", help="Redis' unix socket, instead of host and port")
    rotate.add_argument("--postgresql-role", default="", help="a PostgreSQL role whose password it is")
    rotate.add_argument("--database", default="postgres", help="the database that the role signs in to")
    rotate.add_argument("--host", default="127.0.0.1")
    rotate.add_argument("--port", type=int, default=0)


def _add_files(verbs: Any) -> None:
    imported = add_verb(verbs, "import", "take the secrets of a .env file, all or none")
    imported.add_argument("file", type=Path, help="the file, or - for standard input")
    imported.add_argument("--all", action="store_true", help="also keys that do not sound like a secret")
    imported.add_argument("--replace", action="store_true", help="take the file's value where one exists")
    imported.add_argument("--note", default="", help="what they are for")
    backup = add_verb(verbs, "backup", "write everything, encrypted with a passphrase, into a file")
    backup.add_argument("file", type=Path)
    restore = add_verb(verbs, "restore", "put a backup in place of what the vault holds")
    restore.add_argument("file", type=Path)


def _add_canary(verbs: Any) -> None:
    canary = add_verb(verbs, "canary", "planted secrets that raise an alarm where they turn up")
    acts = canary.add_subparsers(dest="act", required=True)
    plant = _with_name(acts, "plant", "make a believable value that nobody uses")
    plant.add_argument("--shape", choices=SHAPES, default="api-key")
    plant.add_argument("--into", type=Path, default=None, help="add it to this file as NAME=value")
    plant.add_argument("--note", default="", help="where it lies")
    add_verb(acts, "list", "names of the planted ones")


def _with_name(verbs: Any, verb: str, meaning: str) -> argparse.ArgumentParser:
    parser = add_verb(verbs, verb, meaning)
    parser.add_argument("name", help="lowercase letters, digits and hyphens")
    return parser


def _with_length(parser: argparse.ArgumentParser, length: int) -> None:
    parser.add_argument("--length", type=int, default=length, help="characters")
