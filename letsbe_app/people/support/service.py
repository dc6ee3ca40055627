"""
An owner's word that support may look in, and the looks themselves.

A look is a session of its own kind: it reads records of one customer, never what was said there, and it can
do nothing. It lives no longer than the owner's word, and each of its requests is in the owner's activity log.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import StaffMember, SupportGrant, SupportVisit, UserRole
from letsbe_app.db.session import Database
from letsbe_app.errors import Forbidden, InvalidInput, NotSignedIn
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.secrets import new_token, token_hash
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.staff.actor import StaffActor, StaffPermission, checked_reason, require_staff
from letsbe_app.relay import Topic
from letsbe_app.relay.publisher import Publisher

log = structlog.get_logger()

TOKEN_PREFIX: Final = "lbv"  # noqa: S105  # a mark, not a secret
HOURS: Final = (1, 4, 24, 72)
VISIT_LENGTH: Final = timedelta(hours=1)


@dataclass(frozen=True)
class GrantView:
    """Support may look in until then."""

    id: str
    granted_by_user_id: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Visit:
    """A look that has begun; the token becomes the cookie of the portal."""

    id: str
    customer_id: str
    token: str = field(repr=False)
    expires_at: datetime


class SupportService:
    """For owners the methods with an actor; for staff those with a member of staff."""

    def __init__(self, database: Database, publisher: Publisher, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock

    # For owners

    async def current(self, actor: Actor) -> GrantView | None:
        """Until when support may look in, None when it may not."""
        require(actor, Permission.PEOPLE)
        async with self._database.read() as session:
            return _view(await self._live(session, actor.customer_id))

    async def allow(self, actor: Actor, hours: int) -> GrantView:
        """
        Let support look in for so many hours from now; an earlier word no longer counts.

        Raises:
            InvalidInput: Not one of the lengths that there are.
        """
        require(actor, Permission.PEOPLE)
        if hours not in HOURS:
            raise InvalidInput.of_field("hours", f"Choose one of {', '.join(str(one) for one in HOURS)}.")
        now = self._clock()
        row = SupportGrant(
            id=new_id("sgr"),
            customer_id=actor.customer_id,
            granted_by_user_id=actor.user_id,
            expires_at=now + timedelta(hours=hours),
            created_at=now,
        )
        async with self._database.write() as session:
            await self._take_back(session, actor.customer_id)
            session.add(row)
            record_act(session, actor, "support.allowed", subject=row.id, hours=hours)
        log.info("support.allowed", customer_id=actor.customer_id, hours=hours)
        return GrantView(row.id, row.granted_by_user_id, row.created_at, row.expires_at)

    async def take_back(self, actor: Actor) -> None:
        """Support may look in no more; whoever is looking is out at once. Harmless when nobody may."""
        require(actor, Permission.PEOPLE)
        async with self._database.write() as session:
            if await self._take_back(session, actor.customer_id):
                record_act(session, actor, "support.taken_back", subject=actor.customer_id)
        await self._publisher.announce(actor.customer_id, Topic.SESSION, actor.customer_id)

    # For staff

    async def allowed_until(self, staff: StaffActor, customer_id: str) -> datetime | None:
        """Until when this customer lets support look in."""
        require_staff(staff, StaffPermission.LOOK)
        async with self._database.read() as session:
            row = await self._live(session, customer_id)
        return row.expires_at if row is not None else None

    async def visit(self, staff: StaffActor, customer_id: str, reason: str) -> Visit:
        """
        Begin to look into an account.

        Raises:
            Forbidden: Its owner does not allow it (now).
            InvalidInput: No reason given.
        """
        require_staff(staff, StaffPermission.VISIT)
        reason, now, token = checked_reason(reason), self._clock(), new_token(TOKEN_PREFIX)
        async with self._database.write() as session:
            grant = await self._live(session, customer_id)
            if grant is None:
                raise Forbidden(
                    "The owner has not allowed support to look in. Ask them to do it in their settings."
                )
            row = SupportVisit(
                id=new_id("svi"),
                grant_id=grant.id,
                customer_id=customer_id,
                staff_id=staff.staff_id,
                reason=reason,
                token_hash=token_hash(token),
                created_at=now,
            )
            session.add(row)
            record_act(
                session,
                staff.staff_id,
                "support.visit_began",
                subject=row.id,
                customer_id=customer_id,
                reason=reason,
            )
        log.info("support.visit_began", staff_id=staff.staff_id, customer_id=customer_id)
        return Visit(row.id, customer_id, token, min(grant.expires_at, now + VISIT_LENGTH))

    async def end_visits(self, staff: StaffActor) -> None:
        """End all looks of this member of staff."""
        async with self._database.write() as session:
            ended = await session.exec(
                update(SupportVisit)
                .where(col(SupportVisit.staff_id) == staff.staff_id, col(SupportVisit.ended_at).is_(None))
                .values(ended_at=self._clock())
                .returning(col(SupportVisit.id), col(SupportVisit.customer_id))
            )
            for visit_id, customer_id in ended.all():
                record_act(
                    session, staff.staff_id, "support.visit_ended", subject=visit_id, customer_id=customer_id
                )

    async def actor_of(self, token: str, place: str) -> Actor:
        """
        Who looks, and into which account; notes what is looked at.

        Args:
            token: Of the visit.
            place: The page or route that is asked for.

        Raises:
            NotSignedIn: The visit is over: ended, too old, taken back, or its member of staff has left.
        """
        async with self._database.write() as session:
            visit, staff = await self._visit(session, token)
            record_act(
                session,
                staff.id,
                "support.looked",
                subject=visit.id,
                customer_id=visit.customer_id,
                place=place[:200],
            )
        return Actor(
            user_id=staff.id,
            customer_id=visit.customer_id,
            role=UserRole.READ_ONLY,
            email=staff.email,
            session_id=visit.id,
            scopes=frozenset({Permission.READ.value}),
            visit_id=visit.id,
        )

    async def _visit(self, session: AsyncSession, token: str) -> tuple[SupportVisit, StaffMember]:
        """The visit that still goes on, and whose it is; raises NotSignedIn."""
        now = self._clock()
        statement = (
            select(SupportVisit, StaffMember)
            .join(SupportGrant, col(SupportGrant.id) == col(SupportVisit.grant_id))
            .join(StaffMember, col(StaffMember.id) == col(SupportVisit.staff_id))
            .where(
                SupportVisit.token_hash == token_hash(token),
                col(SupportVisit.ended_at).is_(None),
                SupportVisit.created_at > now - VISIT_LENGTH,
                col(SupportGrant.revoked_at).is_(None),
                SupportGrant.expires_at > now,
                col(StaffMember.removed_at).is_(None),
            )
        )
        found = (await session.exec(statement)).one_or_none()
        if found is None:
            raise NotSignedIn("This look into the account is over.")
        return found

    async def _live(self, session: AsyncSession, customer_id: str) -> SupportGrant | None:
        statement = (
            select(SupportGrant)
            .where(
                SupportGrant.customer_id == customer_id,
                col(SupportGrant.revoked_at).is_(None),
                SupportGrant.expires_at > self._clock(),
            )
            .order_by(col(SupportGrant.id).desc())
            .limit(1)
        )
        return (await session.exec(statement)).first()

    async def _take_back(self, session: AsyncSession, customer_id: str) -> bool:
        result = await session.exec(
            update(SupportGrant)
            .where(col(SupportGrant.customer_id) == customer_id, col(SupportGrant.revoked_at).is_(None))
            .values(revoked_at=self._clock())
        )
        return bool(result.rowcount)


def _view(row: SupportGrant | None) -> GrantView | None:
    return GrantView(row.id, row.granted_by_user_id, row.created_at, row.expires_at) if row else None
