"""Staff: joining by a link that was handed over, signing in with password and code, and who belongs."""

from datetime import timedelta
from typing import Final

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import StaffMember, StaffRole, StaffSession
from letsbe_app.errors import Conflict, FieldProblem, InvalidInput, NotFound, NotSignedIn, WrongCredentials
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.secret_box import SecretBox
from letsbe_app.kit.secrets import new_token, token_hash
from letsbe_app.people.accounts import totp
from letsbe_app.people.accounts.emails import normalised_email
from letsbe_app.people.accounts.front_door import FrontDoor
from letsbe_app.people.accounts.passwords import MAX_LENGTH
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.accounts.throttle import Allowance
from letsbe_app.people.audit.service import SYSTEM, record_act
from letsbe_app.people.staff import repository
from letsbe_app.people.staff.actor import StaffActor, StaffPermission, checked_reason, require_staff
from letsbe_app.people.staff.schemas import Joining, StaffLink, StaffSignedIn, StaffView

log = structlog.get_logger()

LINK_LIFETIME: Final = timedelta(hours=24)
SESSION_LENGTH: Final = timedelta(hours=12)
IDLE_LENGTH: Final = timedelta(hours=1)
_SEEN_EVERY: Final = timedelta(minutes=1)
_PER_IP: Final = Allowance("staff-ip", 30, 900)
_PER_EMAIL: Final = Allowance("staff-email", 8, 900)
_CONFIRM: Final = Allowance("staff-confirm", 8, 900)
_WRONG: Final = "E-mail, password and code do not belong together, or the code was used already."
_STALE: Final = "This link was used already, or is too old. Ask for a new one."


