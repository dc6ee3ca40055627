"""
Decides who is told what: an ``EventSink`` for what happens, a ``ReminderChannel`` for what waits.

Both only write rows; the sender brings them to people.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import NoticePreference, UserRole, WaitingNotice
from letsbe_app.db.session import Database
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.notify import kinds, repository
from letsbe_app.notify.kinds import Channel, Kind
from letsbe_app.notify.quiet_hours import due_at
from letsbe_app.people.authz.rules import Permission, roles_with
from letsbe_app.people.events import catalog
from letsbe_app.people.events.service import Event
from letsbe_app.people.members.names import ids_of
from letsbe_app.relay.publisher import Publisher
from letsbe_app.workforce.approvals.reminders import Reminder
from tenant_daemon.contracts.approvals import ApprovalStatus

LIFETIME: Final = timedelta(hours=24)
_ALERT_PERCENT: Final = 80
_DECIDERS: Final = roles_with(Permission.APPROVE)
_FOR_DECIDERS: Final = (kinds.APPROVAL_WAITING, kinds.APPROVAL_EXPIRED)
_OWNERS: Final = frozenset({UserRole.OWNER})
_SETTLING: Final = frozenset({catalog.ApprovalDecided.type, catalog.ApprovalSettled.type})


class NoticeSink:
    """Turns events into words to people."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock

    async def take(self, session: AsyncSession, events: Sequence[Event]) -> None:
        for event in events:
            if event.type in _SETTLING:
                await session.flush()
                await repository.drop_about(session, event.customer_id, event.data["approval_id"])
            kind = kind_of(event)
            if kind is None:
                continue
            roles = _DECIDERS if kind in _FOR_DECIDERS else _OWNERS
            people = await ids_of(session, event.customer_id, roles)
            expires_at = event.data.get("expires_at")
            await put_notices(
                session,
                event.customer_id,
                people,
                kind,
                _subject(event),
                now=self._clock(),
                expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
            )


class ReminderNotices:
    """The way on which reminders of approvals go."""

    def __init__(self, database: Database, publisher: Publisher, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock

    async def deliver(self, reminder: Reminder) -> None:
        kind = kinds.APPROVAL_ENDS if reminder.is_last else kinds.APPROVAL_REMINDER
        async with self._database.write() as session:
            await put_notices(
                session,
                reminder.customer_id,
                reminder.user_ids,
                kind,
                reminder.approval_id,
                now=self._clock(),
                expires_at=reminder.expires_at,
            )
        await self._publisher.wake_jobs(reminder.tenant_id)


async def put_notices(
    session: AsyncSession,
    customer_id: str,
    user_ids: Sequence[str],
    kind: Kind,
    subject: str,
    *,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """
    Keep a word to each of these people, by every way that they want it on.

    It takes the place of an earlier one about the same thing that is not out: whoever was not to be disturbed
    finds what holds now.
    """
    end = expires_at or now + LIFETIME
    if subject:
        await repository.drop_about(session, customer_id, subject, user_ids)
    wanted = await repository.preferences(session, user_ids)
    for user_id in user_ids:
        person = wanted[user_id]
        session.add_all(
            WaitingNotice(
                id=new_id("ntc"),
                customer_id=customer_id,
                user_id=user_id,
                channel=channel,
                kind=kind.name,
                subject=subject,
                due_at=due_at(now, end, person, is_urgent=kind.is_urgent),
                expires_at=end,
                created_at=now,
            )
            for channel in kind.channels
            if is_wanted(channel, person)
        )


def is_wanted(channel: str, person: NoticePreference) -> bool:
    """Whether the person wants to be told by this way."""
    return person.has_push if channel == Channel.PUSH else person.has_email


def kind_of(event: Event) -> Kind | None:
    """What people are told of an event; None for most of them."""
    match event.type:
        case catalog.ApprovalRequested.type:
            return kinds.APPROVAL_WAITING
        case catalog.ApprovalSettled.type if event.data["status"] == ApprovalStatus.EXPIRED:
            return kinds.APPROVAL_EXPIRED
        case catalog.CanarySeen.type:
            return kinds.CANARY_SEEN
        case catalog.ProvisioningCompleted.type:
            return kinds.SERVER_READY
        case catalog.ProvisioningFailed.type:
            return kinds.SERVER_FAILED
        case catalog.ProvisioningCancelled.type:
            return kinds.ORDER_CANCELLED
        case catalog.UsageAlert.type if event.data["percent"] >= _ALERT_PERCENT:
            return kinds.BUDGET
        case catalog.HealthChanged.type:
            return _health_kind(event)
        case _:
            return None


def _health_kind(event: Event) -> Kind | None:
    """What is known of the reason goes before that the server is away; here and not well is no good news."""
    match event.data["state"], event.data.get("cause", ""):
        case "well", _:
            return kinds.SERVER_BACK
        case _, "vault":
            return kinds.SERVER_LOCKED
        case _, "disk":
            return kinds.SERVER_FULL
        case "offline", _:
            return kinds.SERVER_OFFLINE
        case _, "disk_nearly_full":
            return kinds.SERVER_NEARLY_FULL
        case _, "agents":
            return kinds.AGENTS_DOWN
    return None


def _subject(event: Event) -> str:
    for name in ("approval_id", "alarm_id", "order_id", "server_id"):
        if name in event.data:
            return str(event.data[name])
    return ""
