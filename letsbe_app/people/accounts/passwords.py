"""
Passwords: what is accepted, and argon2id in a thread.

Hashing takes tens of milliseconds and 64 MiB on purpose (RFC 9106, second recommended option), so that it
runs beside the event loop, two at a time.
"""

import asyncio
from functools import lru_cache
from importlib.resources import files
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from letsbe_app.errors import InvalidInput

MIN_LENGTH: Final = 10
MAX_LENGTH: Final = 200
_PARALLEL_HASHES: Final = 2


class Passwords:
    """One per process."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
        self._slots = asyncio.Semaphore(_PARALLEL_HASHES)
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """The password's hash in PHC form."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def is_right(self, password_hash: str | None, password: str) -> bool:
        """
        Whether the password belongs to the hash.

        Without a hash (an unknown e-mail) the work is done all the same against a decoy, so that the time
        of the answer does not tell which e-mails have an account.
        """
        if password_hash is None:
            self._decoy = self._decoy or await self.hash("no account has this")
        expected = password_hash or self._decoy or ""
        async with self._slots:
            is_match = await asyncio.to_thread(self._verify, expected, password)
        return is_match and password_hash is not None

    def _verify(self, expected: str, password: str) -> bool:
        try:
            return self._hasher.verify(expected, password)
        except (VerificationError, InvalidHashError):
            return False


def check_new_password(password: str, email: str) -> None:
    """
    Accept a new password or say what to change.

    Raises:
        InvalidInput: Too short, too long, the e-mail, or one that everybody tries first.
    """
    if len(password) < MIN_LENGTH:
        raise _refusal(f"Use at least {MIN_LENGTH} characters. A short sentence works well.")
    if len(password) > MAX_LENGTH:
        raise _refusal(f"Use at most {MAX_LENGTH} characters.")
    plain = password.casefold().strip()
    if plain in (email.casefold(), email.casefold().partition("@")[0]):
        raise _refusal("Your e-mail address is the first thing that others would try. Choose something else.")
    if len(set(plain)) < 4 or plain in _common_passwords():
        raise _refusal("This password is on the lists that attackers try first. Choose something else.")


def _refusal(message: str) -> InvalidInput:
    return InvalidInput.of_field("password", message)


@lru_cache(maxsize=1)
def _common_passwords() -> frozenset[str]:
    text = (files(__package__) / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
