"""The second factor: an authenticator app, and recovery codes for when the phone is lost."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import ClassVar, Final

import structlog

from letsbe_app.db.models import RecoveryCode, SecondFactor, User
from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, FieldProblem, InvalidInput, LetsBeError
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.secret_box import SecretBox
from letsbe_app.people.accounts import access_repository, totp
from letsbe_app.people.accounts.throttle import Allowance, Throttle
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require

log = structlog.get_logger()

RECOVERY_CODES: Final = 10
CODE_PER_USER: Final = Allowance("code-user", 10, 900)
_WRONG: Final = "This code is not right, or was used already. Wait for the next one."
_LETTERS: Final = "abcdefghjkmnpqrstvwxyz23456789"
_RECOVERY_LENGTH: Final = 16


class SecondFactorNeeded(LetsBeError):
    """The password is right, and the account wants a code besides."""

    code: ClassVar[str] = "second_factor_needed"
    status: ClassVar[int] = 401


@dataclass(frozen=True)
class Setup:
    """What an authenticator app needs; shown while it is being set up."""

    secret: str = field(repr=False)
    app_address: str = field(repr=False)


@dataclass(frozen=True)
class FactorView:
    """Whether a second factor is on, and how many recovery codes are left."""

    is_on: bool
    recovery_codes_left: int


class SecondFactors:
    """Secrets are sealed, recovery codes hashed; every code counts once."""

    def __init__(
        self, database: Database, secret_box: SecretBox, throttle: Throttle, *, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._secret_box = secret_box
        self._throttle = throttle
        self._clock = clock

    async def view(self, actor: Actor) -> FactorView:
        """How it stands."""
        require(actor, Permission.ACCOUNT)
        async with self._database.read() as session:
            factor = await access_repository.factor_of(session, actor.user_id)
            is_on = factor is not None and factor.confirmed_at is not None
            left = await access_repository.count_recovery_codes(session, actor.user_id) if is_on else 0
        return FactorView(is_on, left)

    async def is_on(self, user_id: str) -> bool:
        """Whether the person gives a code besides the password."""
        async with self._database.read() as session:
            factor = await access_repository.factor_of(session, user_id)
        return factor is not None and factor.confirmed_at is not None

    async def begin(self, actor: Actor) -> Setup:
        """
        A new secret for an app; it counts once ``enable`` has seen a code of it.

        Raises:
            Conflict: There is a second factor already.
        """
        require(actor, Permission.ACCOUNT)
        secret = totp.new_secret()
        async with self._database.write() as session:
            factor = await access_repository.factor_of(session, actor.user_id)
            if factor is not None and factor.confirmed_at is not None:
                raise Conflict("A second factor is on already. Switch it off first.")
            await access_repository.drop_factor(session, actor.user_id)
            session.add(
                SecondFactor(
                    user_id=actor.user_id,
                    secret=self._secret_box.seal(secret, _purpose(actor.user_id)),
                    created_at=self._clock(),
                )
            )
        return Setup(totp.as_text(secret), totp.app_address(secret, actor.email))

    async def enable(self, actor: Actor, code: str) -> list[str]:
        """
        Switch it on and give the recovery codes, which are shown this once.

        Raises:
            InvalidInput: The code is not the app's.
            Conflict: Nothing was begun.
        """
        require(actor, Permission.ACCOUNT)
        await self._throttle.take(CODE_PER_USER, actor.user_id)
        async with self._database.write() as session:
            factor = await access_repository.factor_of(session, actor.user_id)
            if factor is None or factor.confirmed_at is not None:
                raise Conflict("Begin anew: there is nothing to confirm.")
            step = self._step(factor, code)
            if step is None:
                raise InvalidInput.of_field("code", _WRONG)
            factor.used_step, factor.confirmed_at = step, self._clock()
            codes = [_new_code() for _ in range(RECOVERY_CODES)]
            session.add_all(self._row(actor.user_id, code) for code in codes)
            record_act(session, actor, "account.second_factor_on", subject=actor.user_id)
        log.info("account.second_factor_on", user_id=actor.user_id)
        return codes

    async def renew_codes(self, actor: Actor) -> list[str]:
        """New recovery codes in place of the old ones; raises Conflict when no second factor is on."""
        require(actor, Permission.ACCOUNT)
        codes = [_new_code() for _ in range(RECOVERY_CODES)]
        async with self._database.write() as session:
            factor = await access_repository.factor_of(session, actor.user_id)
            if factor is None or factor.confirmed_at is None:
                raise Conflict("Switch the second factor on first.")
            await access_repository.drop_recovery_codes(session, actor.user_id)
            session.add_all(self._row(actor.user_id, code) for code in codes)
            record_act(session, actor, "account.recovery_codes_renewed", subject=actor.user_id)
        return codes

    async def disable(self, actor: Actor) -> None:
        """Switch it off. The caller has asked for password and code before."""
        require(actor, Permission.ACCOUNT)
        async with self._database.write() as session:
            await access_repository.drop_factor(session, actor.user_id)
            record_act(session, actor, "account.second_factor_off", subject=actor.user_id)
        log.info("account.second_factor_off", user_id=actor.user_id)

    async def check(self, user: User, code: str | None) -> None:
        """
        Let a person pass who has proved the password already.

        Raises:
            SecondFactorNeeded: They have a second factor and gave no code, or a wrong one.
            RateLimited: Too many codes.
        """
        async with self._database.read() as session:
            factor = await access_repository.factor_of(session, user.id)
        if factor is None or factor.confirmed_at is None:
            return
        if not code:
            raise SecondFactorNeeded("Enter the code of your authenticator app, or a recovery code.")
        await self._throttle.take(CODE_PER_USER, user.id)
        if not await self._use(user.id, factor, code):
            log.info("account.code_refused", user_id=user.id)
            raise SecondFactorNeeded(_WRONG, [FieldProblem("code", _WRONG)])
        await self._throttle.forgive(CODE_PER_USER, user.id)

    async def reseal(self) -> int:
        """Seal every secret with the hub's newest key; how many had an older one."""
        count = 0
        async with self._database.write() as session:
            for factor in await access_repository.factors(session):
                if not self._secret_box.is_current(factor.secret):
                    secret = self._secret_box.open(factor.secret, _purpose(factor.user_id))
                    factor.secret = self._secret_box.seal(secret, _purpose(factor.user_id))
                    session.add(factor)
                    count += 1
        return count

    async def _use(self, user_id: str, factor: SecondFactor, code: str) -> bool:
        step = self._step(factor, code)
        async with self._database.write() as session:
            if step is not None:
                return await access_repository.use_step(session, user_id, step)
            return await access_repository.use_recovery_code(
                session, user_id, _code_hash(user_id, code), self._clock()
            )

    def _step(self, factor: SecondFactor, code: str) -> int | None:
        secret = self._secret_box.open(factor.secret, _purpose(factor.user_id))
        return totp.matching_step(secret, code, self._clock().timestamp(), factor.used_step)

    def _row(self, user_id: str, code: str) -> RecoveryCode:
        return RecoveryCode(
            id=new_id("rcv"), user_id=user_id, code_hash=_code_hash(user_id, code), created_at=self._clock()
        )


def _purpose(user_id: str) -> str:
    return f"second-factor:{user_id}"


def _new_code() -> str:
    """78 bits in groups of four, without letters that look alike."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_RECOVERY_LENGTH))
    return "-".join(letters[place : place + 4] for place in range(0, _RECOVERY_LENGTH, 4))


def _code_hash(user_id: str, code: str) -> str:
    # A plain hash is right here: the code is random and long.
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(f"{user_id}:{plain}".encode()).hexdigest()
