"""Asking a signed-in person to prove themselves again, before what a stolen session must not do."""

from typing import Final

import structlog

from letsbe_app.db.models import User
from letsbe_app.db.session import Database
from letsbe_app.errors import InvalidInput, NotSignedIn, WrongCredentials
from letsbe_app.people.accounts.passwords import MAX_LENGTH, Passwords
from letsbe_app.people.accounts.schemas import Proof
from letsbe_app.people.accounts.second_step import SecondStep
from letsbe_app.people.accounts.throttle import Allowance, Throttle
from letsbe_app.people.authz.actor import Actor

_PER_PERSON: Final = Allowance("confirm-user", 10, 900)
_WRONG: Final = "This is not your password."

log = structlog.get_logger()


class Reauthentication:
    """Counts tries by person: whoever has the session could else try passwords at leisure."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        throttle: Throttle,
        second_step: SecondStep,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._throttle = throttle
        self._second_step = second_step

    async def confirm(self, actor: Actor, proof: Proof) -> None:
        """
        Let the actor pass who knows the password, and has the second factor where one is on.

        Raises:
            InvalidInput: It is not the actor's password, or passkey. Not ``WrongCredentials``: the session
                goes on.
            SecondFactorNeeded: The password is right, the code is missing or wrong.
            RateLimited: Too many tries.
        """
        await self._throttle.take(_PER_PERSON, actor.user_id)
        async with self._database.read() as session:
            user = await session.get(User, actor.user_id)
        if user is None:
            raise NotSignedIn("Your account no longer exists.")
        if len(proof.password) > MAX_LENGTH or not await self._passwords.is_right(
            user.password_hash, proof.password
        ):
            log.info("account.confirmation_refused", user_id=actor.user_id)
            raise InvalidInput.of_field("password", _WRONG)
        # Codes are counted apart.
        await self._throttle.forgive(_PER_PERSON, actor.user_id)
        try:
            await self._second_step.check(user, proof.code, proof.passkey)
        except WrongCredentials as error:
            raise InvalidInput.of_field("passkey", error.message) from error
