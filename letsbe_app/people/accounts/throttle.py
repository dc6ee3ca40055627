"""How often somebody may try to sign in or up."""

import hashlib
from dataclasses import dataclass
from typing import Final

from letsbe_app.errors import RateLimited
from letsbe_app.relay.windows import WindowCounter


@dataclass(frozen=True)
class Allowance:
    """So many tries in so many seconds."""

    name: str
    tries: int
    window_seconds: int


SIGN_IN_PER_EMAIL: Final = Allowance("sign-in-email", 10, 900)
SIGN_IN_PER_DEVICE: Final = Allowance("sign-in-device", 10, 900)
"""In place of the e-mail's, for a browser that its owner has signed in with: nobody else can use that up."""
SIGN_IN_PER_IP: Final = Allowance("sign-in-ip", 50, 900)
PASSKEY_PER_IP: Final = Allowance("passkey-ip", 300, 900)
"""Asked for by every look at the sign-in page."""
SIGN_UP_PER_IP: Final = Allowance("sign-up-ip", 20, 3_600)
SIGN_UP_LETTER: Final = Allowance("sign-up-letter", 1, 86_400)
"""To whoever has the account that somebody tried to make once more."""


class Throttle:
    """When Redis is away nobody gets in: guessing must not become free."""

    def __init__(self, windows: WindowCounter) -> None:
        self._windows = windows

    async def take(self, allowance: Allowance, subject: str) -> None:
        """
        Count one try of the subject (an e-mail, an address); an empty subject is not counted.

        Raises:
            RateLimited: The tries are used up; it carries the seconds to wait.
            RelayAway: Redis does not answer.
        """
        if not subject:
            return
        count, wait_seconds = await self._windows.count(_name(allowance, subject), allowance.window_seconds)
        if count > allowance.tries:
            minutes = -(-wait_seconds // 60)
            raise RateLimited(
                f"Too many tries. Please wait {minutes} minute{'s' if minutes > 1 else ''} and try again.",
                wait_seconds,
            )

    async def forgive(self, allowance: Allowance, subject: str) -> None:
        """Forget the tries of somebody who has proved themselves."""
        await self._windows.forget(_name(allowance, subject))


def _name(allowance: Allowance, subject: str) -> str:
    # Hashed, so that Redis holds no e-mail addresses.
    return f"{allowance.name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"
