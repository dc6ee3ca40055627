"""Asking a signed-in person for the password again, before what a stolen session must not do."""

from typing import Final

import structlog

from letsbe_app.db.models import User
from letsbe_app.db.session import Database
from letsbe_app.errors import InvalidInput
from letsbe_app.people.accounts.passwords import MAX_LENGTH, Passwords
from letsbe_app.people.accounts.throttle import Allowance, Throttle
from letsbe_app.people.authz.actor import Actor

_PER_PERSON: Final = Allowance("confirm-user", 10, 900)
_WRONG: Final = "This is not your password."

log = structlog.get_logger()


class Reauthentication:
    """Counts tries by person: whoever has the session could else try passwords at leisure."""

    def __init__(self, database: Database, passwords: Passwords, throttle: Throttle) -> None:
        self._database = database
        self._passwords = passwords
        self._throttle = throttle

    async def confirm(self, actor: Actor, password: str) -> None:
        """
        Let the actor pass who knows the password.

        Raises:
            InvalidInput: It is not the actor's password. Not ``WrongCredentials``: the session goes on.
            RateLimited: Too many tries.
        """
        await self._throttle.take(_PER_PERSON, actor.user_id)
        async with self._database.read() as session:
            user = await session.get(User, actor.user_id)
        known = user.password_hash if user else None
        if len(password) > MAX_LENGTH or not await self._passwords.is_right(known, password):
            log.info("account.confirmation_refused", user_id=actor.user_id)
            raise InvalidInput.of_field("password", _WRONG)
        await self._throttle.forgive(_PER_PERSON, actor.user_id)
