"""
Passwords: what is accepted, and argon2id in a thread.

Hashing takes tens of milliseconds and 64 MiB on purpose (RFC 9106, second recommended option), so that it
runs beside the event loop, two at a time.
"""

import asyncio
import re
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from letsbe_app.errors import InvalidInput
from letsbe_app.people.accounts.breached import BreachedPasswords

MIN_LENGTH: Final = 10
MAX_LENGTH: Final = 200
MIN_GUESSES: Final = 10**8
"""Out of reach of guessing at our doors, which let ten tries pass in a quarter of an hour."""
_LOOKED_AT: Final = 72
"""Characters whose guesses are counted: its time grows with the square."""
_PARALLEL_HASHES: Final = 2


class Passwords:
    """One per process."""

    def __init__(
        self, hasher: PasswordHasher | None = None, breached: BreachedPasswords | None = None
    ) -> None:
        """
        Args:
            hasher: Does the work.
            breached: Passwords that were stolen elsewhere, where the operator has such a list.
        """
        self._breached = breached
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
        self._slots = asyncio.Semaphore(_PARALLEL_HASHES)
        self._decoy: str | None = None

    async def check_new(self, password: str, email: str) -> None:
        """Accept a new password or say what to change; raises InvalidInput."""
        check_new_password(password, email)
        if self._breached is not None and await asyncio.to_thread(self._breached.has, password):
            raise _refusal("This password was stolen elsewhere, and is tried everywhere. Choose another.")

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

    No rules on kinds of letters: what counts is how many guesses an attacker needs who knows the lists,
    names, dates and keyboard patterns (zxcvbn; NIST SP 800-63B section 3.1.1.2).

    Raises:
        InvalidInput: Too short, too long, the e-mail, or one that is guessed soon.
    """
    if len(password) < MIN_LENGTH:
        raise _refusal(f"Use at least {MIN_LENGTH} characters. A short sentence works well.")
    if len(password) > MAX_LENGTH:
        raise _refusal(f"Use at most {MAX_LENGTH} characters.")
    plain = password.casefold().strip()
    if plain in (email.casefold(), email.casefold().partition("@")[0]):
        raise _refusal("Your e-mail address is the first thing that others would try. Choose something else.")
    if _guesses(password, email) < MIN_GUESSES:
        raise _refusal(
            "This password, or one like it, is on the lists that attackers try first. Three or four words "
            "that have nothing to do with each other are a good one."
        )


def _refusal(message: str) -> InvalidInput:
    return InvalidInput.of_field("password", message)


def _guesses(password: str, email: str) -> int:
    # Imported at the first use: its lists of words take a moment and some memory.
    from zxcvbn import zxcvbn

    known = [*re.split(r"[\W_]+", email.casefold()), "letsbe", "letsbebiz"]
    return int(zxcvbn(password[:_LOOKED_AT], user_inputs=known)["guesses"])
