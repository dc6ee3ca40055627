"""The people of a customer, and invitations to become one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Customer, Invitation, User, UserRole
from letsbe_app.errors import Conflict, InvalidInput, NotFound
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.secrets import new_token, token_hash
from letsbe_app.people.accounts import access
from letsbe_app.people.accounts.emails import normalised_email
from letsbe_app.people.accounts.front_door import FrontDoor
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.accounts.throttle import Allowance
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.mail.letters import invitation_letter
from letsbe_app.people.members import repository
from letsbe_app.people.members.schemas import InvitationOffer, InvitationView, MemberView
from letsbe_app.relay import Topic

log = structlog.get_logger()

LIFETIME: Final = timedelta(days=7)
INVITE_PER_CUSTOMER: Final = Allowance("invite-customer", 20, 3_600)
ACCEPT_PER_IP: Final = Allowance("accept-ip", 30, 3_600)
ROLE_WORDS: Final[dict[UserRole, str]] = {
    UserRole.OWNER: "You will be able to do everything, payment included.",
    UserRole.APPROVER: "You will be able to talk to them and to approve what they ask.",
    UserRole.MEMBER: "You will be able to talk to them.",
    UserRole.READ_ONLY: "You will be able to look at everything.",
}
_STALE: Final = "This invitation was used already, was taken back, or is too old. Ask for a new one."
_NEWER: Final = "You were invited again later: use the link in the newest mail."
_MEMBER_ALREADY: Final = "They belong to your business already."
_TAKEN: Final = (
    "There is already an account with this e-mail, of another business. "
    "Ask to be invited at another e-mail address."
)


class MemberService:
    """There is always an owner: the last one can neither go nor become something else."""

    def __init__(self, door: FrontDoor) -> None:
        self._door = door

    async def list(self, actor: Actor, role: UserRole | None = None) -> list[MemberView]:
        """Everybody in the actor's business, or of one role; the oldest first."""
        require(actor, Permission.READ)
        async with self._door.database.read() as session:
            rows = await repository.members(session, actor.customer_id)
        return [
            _view(user, actor, has_second_factor=bool(has))
            for user, has in rows
            if role is None or user.role == role
        ]

    async def set_role(self, actor: Actor, user_id: str, role: UserRole) -> None:
        """
        Give somebody another role. Invitations of somebody who is no owner any more are taken back.

        Raises:
            NotFound: Nobody of the business.
            Conflict: They are the last owner.
        """
        require(actor, Permission.PEOPLE)
        now = self._door.clock()
        async with self._door.database.write() as session:
            user = await _member(session, actor, user_id)
            if user.role == UserRole.OWNER and role is not UserRole.OWNER:
                await _check_not_last_owner(session, actor.customer_id)
                await repository.settle_invitations(session, actor.customer_id, now, invited_by=user_id)
            user.role = role
            record_act(session, actor, "member.role_changed", subject=user_id, role=role.value)
        log.info("member.role_changed", user_id=user_id, role=role.value)
        await self._door.publisher.announce(actor.customer_id, Topic.SESSION, user_id)

    async def remove(self, actor: Actor, user_id: str) -> None:
        """
        Take somebody out of the business: their sessions, keys and invitations end at once.

        Raises:
            NotFound: Nobody of the business.
            Conflict: They are the last owner.
        """
        require(actor, Permission.PEOPLE)
        now = self._door.clock()
        async with self._door.database.write() as session:
            user = await _member(session, actor, user_id)
            if user.role == UserRole.OWNER:
                await _check_not_last_owner(session, actor.customer_id)
            await access.shut_out(session, user_id, now)
            await repository.settle_invitations(session, actor.customer_id, now, invited_by=user_id)
            # The row stays, since messages and decisions name it; the address becomes free for a new account.
            user.email, user.password_hash, user.removed_at = f"removed:{user_id}", "", now
            record_act(session, actor, "member.removed", subject=user_id)
        log.info("member.removed", user_id=user_id)
        await self._door.publisher.announce(actor.customer_id, Topic.SESSION, user_id)

    async def invitations(self, actor: Actor) -> Sequence[InvitationView]:
        """Who is invited and has not come yet, the newest first."""
        require(actor, Permission.PEOPLE)
        now = self._door.clock()
        async with self._door.database.read() as session:
            rows = await repository.open_invitations(session, actor.customer_id)
        return [
            InvitationView(row.id, row.email, row.role, row.expires_at <= now, row.created_at, row.expires_at)
            for row in rows
        ]

    async def invite(self, actor: Actor, email: str, role: UserRole) -> InvitationView:
        """
        Mail somebody an invitation; an earlier one to them no longer counts.

        Raises:
            InvalidInput: Not an e-mail address.
            Conflict: They are in the business already. Accounts elsewhere are nothing that an owner is told.
            RateLimited: Too many invitations in an hour.
        """
        require(actor, Permission.PEOPLE)
        email = normalised_email(email)
        await self._door.throttle.take(INVITE_PER_CUSTOMER, actor.customer_id)
        token, now = new_token("lbi"), self._door.clock()
        row = Invitation(
            id=new_id("inv"),
            customer_id=actor.customer_id,
            email=email,
            role=role,
            token_hash=token_hash(token),
            invited_by_user_id=actor.user_id,
            expires_at=now + LIFETIME,
            created_at=now,
        )
        async with self._door.database.write() as session:
            if await repository.is_member(session, actor.customer_id, email):
                raise Conflict(_MEMBER_ALREADY)
            await repository.settle_invitations(session, actor.customer_id, now, email=email)
            customer = await session.get_one(Customer, actor.customer_id)
            session.add(row)
            record_act(session, actor, "member.invited", subject=row.id, role=role.value)
            link = f"{self._door.public_url}/join#{token}"
            letter = invitation_letter(email, customer.name, actor.email, ROLE_WORDS[role], link)
            await self._door.post.put(session, actor.customer_id, letter)
        self._door.post.soon()
        return InvitationView(row.id, row.email, row.role, False, row.created_at, row.expires_at)

    async def take_back(self, actor: Actor, invitation_id: str) -> None:
        """The invitation no longer counts; raises NotFound."""
        require(actor, Permission.PEOPLE)
        async with self._door.database.write() as session:
            count = await repository.settle_invitations(
                session, actor.customer_id, self._door.clock(), invitation_id=invitation_id
            )
            if not count:
                raise NotFound("There is no such invitation.")
            record_act(session, actor, "member.invitation_taken_back", subject=invitation_id)

    async def offer(self, token: str, visitor: Visitor) -> InvitationOffer:
        """What the invitation with this token says; raises InvalidInput when it is no longer good."""
        await self._door.throttle.take(ACCEPT_PER_IP, visitor.ip)
        invitation, customer = await self._find(token)
        return InvitationOffer(customer.name, invitation.email, invitation.role)

    async def accept(self, token: str, password: str, visitor: Visitor) -> str:
        """
        Make the invited person's account; gives its e-mail, with which to sign in.

        Raises:
            InvalidInput: The invitation is no longer good, or the password cannot be used.
            Conflict: The e-mail has an account.
        """
        await self._door.throttle.take(ACCEPT_PER_IP, visitor.ip)
        invitation, _ = await self._find(token)
        await self._door.passwords.check_new(password, invitation.email)
        password_hash, now = await self._door.passwords.hash(password), self._door.clock()
        user = User(
            id=new_id("usr"),
            customer_id=invitation.customer_id,
            email=invitation.email,
            password_hash=password_hash,
            role=invitation.role,
            # Whoever has the token has read the mail.
            email_confirmed_at=now,
            created_at=now,
        )
        try:
            async with self._door.database.write() as session:
                if not await repository.claim_invitation(session, invitation.id, now):
                    raise InvalidInput.of_field("token", _STALE)
                session.add(user)
                record_act(
                    session, user.id, "member.joined", subject=invitation.id, customer_id=user.customer_id
                )
        except IntegrityError as exc:
            raise Conflict(_TAKEN) from exc
        log.info("member.joined", user_id=user.id, customer_id=user.customer_id)
        return user.email

    async def _find(self, token: str) -> tuple[Invitation, Customer]:
        hashed, now = token_hash(token), self._door.clock()
        async with self._door.database.read() as session:
            found = await repository.invitation_by_token(session, hashed, now)
            if found is None:
                is_replaced = await repository.has_newer_invitation(session, hashed, now)
                raise InvalidInput.of_field("token", _NEWER if is_replaced else _STALE)
        return found


def _view(user: User, actor: Actor, *, has_second_factor: bool) -> MemberView:
    return MemberView(
        user_id=user.id,
        email=user.email,
        role=user.role,
        is_self=user.id == actor.user_id,
        has_second_factor=has_second_factor,
        created_at=user.created_at,
    )


async def _member(session: AsyncSession, actor: Actor, user_id: str) -> User:
    """Somebody of the business, for changing while nobody else changes its owners; raises NotFound."""
    await repository.lock_customer(session, actor.customer_id)
    user = await repository.member(session, actor.customer_id, user_id)
    if user is None:
        raise NotFound("There is nobody of this id in your business.")
    return user


async def _check_not_last_owner(session: AsyncSession, customer_id: str) -> None:
    if await repository.count_owners(session, customer_id) <= 1:
        raise Conflict("A business needs an owner. Make somebody else an owner first.")
