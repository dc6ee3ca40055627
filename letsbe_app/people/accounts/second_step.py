"""The step behind the password: an authenticator app's code, a recovery code, or a passkey."""

from letsbe_app.db.models import Customer, User
from letsbe_app.db.session import Database
from letsbe_app.people.accounts import passkey_repository
from letsbe_app.people.accounts.passkey_ceremony import Json
from letsbe_app.people.accounts.passkeys import Passkeys
from letsbe_app.people.accounts.second_factor import SecondFactorNeeded, SecondFactors

_USE_PASSKEY = "Your business asks for a second step: use your passkey."


class SecondStep:
    """Asked at sign-in, and again before what a stolen session must not do."""

    def __init__(
        self, database: Database, second_factors: SecondFactors, passkeys: Passkeys, *, is_demanded: bool
    ) -> None:
        """
        Args:
            database: The hub's database.
            second_factors: Authenticator apps.
            passkeys: Passkeys.
            is_demanded: Of everybody, whatever their business says.
        """
        self._database = database
        self._second_factors = second_factors
        self._passkeys = passkeys
        self._is_demanded = is_demanded

    async def check(self, user: User, code: str | None, passkey: Json | None) -> bool:
        """
        Let a person pass who has proved the password already; whether they proved something besides.

        Raises:
            SecondFactorNeeded: They have a second factor, and gave nothing or a wrong code.
            WrongCredentials: It is not their passkey.
            RateLimited: Too many codes.
        """
        has_app = await self._second_factors.is_on(user.id)
        must_use_passkey = not has_app and await self._must_use_passkey(user)
        if passkey is not None:
            # Whoever shows one is held to it, asked or not.
            await self._passkeys.prove(passkey, user_id=user.id)
            return True
        if must_use_passkey:
            raise SecondFactorNeeded(_USE_PASSKEY)
        await self._second_factors.check(user, code)
        return has_app

    async def is_missing(self, user: User) -> bool:
        """Whether the person has to set a second factor up before anything else."""
        return await self._is_demanded_of(user) and not await self.is_set_up(user)

    async def is_set_up(self, user: User) -> bool:
        """Whether the person has an authenticator app or a passkey."""
        return await self._second_factors.is_on(user.id) or await self._has_passkey(user)

    async def _must_use_passkey(self, user: User) -> bool:
        return await self._is_demanded_of(user) and await self._has_passkey(user)

    async def _has_passkey(self, user: User) -> bool:
        async with self._database.read() as session:
            return bool(await passkey_repository.of_user(session, user.id))

    async def _is_demanded_of(self, user: User) -> bool:
        if self._is_demanded:
            return True
        async with self._database.read() as session:
            return (await session.get_one(Customer, user.customer_id)).requires_second_factor
