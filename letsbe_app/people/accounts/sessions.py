"""Where a person is signed in, and ending that from elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.session import Database
from letsbe_app.errors import NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.accounts import access_repository
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.relay import Topic
from letsbe_app.relay.publisher import Publisher


@dataclass(frozen=True)
class SessionView:
    """A browser that is signed in."""

    id: str
    is_current: bool
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class SessionService:
    """A person's own sessions; every stream of theirs learns at once that one has ended."""

    def __init__(self, database: Database, publisher: Publisher, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock

    async def list(self, actor: Actor) -> list[SessionView]:
        """The sessions that are still good, the newest first."""
        require(actor, Permission.ACCOUNT)
        async with self._database.read() as session:
            rows = await access_repository.sessions_of(session, actor.user_id, self._clock())
        return [
            SessionView(
                id=row.id,
                is_current=row.id == actor.session_id,
                user_agent=row.user_agent,
                created_at=row.created_at,
                last_seen_at=row.last_seen_at,
                expires_at=row.expires_at,
            )
            for row in rows
        ]

    async def revoke(self, actor: Actor, session_id: str) -> None:
        """End one of the actor's sessions, and know its browser no longer; raises NotFound."""
        require(actor, Permission.ACCOUNT)
        async with self._database.write() as session:
            count = await access_repository.revoke_sessions(
                session, actor.user_id, self._clock(), only=session_id
            )
            if not count:
                raise NotFound("There is no such session.")
            # Whoever has that browser now gets no more tries than a stranger, and a sign-in there is told.
            await access_repository.forget_browsers(
                session, actor.user_id, keep=actor.session_id, only=session_id
            )
            record_act(session, actor, "account.session_ended", subject=session_id)
        await self._publisher.announce(actor.customer_id, Topic.SESSION, session_id)

    async def revoke_others(self, actor: Actor) -> int:
        """End all of the actor's other sessions, and know their browsers no longer; how many there were."""
        require(actor, Permission.ACCOUNT)
        async with self._database.write() as session:
            count = await access_repository.revoke_sessions(
                session, actor.user_id, self._clock(), keep=actor.session_id
            )
            await access_repository.forget_browsers(session, actor.user_id, keep=actor.session_id)
            record_act(session, actor, "account.other_sessions_ended", subject=actor.user_id, count=count)
        await self._publisher.announce(actor.customer_id, Topic.SESSION, actor.user_id)
        return count


async def end_all_sessions(session: AsyncSession, user_id: str, now: datetime) -> int:
    """End all of a person's sessions within the caller's unit of work; how many there were."""
    return await access_repository.revoke_sessions(session, user_id, now)
