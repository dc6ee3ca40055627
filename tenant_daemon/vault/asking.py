"""Asking for what must not stand in a command: by prompt at a terminal, else from standard input."""

import getpass
import sys

from tenant_daemon.vault.errors import UnfitSecret


def ask_value(prompt: str) -> str:
    """A value of any number of lines from standard input; one line by prompt."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    # One line end is the shell's, not the secret's.
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def ask_passphrase(prompt: str, *, is_new: bool = False) -> str:
    """One line. A new one is asked for twice at a terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    passphrase = getpass.getpass(prompt)
    if is_new and getpass.getpass("Again: ") != passphrase:
        raise UnfitSecret("the two are not the same")
    return passphrase


def ask_whole() -> str:
    """All of standard input."""
    return sys.stdin.read()
