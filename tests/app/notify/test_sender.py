"""From what happened to the screen of a phone, and to a mailbox."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.errors import Conflict, InvalidInput, NotFound
from letsbe_app.notify.inbox import NoticeSink, ReminderNotices
from letsbe_app.notify.schemas import Preferences
from letsbe_app.notify.sender import NoticeSender
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.events import catalog
from letsbe_app.people.events.service import EventOutbox, record_event
from letsbe_app.workforce.approvals.reminders import Reminder
from tests.support.hub import PASSWORD, FakeClock, database_text
from tests.support.mail import mails_to, token_for
from tests.support.push_service import PushService, push_service

CANARY = catalog.CanarySeen(server_id="ten_1", alarm_id="can_1", seen_at="2026-11-21T09:00:00Z")


class Notices:
    """The jobs process's part, as far as notices go."""

    def __init__(self, services: Services, clock: FakeClock) -> None:
        self._services = services
        self.clock = clock
        self._events = EventOutbox(services.database, [NoticeSink(clock)])
        self.reminders = ReminderNotices(services.database, services.relay.publisher, clock=clock)
        self._sender = NoticeSender(
            services.database,
            services.box,
            services.web_push,
            services.post,
            public_url="http://localhost:8000",
            clock=clock,
        )

    async def happen(self, actor: Actor, data: catalog.EventData) -> None:
        async with self._services.database.write() as session:
            record_event(session, actor.customer_id, data)
        await self.work()

    async def asked(self, actor: Actor, approval_id: str = "apr_1", hours: int = 24) -> None:
        expires_at = self.clock() + timedelta(hours=hours)
        await self.happen(
            actor,
            catalog.ApprovalRequested(
                server_id="ten_1",
                approval_id=approval_id,
                agent_id="marketing",
                tool_name="shell",
                tier=2,
                is_external=False,
                expires_at=expires_at,
            ),
        )

    async def remind(self, actor: Actor, approval_id: str = "apr_1", *, is_last: bool = False) -> None:
        expires_at = self.clock() + timedelta(hours=5)
        reminder = Reminder(approval_id, actor.customer_id, "ten_1", 1, (actor.user_id,), expires_at, is_last)
        await self.reminders.deliver(reminder)
        await self.work()

    async def work(self) -> float | None:
        await self._events.hand_on()
        return await self._sender.send_due()


@pytest.fixture
def notices(services: Services, clock: FakeClock) -> Notices:
    return Notices(services, clock)


@pytest.fixture
async def pushes(services: Services) -> AsyncIterator[PushService]:
    async with push_service(services.notify.public_key) as service:
        yield service


async def test_a_push_reaches_the_browser_and_says_nothing_of_what_was_asked(
    services: Services, owner: Actor, stranger: Actor, notices: Notices, pushes: PushService
) -> None:
    browser, other = pushes.subscribe(), pushes.subscribe()
    await services.notify.subscribe(owner, browser.form(), "Firefox")
    await services.notify.subscribe(stranger, other.form(), "Firefox")
    await notices.asked(owner)

    (one,) = pushes.received
    assert browser.read(one) == {
        "title": "Something waits for your approval",
        "body": "One of your agents asks before it goes on.",
        "url": "/portal/approvals#apr_1",
        "tag": "apr_1",
    }
    assert one.path == "/push/" + browser.endpoint.rpartition("/")[2]
    assert int(one.headers["ttl"]) == 24 * 3_600
    (device,) = await services.notify.devices(owner)
    assert device.last_used_at == notices.clock()


async def test_addresses_of_browsers_are_nowhere_in_plain_text(
    services: Services, owner: Actor, pushes: PushService
) -> None:
    browser = pushes.subscribe()
    await services.notify.subscribe(owner, browser.form(), "Firefox")
    text = await database_text(services)

    assert browser.endpoint not in text
    assert browser.json()["keys"]["auth"] not in text


async def test_a_browser_that_is_gone_is_forgotten(
    services: Services, owner: Actor, notices: Notices, pushes: PushService
) -> None:
    await services.notify.subscribe(owner, pushes.subscribe().form(), "Firefox")
    pushes.status = 410
    await notices.asked(owner)

    assert await services.notify.devices(owner) == []
    assert await notices.work() is None


async def test_a_service_that_is_away_is_tried_again(
    services: Services, owner: Actor, notices: Notices, pushes: PushService
) -> None:
    await services.notify.subscribe(owner, pushes.subscribe().form(), "Firefox")
    pushes.status = 503
    await notices.asked(owner)
    assert await notices.work() == 10
    notices.clock.advance(seconds=11)
    pushes.status = 201
    assert await notices.work() is None

    assert len(pushes.received) == 2


