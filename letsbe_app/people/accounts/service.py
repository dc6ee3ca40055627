"""Sign-up, sign-in and who is signed in."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Customer, User, UserRole, UserSession
from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, Forbidden, NotSignedIn, RateLimited, WrongCredentials
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.one_line import one_line
from letsbe_app.kit.secrets import new_token, token_hash
from letsbe_app.people.accounts import repository
from letsbe_app.people.accounts.devices import device_hash, device_of, known_or_new
from letsbe_app.people.accounts.emails import normalised_email
from letsbe_app.people.accounts.mailed_codes import MailedCodes
from letsbe_app.people.accounts.passkey_ceremony import Json
from letsbe_app.people.accounts.passkeys import Passkeys
from letsbe_app.people.accounts.passwords import Passwords
from letsbe_app.people.accounts.schemas import AccountView, SignedIn, SignUp, Visitor
from letsbe_app.people.accounts.second_step import SecondStep
from letsbe_app.people.accounts.throttle import (
    PASSKEY_PER_IP,
    SIGN_IN_PER_DEVICE,
    SIGN_IN_PER_EMAIL,
    SIGN_IN_PER_IP,
    SIGN_UP_LETTER,
    SIGN_UP_PER_IP,
    Throttle,
)
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.mail.letters import new_device_letter, taken_letter
from letsbe_app.people.mail.post import PostRoom
from letsbe_app.people.support.service import TOKEN_PREFIX, SupportService
from letsbe_app.relay import Topic
from letsbe_app.relay.publisher import Publisher

log = structlog.get_logger()

_NAME_MAX_LENGTH: Final = 120
_SEEN_EVERY: Final = timedelta(minutes=10)
_WRONG: Final = "This e-mail and password do not belong together."
_TAKEN: Final = "There is already an account with this e-mail. Sign in instead."


class AccountService:
    """Accounts and their sessions. The cookie holds a session's token, the database its hash."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        throttle: Throttle,
        *,
        second_step: SecondStep,
        mailed_codes: MailedCodes,
        passkeys: Passkeys,
        support: SupportService,
        post: PostRoom,
        publisher: Publisher,
        session_days: int,
        idle_days: int,
        clock: Clock = utc_now,
    ) -> None:
        """
        Args:
            database: The hub's database.
            passwords: How passwords are hashed.
            throttle: Counts tries.
            second_step: What is asked besides the password.
            mailed_codes: What is asked of somebody who has nothing besides it, in a new browser.
            passkeys: In place of both.
            support: Support's looks into accounts.
            post: For letters about sign-ins.
            publisher: For announcements.
            session_days: How long a sign-in lasts at most.
            idle_days: How long one lasts that nobody uses.
            clock: The time.
        """
        self._second_step = second_step
        self._mailed_codes = mailed_codes
        self._post = post
        self._passkeys = passkeys
        self._support = support
        self._publisher = publisher
        self._database = database
        self._passwords = passwords
        self._throttle = throttle
        self._session_length = timedelta(days=session_days)
        self._idle_length = timedelta(days=idle_days)
        self._clock = clock

    async def sign_up(self, request: SignUp, visitor: Visitor | str = "") -> SignedIn:
        """
        Make a business with its owner and sign the owner in.

        Args:
            request: What the form says.
            visitor: The browser, or its user agent alone.

        Raises:
            InvalidInput: A field cannot be used; says which and why.
            Conflict: The e-mail has an account.
            RateLimited: Too many accounts from one address.
        """
        visitor = _as_visitor(visitor)
        business_name = one_line(
            request.business_name,
            "business_name",
            longest=_NAME_MAX_LENGTH,
            missing="Tell us the name of your business.",
        )
        email = normalised_email(request.email)
        await self._throttle.take(SIGN_UP_PER_IP, visitor.ip)
        await self._passwords.check_new(request.password, email)
        password_hash = await self._passwords.hash(request.password)
        try:
            async with self._database.write() as session:
                user = await self._add_owner(session, business_name, email, password_hash)
                signed_in = self._open_session(session, user, visitor)
                record_act(session, signed_in.actor, "account.signed_up", subject=user.id)
        except IntegrityError as exc:
            await self._tell_holder(email)
            raise Conflict(_TAKEN) from exc
        log.info("account.signed_up", user_id=user.id, customer_id=user.customer_id)
        return signed_in

    async def _tell_holder(self, email: str) -> None:
        """Write to whoever has the account: the form has just told somebody that there is one."""
        try:
            await self._throttle.take(SIGN_UP_LETTER, email)
        except RateLimited:
            return
        async with self._database.write() as session:
            user = await repository.user_by_email(session, email)
            if user is not None:
                await self._post.put(session, user.customer_id, taken_letter(email))
        self._post.soon()

    async def sign_in(
        self,
        email: str,
        password: str,
        visitor: Visitor | str = "",
        *,
        code: str | None = None,
        passkey: Json | None = None,
        has_read_mail: bool = False,
    ) -> SignedIn:
        """
        Open a session for the person with this password, and this code (or a passkey) where they have a
        second factor. Where they have none and the browser is new, the code is one that we mail; unless they
        have come by a link of such a mail just now.

        Raises:
            WrongCredentials: E-mail and password do not belong together; does not say which is wrong.
            SecondFactorNeeded: The password is right, the code is missing or wrong.
            MailedCodeNeeded: The same of a code by mail.
            RateLimited: Too many tries for this e-mail or from this address.
        """
        visitor = _as_visitor(visitor)
        email = email.strip().lower()
        await self._throttle.take(SIGN_IN_PER_IP, visitor.ip)
        async with self._database.read() as session:
            user = await repository.user_by_email(session, email)
        allowance, subject = SIGN_IN_PER_EMAIL, email
        is_known = user is not None and await self._is_known_device(user, visitor)
        if is_known:
            allowance, subject = SIGN_IN_PER_DEVICE, f"{email} {visitor.device}"
        await self._throttle.take(allowance, subject)
        if not await self._passwords.is_right(user.password_hash if user else None, password) or user is None:
            log.info("account.sign_in_refused", user_id=user.id if user else None)
            raise WrongCredentials(_WRONG)
        has_proved_more = await self._second_step.check(user, code, passkey)
        if not (has_proved_more or is_known or has_read_mail):
            await self._mailed_codes.check(user, visitor, code)
        await self._throttle.forgive(allowance, subject)
        return await self._sign_in(user, visitor, "password")

    async def sign_in_with_passkey(self, passkey: Json, visitor: Visitor) -> SignedIn:
        """
        Open a session for whoever's passkey this is: the device has asked for a finger, a face or a PIN, so
        that it stands for both factors.

        Raises:
            WrongCredentials: It is nobody's, or was not used just now.
            RateLimited: Too many tries from this address.
        """
        await self._throttle.take(SIGN_IN_PER_IP, visitor.ip)
        return await self._sign_in(await self._passkeys.prove(passkey), visitor, "passkey")

    async def ask_for_passkey(self, visitor: Visitor) -> Json:
        """What a browser needs to use a passkey; raises RateLimited."""
        await self._throttle.take(PASSKEY_PER_IP, visitor.ip)
        return await self._passkeys.begin_sign_in()

    async def actor_of(self, session_token: str | None, place: str = "") -> Actor:
        """
        The person whose cookie this is.

        Args:
            session_token: From the cookie.
            place: The page or route that is asked for, for the record of what support looks at.

        Raises:
            NotSignedIn: There is no such session, or it has ended.
        """
        if not session_token:
            raise NotSignedIn("Please sign in.")
        if session_token.startswith(f"{TOKEN_PREFIX}_"):
            return await self._support.actor_of(session_token, place)
        now = self._clock()
        async with self._database.read() as session:
            found = await repository.signed_in(session, token_hash(session_token), now)
        if found is None or now - found[0].last_seen_at > self._idle_length:
            raise NotSignedIn("Your session has ended. Please sign in again.")
        user_session, user = found
        if now - user_session.last_seen_at > _SEEN_EVERY:
            async with self._database.write() as session:
                await repository.touch_session(session, user_session.id, now)
        must_add_factor = await self._second_step.is_missing(user)
        return replace(_actor(user, user_session.id), must_add_factor=must_add_factor)

    async def sign_out(self, actor: Actor) -> None:
        """End the actor's session; other tabs and devices of the customer's learn it at once."""
        require(actor, Permission.ACCOUNT)
        async with self._database.write() as session:
            await repository.revoke_session(session, actor.session_id, self._clock())
            record_act(session, actor, "account.signed_out", subject=actor.user_id)
        await self._publisher.announce(actor.customer_id, Topic.SESSION, actor.session_id)

    async def end(self, session_token: str) -> None:
        """End a session whose place another one has taken in its browser; harmless when it is gone."""
        async with self._database.write() as session:
            await repository.revoke_by_token(session, token_hash(session_token), self._clock())

    async def account(self, actor: Actor) -> AccountView:
        """The actor's own account."""
        require(actor, Permission.READ)
        if actor.visit_id is not None:
            raise Forbidden("Support has no account here.")
        async with self._database.read() as session:
            found = await repository.account(session, actor.user_id)
        if found is None:
            raise NotSignedIn("Your account no longer exists.")
        user, customer, founding = found
        return AccountView(
            user_id=user.id,
            email=user.email,
            role=user.role,
            is_email_confirmed=user.email_confirmed_at is not None,
            customer_id=customer.id,
            business_name=customer.name,
            founding_number=founding.number if founding else None,
            created_at=customer.created_at,
        )

    async def _add_owner(
        self, session: AsyncSession, business_name: str, email: str, password_hash: str
    ) -> User:
        now = self._clock()
        customer = Customer(id=new_id("cus"), name=business_name, created_at=now)
        session.add(customer)
        await session.flush()
        user = User(
            id=new_id("usr"),
            customer_id=customer.id,
            email=email,
            password_hash=password_hash,
            role=UserRole.OWNER,
            created_at=now,
        )
        session.add(user)
        await session.flush()
        return user

    async def _sign_in(self, user: User, visitor: Visitor, way: str) -> SignedIn:
        async with self._database.write() as session:
            is_new = await self._is_new_device(session, user, visitor)
            signed_in = self._open_session(session, user, visitor)
            record_act(session, signed_in.actor, "account.signed_in", subject=user.id, way=way, is_new=is_new)
            if is_new:
                letter = new_device_letter(user.email, device_of(visitor.user_agent), self._clock())
                await self._post.put(session, user.customer_id, letter)
        log.info("account.signed_in", user_id=user.id, way=way, is_new_device=is_new)
        if is_new:
            self._post.soon()
        return signed_in

    async def _is_known_device(self, user: User, visitor: Visitor) -> bool:
        if not visitor.device:
            return False
        async with self._database.read() as session:
            return device_hash(visitor.device) in await repository.devices_of(session, user.id)

    async def _is_new_device(self, session: AsyncSession, user: User, visitor: Visitor) -> bool:
        """Whether the person has signed in before, and never with this browser."""
        known = await repository.devices_of(session, user.id)
        return bool(known) and device_hash(known_or_new(visitor.device)) not in known

    def _open_session(self, session: AsyncSession, user: User, visitor: Visitor) -> SignedIn:
        now = self._clock()
        token, device = new_token("lbs"), known_or_new(visitor.device)
        row = UserSession(
            id=new_id("ses"),
            user_id=user.id,
            token_hash=token_hash(token),
            user_agent=visitor.user_agent[:300],
            device_hash=device_hash(device),
            created_at=now,
            last_seen_at=now,
            expires_at=now + self._session_length,
        )
        session.add(row)
        return SignedIn(_actor(user, row.id), token, device, row.expires_at)


def _as_visitor(visitor: Visitor | str) -> Visitor:
    return Visitor(user_agent=visitor) if isinstance(visitor, str) else visitor


def _actor(user: User, session_id: str) -> Actor:
    return Actor(user.id, user.customer_id, UserRole(user.role), user.email, session_id)