class StaffService:
    """There is always an admin: the last one can neither go nor become something else."""

    def __init__(self, door: FrontDoor, secret_box: SecretBox) -> None:
        self._door = door
        self._box = secret_box

    # Joining

    async def add(self, email: str, role: StaffRole, by: StaffActor | None = None) -> StaffLink:
        """
        A link with which somebody joins; an earlier one of theirs no longer counts. Without ``by`` it is the
        operator at the machine who asks.

        Raises:
            InvalidInput: Not an e-mail address.
            Conflict: They have joined already.
        """
        if by is not None:
            require_staff(by, StaffPermission.ADMINISTER)
        email, token, now = normalised_email(email), new_token("lbj"), self._door.clock()
        async with self._door.database.write() as session:
            row = await repository.by_email(session, email)
            if row is not None and row.joined_at is not None and row.removed_at is None:
                raise Conflict("They belong to the staff already.")
            if row is None:
                row = StaffMember(id=new_id("stf"), email=email, role=role, created_at=now)
                session.add(row)
            row.role, row.removed_at, row.joined_at = role, None, None
            row.password_hash, row.factor_secret, row.factor_step = "", "", 0
            row.join_token_hash, row.join_expires_at = token_hash(token), now + LINK_LIFETIME
            record_act(session, by.staff_id if by else SYSTEM, "staff.added", subject=row.id, role=role.value)
        log.info("staff.added", staff_id=row.id, role=role.value)
        # After the ``#``: browsers send that part to nobody, so it is in no log on the way.
        url = f"{self._door.staff_url}/admin/join#{token}"
        return StaffLink(row.id, email, url, now + LINK_LIFETIME)

    async def offer(self, token: str, visitor: Visitor) -> Joining:
        """A new secret for the authenticator app of whoever has the link; raises InvalidInput."""
        await self._door.throttle.take(_PER_IP, visitor.ip)
        secret = totp.new_secret()
        async with self._door.database.write() as session:
            row = await self._with_link(session, token)
            row.factor_secret = self._box.seal(secret, _purpose(row.id))
        return Joining(row.email, totp.as_text(secret), totp.app_address(secret, row.email))

    async def join(self, token: str, password: str, code: str, visitor: Visitor) -> StaffSignedIn:
        """
        Set the password, and the second factor with a first code of it; the link is used up.

        Raises:
            InvalidInput: The link is no longer good, the password cannot be used, or the code is wrong.
        """
        await self._door.throttle.take(_PER_IP, visitor.ip)
        async with self._door.database.read() as session:
            email = (await self._with_link(session, token)).email
        await self._door.passwords.check_new(password, email)
        password_hash = await self._door.passwords.hash(password)
        async with self._door.database.write() as session:
            row = await self._with_link(session, token)
            step = self._step(row, code) if row.factor_secret else None
            if step is None:
                raise InvalidInput.of_field("code", "This code is not right. Wait for the next one.")
            row.password_hash, row.factor_step = password_hash, step
            row.join_token_hash, row.join_expires_at = None, None
            row.joined_at = self._door.clock()
            signed_in = self._open_session(session, row, visitor)
            record_act(session, row.id, "staff.joined", subject=row.id)
        log.info("staff.joined", staff_id=row.id)
        return signed_in

    # Signing in

    async def sign_in(self, email: str, password: str, code: str, visitor: Visitor) -> StaffSignedIn:
        """
        Open a session. Password and code are asked for together, and neither is said to be the wrong one.

        Raises:
            WrongCredentials: They do not belong together.
            RateLimited: Too many tries.
        """
        email = email.strip().lower()
        await self._door.throttle.take(_PER_IP, visitor.ip)
        await self._door.throttle.take(_PER_EMAIL, email)
        async with self._door.database.read() as session:
            row = await repository.by_email(session, email)
        is_member = row is not None and row.joined_at is not None and row.removed_at is None
        known = row.password_hash if row is not None and is_member else None
        is_right = await self._door.passwords.is_right(known, password)
        if row is None or not is_right or not await self._use_code(row, code):
            log.info("staff.sign_in_refused", staff_id=row.id if row else None)
            raise WrongCredentials(_WRONG)
        await self._door.throttle.forgive(_PER_EMAIL, email)
        async with self._door.database.write() as session:
            signed_in = self._open_session(session, row, visitor)
            record_act(session, row.id, "staff.signed_in", subject=row.id)
        log.info("staff.signed_in", staff_id=row.id)
        return signed_in

    async def actor_of(self, session_token: str | None) -> StaffActor:
        """The member of staff whose cookie this is; raises NotSignedIn."""
        if not session_token:
            raise NotSignedIn("Please sign in.")
        now = self._door.clock()
        async with self._door.database.read() as session:
            found = await repository.signed_in(session, token_hash(session_token), now)
        if found is None or now - found[0].last_seen_at > IDLE_LENGTH:
            raise NotSignedIn("Your session has ended. Please sign in again.")
        row, member = found
        if now - row.last_seen_at > _SEEN_EVERY:
            async with self._door.database.write() as session:
                await repository.touch(session, row.id, now)
        return _actor(member, row.id)

    async def sign_out(self, actor: StaffActor) -> None:
        """End the actor's session."""
        async with self._door.database.write() as session:
            await repository.end_sessions(
                session, self._door.clock(), staff_id=actor.staff_id, only=actor.session_id
            )
            record_act(session, actor.staff_id, "staff.signed_out", subject=actor.staff_id)

    async def confirm(self, actor: StaffActor, password: str) -> None:
        """Let the actor pass who knows the password; raises InvalidInput."""
        await self._door.throttle.take(_CONFIRM, actor.staff_id)
        async with self._door.database.read() as session:
            row = await repository.by_email(session, actor.email)
        known = row.password_hash if row else None
        if len(password) > MAX_LENGTH or not await self._door.passwords.is_right(known, password):
            raise InvalidInput("This is not your password.", [FieldProblem("password", "Not your password.")])
        await self._door.throttle.forgive(_CONFIRM, actor.staff_id)

    # Who belongs

    async def list(self, actor: StaffActor, role: StaffRole | None = None) -> list[StaffView]:
        """Everybody, or of one role; the oldest first."""
        require_staff(actor, StaffPermission.LOOK)
        async with self._door.database.read() as session:
            rows = await repository.everybody(session)
        return [
            StaffView(
                id=row.id,
                email=row.email,
                role=row.role,
                has_joined=row.joined_at is not None,
                is_self=row.id == actor.staff_id,
                created_at=row.created_at,
            )
            for row in rows
            if role is None or row.role == role
        ]

    async def set_role(self, actor: StaffActor, staff_id: str, role: StaffRole, reason: str) -> None:
        """Give somebody another role; raises NotFound, or Conflict for the last admin."""
        require_staff(actor, StaffPermission.ADMINISTER)
        reason = checked_reason(reason)
        async with self._door.database.write() as session:
            row = await self._other(session, staff_id, stays_admin=role is StaffRole.ADMIN)
            row.role = role
            record_act(
                session, actor.staff_id, "staff.role_changed", subject=row.id, role=role.value, reason=reason
            )
        log.info("staff.role_changed", staff_id=staff_id, role=role.value)

    async def remove(self, actor: StaffActor, staff_id: str, reason: str) -> None:
        """Somebody no longer belongs: their sessions end at once. Raises NotFound, Conflict."""
        require_staff(actor, StaffPermission.ADMINISTER)
        reason, now = checked_reason(reason), self._door.clock()
        async with self._door.database.write() as session:
            row = await self._other(session, staff_id, stays_admin=False)
            row.removed_at, row.password_hash, row.factor_secret = now, "", ""
            row.join_token_hash, row.join_expires_at = None, None
            await repository.end_sessions(session, now, staff_id=staff_id)
            record_act(session, actor.staff_id, "staff.removed", subject=row.id, reason=reason)
        log.info("staff.removed", staff_id=staff_id)

    async def reseal(self) -> int:
        """Seal every secret with the hub's newest key; how many had an older one."""
        count = 0
        async with self._door.database.write() as session:
            for row in await repository.everybody(session):
                if row.factor_secret and not self._box.is_current(row.factor_secret):
                    opened = self._box.open(row.factor_secret, _purpose(row.id))
                    row.factor_secret = self._box.seal(opened, _purpose(row.id))
                    count += 1
        return count

    async def _other(self, session: AsyncSession, staff_id: str, *, stays_admin: bool) -> StaffMember:
        admins = await repository.lock_admins(session)
        row = await repository.member(session, staff_id)
        if row is None:
            raise NotFound("There is nobody of this id.")
        if admins == [staff_id] and not stays_admin:
            raise Conflict("There must be an admin. Make somebody else one first.")
        return row

    async def _with_link(self, session: AsyncSession, token: str) -> StaffMember:
        row = await repository.by_join_token(session, token_hash(token), self._door.clock())
        if row is None:
            raise InvalidInput.of_field("token", _STALE)
        return row

    async def _use_code(self, row: StaffMember, code: str) -> bool:
        step = self._step(row, code)
        if step is None:
            return False
        async with self._door.database.write() as session:
            return await repository.use_step(session, row.id, step)

    def _step(self, row: StaffMember, code: str) -> int | None:
        secret = self._box.open(row.factor_secret, _purpose(row.id))
        return totp.matching_step(secret, code, self._door.clock().timestamp(), row.factor_step)

    def _open_session(self, session: AsyncSession, member: StaffMember, visitor: Visitor) -> StaffSignedIn:
        now, token = self._door.clock(), new_token("lbo")
        row = StaffSession(
            id=new_id("sse"),
            staff_id=member.id,
            token_hash=token_hash(token),
            user_agent=visitor.user_agent[:300],
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LENGTH,
        )
        session.add(row)
        return StaffSignedIn(_actor(member, row.id), token, row.expires_at)


def _actor(member: StaffMember, session_id: str) -> StaffActor:
    return StaffActor(member.id, member.email, StaffRole(member.role), session_id)


def _purpose(staff_id: str) -> str:
    return f"staff-factor:{staff_id}"
