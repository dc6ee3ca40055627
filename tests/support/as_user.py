"""
``python -m tests.support.as_user UID GROUPS ROLE ...``: a part of a server under a user of its own.

Everything is imported with root's rights before they are given up: the interpreter may lie where only root
reads.
"""

import encodings
import importlib
import os
import pkgutil
import socket
import stringprep  # noqa: F401
import sys
from contextlib import suppress
from pathlib import Path

import aiohttp.resolver  # noqa: F401
import uvicorn.lifespan.on
import uvicorn.loops.uvloop
import uvicorn.protocols.http.httptools_impl  # noqa: F401

from tenant_daemon.egress import command as proxy
from tenant_daemon.feed.messages import Hello, written
from tenant_daemon.feed.opening import open_feed
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.command_line import Command, run_command
from tenant_daemon.redaction import LiveRedactor, Redactor
from tenant_daemon.redaction.process_logging import configure_logging
from tenant_daemon.settings import load_settings
from tenant_daemon.vault import Vault


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def become(uid: int, groups: list[int]) -> None:
    """The first group is the user's own."""
    os.setgroups(groups[1:])
    os.setgid(groups[0])
    os.setuid(uid)
    os.umask(0o077)


def daemon(home_path: str, proxy_user: str, socket_path: str) -> None:
    """The daemon's part of the feed, as ``run`` opens it, until standard input ends."""
    home = TenantHome(Path(home_path))
    vault = Vault.open(home)
    configure_logging(LiveRedactor(vault))
    settings = load_settings(home)
    with open_feed(home, settings, vault, proxy_user=proxy_user, socket_path=Path(socket_path)):
        say("open")
        sys.stdin.read()


def stranger(socket_path: str) -> None:
    """Say how many bytes the daemon tells somebody who only asks."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        try:
            connection.connect(socket_path)
            connection.sendall(written(Hello()))
            say(str(len(connection.recv(100))))
        except (PermissionError, ConnectionResetError, BrokenPipeError) as exc:
            say(type(exc).__name__)


def main() -> int:
    uid, groups, role, *rest = sys.argv[1:]
    # What is otherwise loaded at the first use.
    for module in pkgutil.iter_modules(encodings.__path__):
        with suppress(ImportError):  # those of another operating system
            importlib.import_module(f"encodings.{module.name}")
    Redactor([]).redact("x")
    become(int(uid), [int(group) for group in groups.split(",")])
    match role:
        case "daemon":
            daemon(*rest)
        case "stranger":
            stranger(*rest)
        case "proxy":
            return run_command("x", "", [Command("proxy", proxy.__name__, "")], ["proxy", *rest])
    return 0


if __name__ == "__main__":
    sys.exit(main())