async def test_what_is_decided_meanwhile_is_not_pushed_any_more(
    services: Services, owner: Actor, notices: Notices, pushes: PushService
) -> None:
    await services.notify.subscribe(owner, pushes.subscribe().form(), "Firefox")
    pushes.status = 503
    await notices.asked(owner)
    told = catalog.ApprovalDecided(
        server_id="ten_1", approval_id="apr_1", verdict="deny", user_id=owner.user_id
    )
    await notices.happen(owner, told)

    assert await notices.work() is None


async def test_what_has_expired_is_not_told(
    services: Services, owner: Actor, notices: Notices, pushes: PushService
) -> None:
    await services.notify.subscribe(owner, pushes.subscribe().form(), "Firefox")
    pushes.status = 503
    await notices.asked(owner, hours=1)
    notices.clock.advance(hours=2)
    await notices.work()

    assert len(pushes.received) == 1


async def test_reminders_come_by_mail_as_well(services: Services, owner: Actor, notices: Notices) -> None:
    await notices.remind(owner)
    await notices.remind(owner, is_last=True)
    mails = await mails_to(services, owner.email)

    assert [mail.splitlines()[0] for mail in mails] == [
        "An approval is about to expire",
        "An approval still waits for you",
    ]
    assert "http://localhost:8000/portal/approvals#apr_1" in mails[0]


async def test_whoever_wants_no_mail_gets_none(services: Services, owner: Actor, notices: Notices) -> None:
    await services.notify.set_preferences(owner, Preferences(has_email=False))
    await notices.remind(owner)

    assert await mails_to(services, owner.email) == []


async def test_quiet_hours_hold_back_what_can_wait_and_nothing_else(
    services: Services, owner: Actor, notices: Notices, pushes: PushService
) -> None:
    # The clock says nine in the morning in London, which is ten in Berlin.
    wanted = Preferences(quiet_from="09:30", quiet_until="12:00", time_zone="Europe/Berlin")
    await services.notify.set_preferences(owner, wanted)
    browser = pushes.subscribe()
    await services.notify.subscribe(owner, browser.form(), "Firefox")
    await notices.asked(owner, "apr_late")
    await notices.asked(owner, "apr_soon", hours=1)
    await notices.happen(owner, CANARY)
    assert [browser.read(one)["tag"] for one in pushes.received] == ["apr_soon", "can_1"]
    notices.clock.advance(hours=2)
    await notices.work()

    assert browser.read(pushes.received[-1])["tag"] == "apr_late"


NIGHT = Preferences(quiet_from="22:00", quiet_until="11:00", time_zone="Europe/Berlin")
"""The clock says nine in the morning in London, which is ten in Berlin."""


async def test_a_night_of_questions_is_one_letter_in_the_morning(
    services: Services, owner: Actor, notices: Notices
) -> None:
    await services.notify.set_preferences(owner, NIGHT)
    for number in range(3):
        await notices.asked(owner, f"apr_{number}")
        await notices.remind(owner, f"apr_{number}")
    assert await mails_to(services, owner.email) == []
    notices.clock.advance(hours=1)
    await notices.work()

    (mail,) = await mails_to(services, owner.email)
    assert mail.splitlines()[0] == "3 approvals still wait for you"
    assert "The first one waits until 15:00 on 21 November 2026 (Europe/Berlin)." in mail
    assert "http://localhost:8000/portal/approvals\n" in mail


async def test_the_newest_word_about_a_thing_takes_the_place_of_what_was_held_back(
    services: Services, owner: Actor, notices: Notices, pushes: PushService
) -> None:
    await services.notify.set_preferences(owner, NIGHT)
    browser = pushes.subscribe()
    await services.notify.subscribe(owner, browser.form(), "Firefox")
    await notices.asked(owner)
    await notices.remind(owner)
    await notices.remind(owner, is_last=True)
    notices.clock.advance(hours=1)
    await notices.work()

    assert [browser.read(one)["title"] for one in pushes.received] == ["An approval is about to expire"]
    assert len(await mails_to(services, owner.email)) == 1


async def test_what_a_push_service_could_not_take_in_the_evening_waits_for_the_morning(
    services: Services, owner: Actor, notices: Notices, pushes: PushService
) -> None:
    wanted = NIGHT.model_copy(update={"quiet_from": "10:01"})
    await services.notify.set_preferences(owner, wanted)
    await services.notify.subscribe(owner, pushes.subscribe().form(), "Firefox")
    pushes.status = 503
    await notices.asked(owner)
    notices.clock.advance(minutes=2)
    pushes.status = 201
    waiting_seconds = await notices.work()
    tried = len(pushes.received)
    notices.clock.advance(hours=1)
    await notices.work()

    assert (waiting_seconds, tried, len(pushes.received)) == (58 * 60, 1, 2)


