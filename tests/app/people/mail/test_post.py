"""Mail is kept with what it is about, sealed, and goes out though a process or a mail server is away."""

from collections.abc import AsyncIterator

import pytest

from letsbe_app.composition import Services, build_services
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.mail.mailer import Mail, MailFailed
from letsbe_app.people.mail.post import PostRoom
from tests.support.hub import FakeClock, database_text

MAIL = Mail("ada@bakery.example", "Bread", "https://hub.example/join#lbi_hush")


class Carrier:
    """A mail server that can be away."""

    def __init__(self) -> None:
        self.carried: list[Mail] = []
        self.is_away = False

    async def send(self, mail: Mail) -> None:
        if self.is_away:
            raise MailFailed("refused")
        self.carried.append(mail)


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.fixture
async def post(services: Services, clock: FakeClock, carrier: Carrier) -> AsyncIterator[PostRoom]:
    room = PostRoom(services.database, services.box, carrier, clock=clock)
    yield room
    await room.close()


async def put(services: Services, post: PostRoom, owner: Actor) -> None:
    async with services.database.write() as session:
        await post.put(session, owner.customer_id, MAIL)


async def test_it_lies_sealed_until_it_is_out(
    services: Services, owner: Actor, post: PostRoom, carrier: Carrier
) -> None:
    await put(services, post, owner)
    text = await database_text(services)
    assert "lbi_hush" not in text
    assert await post.depth() == 1
    assert await post.send_due() is None

    assert (carrier.carried, await post.depth()) == ([MAIL], 0)


async def test_another_process_sends_what_the_first_one_kept(
    services: Services, owner: Actor, post: PostRoom, carrier: Carrier, clock: FakeClock
) -> None:
    await put(services, post, owner)
    await post.close()
    other = PostRoom(services.database, services.box, carrier, clock=clock)
    await other.send_due()

    assert carrier.carried == [MAIL]


async def test_a_mail_server_that_is_away_is_tried_again_and_at_last_given_up(
    services: Services, owner: Actor, post: PostRoom, carrier: Carrier, clock: FakeClock
) -> None:
    carrier.is_away = True
    await put(services, post, owner)
    assert await post.send_due() == 5
    clock.advance(seconds=6)
    assert await post.send_due() == 30
    clock.advance(days=2)
    await post.send_due()

    assert await post.depth() == 0


async def test_two_at_once_send_it_once(
    services: Services, owner: Actor, post: PostRoom, carrier: Carrier
) -> None:
    await put(services, post, owner)
    for _ in range(5):
        post.soon()
    await post.settle()

    assert carrier.carried == [MAIL]


async def test_a_link_is_kept_in_the_same_step_as_its_token(services: Services, owner: Actor) -> None:
    # Nothing is sent by this one: its process ends before it could.
    ended = build_services(services.settings)
    await ended.post.close()
    ended.post.soon = lambda: None  # type: ignore[method-assign]
    await ended.links.ask_for_reset(owner.email, Visitor())

    assert await services.post.depth() == 1
    await ended.close()
