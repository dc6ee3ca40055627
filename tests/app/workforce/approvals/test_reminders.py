"""When people are reminded, and that each reminder goes out once."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.approvals.reminders import Reminder, next_reminder, reminder_times
from letsbe_app.workforce.approvals.schemas import Choice
from letsbe_app.workforce.approvals.service import ApprovalService
from tenant_daemon.contracts.approvals import ApprovalRequested, Verdict
from tenant_daemon.contracts.tiers import Tier
from tests.support.hub import PASSWORD, FakeClock
from tests.support.mail import token_for

BOB = "bob@bakery.example"
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (24 * 7, [1, 12, 36, 60, 84, 108, 132, 156, 167]),
        (24, [1, 12, 23]),
        (13, [1, 12]),
        (3, [1, 2]),
        (2, [1]),
        (1, [0.5]),
        (1 / 60, [1 / 120]),
    ],
)
def test_reminders_fit_the_time_there_is(hours: float, expected: list[float]) -> None:
    times = reminder_times(AT, AT + timedelta(hours=hours))
    assert [(time - AT).total_seconds() / 3600 for time in times] == pytest.approx(expected)


def test_next_reminder_is_the_first_behind_now() -> None:
    end = AT + timedelta(hours=24)
    assert next_reminder(AT, end, AT + timedelta(hours=5)) == AT + timedelta(hours=12)
    assert next_reminder(AT, end, AT + timedelta(hours=23)) is None


@dataclass
class Channel:
    """Collects what it is to tell people."""

    is_broken: bool = False
    told: list[Reminder] = field(default_factory=list)

    async def deliver(self, reminder: Reminder) -> None:
        if self.is_broken:
            raise ConnectionError("no way to people")
        self.told.append(reminder)


@pytest.fixture
def channel() -> Channel:
    return Channel()


@pytest.fixture
async def approvals(
    services: Services, tenant_id: str, clock: FakeClock, channel: Channel
) -> ApprovalService:
    """One question waits, for a day."""
    channels = [Channel(is_broken=True), channel]
    service = ApprovalService(services.database, services.relay, services.content, channels, clock=clock)
    await service.request(
        tenant_id,
        ApprovalRequested(
            approval_id="apr_1",
            conversation_id=None,
            agent_id="it-admin",
            tool_call_id="tc1",
            tool_name="shell",
            tier=Tier.RED,
            is_external=False,
            summary="Delete the folder old.",
            reason="It removes it.",
            call_digest="d1",
            created_at=clock(),
            expires_at=clock() + timedelta(hours=24),
        ),
    )
    return service


async def test_three_reminders_and_no_more(
    approvals: ApprovalService, channel: Channel, clock: FakeClock, owner: Actor
) -> None:
    sent = []
    for _hour in range(25):
        sent.append(await approvals.remind())
        clock.advance(hours=1)

    assert [hour for hour, count in enumerate(sent) if count] == [1, 12, 23]
    assert [(told.number, told.is_last) for told in channel.told] == [(1, False), (2, False), (3, True)]
    assert channel.told[0].user_ids == (owner.user_id,)
    assert (await approvals.get(owner, "apr_1")).reminder_count == 3


async def test_what_is_decided_is_not_reminded_of(
    approvals: ApprovalService, channel: Channel, clock: FakeClock, owner: Actor
) -> None:
    await approvals.decide(owner, "apr_1", Choice(Verdict.DENY))
    clock.advance(hours=2)

    assert await approvals.remind() == 0
    assert channel.told == []


async def test_nobody_is_reminded_who_has_left(
    services: Services, approvals: ApprovalService, channel: Channel, clock: FakeClock, owner: Actor
) -> None:
    await services.members.invite(owner, BOB, UserRole.APPROVER)
    await services.members.accept(await token_for(services, BOB, "join"), PASSWORD, Visitor())
    bob = (await services.accounts.sign_in(BOB, PASSWORD)).actor.user_id
    clock.advance(hours=1)
    await approvals.remind()
    await services.members.remove(owner, bob)
    clock.advance(hours=11)
    await approvals.remind()

    assert [told.user_ids for told in channel.told] == [(owner.user_id, bob), (owner.user_id,)]


async def test_two_processes_remind_once(
    approvals: ApprovalService, channel: Channel, clock: FakeClock
) -> None:
    clock.advance(hours=2)

    await asyncio.gather(approvals.remind(), approvals.remind())

    assert len(channel.told) == 1