async def test_whoever_is_awake_again_is_told_at_once(
    services: Services, owner: Actor, notices: Notices
) -> None:
    await services.notify.set_preferences(owner, NIGHT)
    await notices.remind(owner)
    await services.notify.set_preferences(owner, Preferences())
    await notices.work()

    assert len(await mails_to(services, owner.email)) == 1


async def test_what_is_switched_off_meanwhile_is_not_sent(
    services: Services, owner: Actor, notices: Notices
) -> None:
    await services.notify.set_preferences(owner, NIGHT)
    await notices.remind(owner)
    await services.notify.set_preferences(owner, NIGHT.model_copy(update={"has_email": False}))
    notices.clock.advance(hours=1)
    await notices.work()

    assert await mails_to(services, owner.email) == []


async def test_trying_a_device_does_not_wait_for_the_morning(
    services: Services, owner: Actor, notices: Notices, pushes: PushService
) -> None:
    await services.notify.set_preferences(owner, NIGHT)
    browser = pushes.subscribe()
    await services.notify.subscribe(owner, browser.form(), "Firefox")
    await services.notify.test(owner)
    await notices.work()

    assert [browser.read(one)["title"] for one in pushes.received] == ["It works"]


async def test_everybody_who_may_decide_is_told_that_nobody_did(
    services: Services, owner: Actor, notices: Notices
) -> None:
    await services.members.invite(owner, "bob@bakery.example", UserRole.APPROVER)
    token = await token_for(services, "bob@bakery.example", "join")
    bob = await services.members.accept(token, PASSWORD, Visitor())
    for status in ("expired", "denied", "cancelled"):
        told = catalog.ApprovalSettled(
            server_id="ten_1", approval_id=f"apr_{status}", status=status, decided_by=""
        )
        await notices.happen(owner, told)

    for email in (owner.email, bob):
        (mail,) = [mail for mail in await mails_to(services, email) if "expired" in mail]
        assert "it was denied and nothing was done" in mail
        assert "/portal/approvals#apr_expired" in mail


async def test_everybody_who_may_decide_is_told_and_owners_alone_of_alarms(
    services: Services, owner: Actor, notices: Notices
) -> None:
    await services.members.invite(owner, "bob@bakery.example", UserRole.APPROVER)
    token = await token_for(services, "bob@bakery.example", "join")
    bob = await services.members.accept(token, PASSWORD, Visitor())
    await notices.happen(owner, CANARY)

    assert len([mail for mail in await mails_to(services, bob) if "planted" in mail]) == 0
    assert len([mail for mail in await mails_to(services, owner.email) if "planted" in mail]) == 1


async def test_a_browser_belongs_to_whoever_signed_in_last(
    services: Services, owner: Actor, stranger: Actor, notices: Notices, pushes: PushService
) -> None:
    browser = pushes.subscribe()
    await services.notify.subscribe(owner, browser.form(), "Firefox")
    await services.notify.subscribe(stranger, browser.form(), "Firefox")
    await notices.asked(owner)

    assert pushes.received == []
    assert await services.notify.devices(owner) == []
    with pytest.raises(NotFound):
        await services.notify.unsubscribe(owner, (await services.notify.devices(stranger))[0].id)


async def test_the_devices_of_somebody_who_was_removed_are_told_nothing(
    services: Services, owner: Actor, notices: Notices, pushes: PushService
) -> None:
    await services.members.invite(owner, "bob@bakery.example", UserRole.APPROVER)
    token = await token_for(services, "bob@bakery.example", "join")
    await services.members.accept(token, PASSWORD, Visitor())
    bob = (await services.accounts.sign_in("bob@bakery.example", PASSWORD)).actor
    await services.notify.subscribe(bob, pushes.subscribe().form(), "Firefox")
    await services.members.remove(owner, bob.user_id)
    await notices.remind(bob)

    assert pushes.received == []


async def test_a_test_needs_a_device(services: Services, owner: Actor, notices: Notices) -> None:
    with pytest.raises(Conflict):
        await services.notify.test(owner)


@pytest.mark.parametrize("field", ["endpoint", "p256dh"])
async def test_what_is_no_subscription_is_refused(
    services: Services, owner: Actor, pushes: PushService, field: str
) -> None:
    browser = pushes.subscribe()
    form = browser.form()
    if field == "endpoint":
        browser.endpoint = "http://169.254.169.254/push"
        form = browser.form()
    else:
        form = form.model_copy(update={"keys": form.keys.model_copy(update={"p256dh": "A" * 87})})
    with pytest.raises(InvalidInput):
        await services.notify.subscribe(owner, form, "Firefox")
