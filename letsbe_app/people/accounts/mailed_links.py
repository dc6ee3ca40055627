"""What happens by links in mails: a new password, a confirmed address."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Final

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import AccountToken, TokenPurpose, User
from letsbe_app.errors import InvalidInput
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.secrets import new_token, token_hash
from letsbe_app.people.accounts import access, access_repository, repository
from letsbe_app.people.accounts.access import OtherWay
from letsbe_app.people.accounts.devices import device_hash
from letsbe_app.people.accounts.front_door import FrontDoor
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.accounts.throttle import Allowance
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.mail.letters import changed_letter, confirm_letter, reset_letter
from letsbe_app.people.mail.mailer import Mail
from letsbe_app.relay import Topic

log = structlog.get_logger()

RESET_LIFETIME: Final = timedelta(minutes=30)
CONFIRM_LIFETIME: Final = timedelta(hours=24)
RESET_PER_EMAIL: Final = Allowance("reset-email", 3, 3_600)
RESET_PER_IP: Final = Allowance("reset-ip", 20, 3_600)
CONFIRM_PER_USER: Final = Allowance("confirm-mail-user", 5, 3_600)
_STALE: Final = "This link was used already, or is too old. Ask for a new one."


class MailedLinks:
    """Tokens are shown in the mail alone; the database has their hashes."""

    def __init__(self, door: FrontDoor) -> None:
        self._door = door

    async def ask_for_reset(self, email: str, visitor: Visitor) -> None:
        """
        Mail a link to choose a new password. Says the same whether there is such an account or not.

        Raises:
            RateLimited: Too many for this e-mail or from this address.
        """
        email = email.strip().lower()
        await self._door.throttle.take(RESET_PER_IP, visitor.ip)
        await self._door.throttle.take(RESET_PER_EMAIL, email)
        async with self._door.database.read() as session:
            user = await repository.user_by_email(session, email)
        if user is None:
            log.info("account.reset_asked", user_id=None)
            return
        await self._mail_link(user, TokenPurpose.RESET, RESET_LIFETIME, "new-password", reset_letter)
        log.info("account.reset_asked", user_id=user.id)

    async def reset(
        self, token: str, password: str, visitor: Visitor, also_end: Collection[OtherWay] = ()
    ) -> None:
        """
        Set a new password and end all of the person's sessions, and the other ways in that are named.

        Raises:
            InvalidInput: The link is no longer good, or the password cannot be used.
            RateLimited: Too many tries from this address.
        """
        await self._door.throttle.take(RESET_PER_IP, visitor.ip)
        password_hash = await self._new_hash(token, password)
        now = self._door.clock()
        async with self._door.database.write() as session:
            user = await self._claim(session, token, TokenPurpose.RESET)
            await access_repository.set_password(session, user.id, password_hash)
            await access_repository.revoke_sessions(session, user.id, now)
            # Somebody else may have signed in with the old password: their browser is a stranger again.
            this_one = device_hash(visitor.device) if visitor.device else ""
            await access_repository.forget_browsers(session, user.id, keep="", keep_hash=this_one)
            await access.end_ways(session, user.id, also_end, now)
            # Whoever opened the mail has shown that the address is theirs.
            user.email_confirmed_at = user.email_confirmed_at or now
            record_act(
                session,
                user.id,
                "account.password_reset",
                subject=user.id,
                customer_id=user.customer_id,
                also_ended=sorted(also_end),
            )
            await self._door.post.put(session, user.customer_id, changed_letter(user.email))
        log.info("account.password_reset", user_id=user.id)
        self._door.post.soon()
        await self._door.publisher.announce(user.customer_id, Topic.SESSION, user.id)

    async def send_confirmation(self, actor: Actor) -> None:
        """
        Mail a link that confirms the address, unless it is confirmed.

        Raises:
            RateLimited: Too many mails to this person.
        """
        require(actor, Permission.ACCOUNT)
        async with self._door.database.read() as session:
            user = await session.get_one(User, actor.user_id)
        if user.email_confirmed_at is not None:
            return
        await self._door.throttle.take(CONFIRM_PER_USER, actor.user_id)
        await self._mail_link(user, TokenPurpose.CONFIRM, CONFIRM_LIFETIME, "confirm-email", confirm_letter)

    async def confirm(self, token: str) -> None:
        """The address is the person's; raises InvalidInput for a link that is no longer good."""
        async with self._door.database.write() as session:
            user = await self._claim(session, token, TokenPurpose.CONFIRM)
            user.email_confirmed_at = user.email_confirmed_at or self._door.clock()
            record_act(
                session, user.id, "account.email_confirmed", subject=user.id, customer_id=user.customer_id
            )
        log.info("account.email_confirmed", user_id=user.id)

    async def change_password(self, actor: Actor, password: str, also_end: Collection[OtherWay] = ()) -> None:
        """As ``reset``, for somebody who has just given the old password; their own session goes on."""
        require(actor, Permission.ACCOUNT)
        await self._door.passwords.check_new(password, actor.email)
        password_hash = await self._door.passwords.hash(password)
        now = self._door.clock()
        async with self._door.database.write() as session:
            await access_repository.set_password(session, actor.user_id, password_hash)
            await access_repository.revoke_sessions(session, actor.user_id, now, keep=actor.session_id)
            await access_repository.forget_browsers(session, actor.user_id, keep=actor.session_id)
            await access.end_ways(session, actor.user_id, also_end, now)
            ended = sorted(also_end)
            record_act(session, actor, "account.password_changed", subject=actor.user_id, also_ended=ended)
            await self._door.post.put(session, actor.customer_id, changed_letter(actor.email))
        self._door.post.soon()
        await self._door.publisher.announce(actor.customer_id, Topic.SESSION, actor.user_id)

    async def _new_hash(self, token: str, password: str) -> str:
        # Checked before the link is used up: a refused password must not cost a second mail.
        async with self._door.database.read() as session:
            user = await access_repository.user_of_token(
                session, token_hash(token), TokenPurpose.RESET, self._door.clock()
            )
        if user is None:
            raise InvalidInput.of_field("token", _STALE)
        await self._door.passwords.check_new(password, user.email)
        return await self._door.passwords.hash(password)

    async def _mail_link(
        self,
        user: User,
        purpose: TokenPurpose,
        lifetime: timedelta,
        page: str,
        letter: Callable[[str, str], Mail],
    ) -> None:
        """Keep a new token and the mail with its link, in one; send it soon."""
        token, now = new_token("lbm"), self._door.clock()
        async with self._door.database.write() as session:
            await access_repository.drop_tokens(session, user.id, purpose)
            session.add(
                AccountToken(
                    id=new_id("mlt"),
                    user_id=user.id,
                    purpose=purpose,
                    token_hash=token_hash(token),
                    email=user.email,
                    expires_at=now + lifetime,
                    created_at=now,
                )
            )
            # After the ``#``: browsers send that part to nobody, so it is in no log on the way.
            mail = letter(user.email, f"{self._door.public_url}/{page}#{token}")
            await self._door.post.put(session, user.customer_id, mail)
        self._door.post.soon()

    async def _claim(self, session: AsyncSession, token: str, purpose: TokenPurpose) -> User:
        found = await access_repository.claim_token(session, token_hash(token), purpose, self._door.clock())
        user = await session.get(User, found[0]) if found else None
        if found is None or user is None or user.email != found[1]:
            raise InvalidInput.of_field("token", _STALE)
        return user
