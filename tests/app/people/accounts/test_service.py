"""Accounts against a real database and a real Redis."""

import time
from datetime import timedelta

import pytest
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import AuditEntry, User, UserRole, UserSession
from letsbe_app.errors import Conflict, InvalidInput, NotSignedIn, RateLimited, WrongCredentials
from letsbe_app.kit.secrets import token_hash
from letsbe_app.people.accounts.schemas import SignUp, Visitor
from letsbe_app.people.authz.actor import Actor
from tests.support.hub import PASSWORD, FakeClock, database_text
from tests.support.mail import mails_to


async def test_sign_up_makes_an_owner_who_is_signed_in(services: Services) -> None:
    signed_in = await services.accounts.sign_up(
        SignUp("  Ada's   Bakery ", " Ada@Bakery.Example ", PASSWORD), Visitor("Firefox", "10.0.0.1")
    )

    actor = await services.accounts.actor_of(signed_in.session_token)
    account = await services.accounts.account(actor)

    assert actor == signed_in.actor
    assert (actor.email, actor.role) == ("ada@bakery.example", UserRole.OWNER)
    assert account.business_name == "Ada's Bakery"
    assert account.founding_number is None


async def test_neither_password_nor_token_is_stored_as_it_is(services: Services) -> None:
    signed_in = await services.accounts.sign_up(SignUp("Bakery", "ada@bakery.example", PASSWORD))

    async with services.database.read() as session:
        user = (await session.exec(select(User))).one()
        row = (await session.exec(select(UserSession))).one()

    assert user.password_hash.startswith("$argon2id$")
    assert row.token_hash == token_hash(signed_in.session_token)
    assert signed_in.session_token not in repr(signed_in)
    text = await database_text(services)
    assert PASSWORD not in text
    assert signed_in.session_token not in text


async def test_one_e_mail_has_one_account(services: Services, owner: Actor) -> None:
    for _ in range(2):
        with pytest.raises(Conflict, match="already an account"):
            await services.accounts.sign_up(SignUp("Other", owner.email.upper(), PASSWORD))

    # Whoever has the account learns that somebody asked, and not again and again.
    letters = await mails_to(services, owner.email)
    assert [one.startswith("You already have an account") for one in letters].count(True) == 1


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (SignUp(" ", "ada@bakery.example", PASSWORD), "business_name"),
        (SignUp("x" * 121, "ada@bakery.example", PASSWORD), "business_name"),
        (SignUp("Bakery\u202eyrekaB", "ada@bakery.example", PASSWORD), "business_name"),
        (SignUp("Bak\0ery", "ada@bakery.example", PASSWORD), "business_name"),
        (SignUp("Bakery", "not an address", PASSWORD), "email"),
        (SignUp("Bakery", "ada@bakery.example", "short"), "password"),
        (SignUp("Bakery", "ada@bakery.example", "ADA@bakery.example"), "password"),
    ],
)
async def test_sign_up_names_the_field_at_fault(services: Services, request_: SignUp, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await services.accounts.sign_up(request_)

    assert [problem.field for problem in refused.value.details] == [field]


async def test_sign_in_opens_a_session_of_its_own(services: Services, owner: Actor) -> None:
    signed_in = await services.accounts.sign_in(" ADA@bakery.example", PASSWORD)

    assert signed_in.actor.user_id == owner.user_id
    assert signed_in.actor.session_id != owner.session_id


@pytest.mark.parametrize("email", ["ada@bakery.example", "nobody@bakery.example", "", "not an address"])
async def test_a_refused_sign_in_does_not_tell_what_was_wrong(
    services: Services, owner: Actor, email: str
) -> None:
    with pytest.raises(WrongCredentials) as refused:
        await services.accounts.sign_in(email, "wrong password")

    assert refused.value.message == "This e-mail and password do not belong together."


async def test_an_unknown_e_mail_takes_as_long_as_a_known_one(services: Services, owner: Actor) -> None:
    hashed = []
    verify = services.accounts._passwords._verify

    def counting(expected: str, password: str) -> bool:
        hashed.append(expected)
        return verify(expected, password)

    services.accounts._passwords._verify = counting  # type: ignore[method-assign]
    for email in (owner.email, "nobody@bakery.example"):
        with pytest.raises(WrongCredentials):
            await services.accounts.sign_in(email, "wrong password")

    assert len(hashed) == 2
    parameters = [text.rsplit("$", 2)[0] for text in hashed]
    assert parameters[0] == parameters[1]


async def test_tries_per_e_mail_are_limited_with_the_time_to_wait(services: Services, owner: Actor) -> None:
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            await services.accounts.sign_in(owner.email, "wrong password")

    with pytest.raises(RateLimited) as refused:
        await services.accounts.sign_in(owner.email, PASSWORD)

    assert 0 < refused.value.retry_after_seconds <= 900
    assert "wait 15 minutes" in refused.value.message


async def test_strangers_do_not_lock_a_known_browser_out(services: Services, owner: Actor) -> None:
    known = (await services.accounts.sign_in(owner.email, PASSWORD)).device_token
    for _ in range(11):
        with pytest.raises((WrongCredentials, RateLimited)):
            await services.accounts.sign_in(owner.email, "wrong password", Visitor(device="lbd_made-up"))
    with pytest.raises(RateLimited):
        await services.accounts.sign_in(owner.email, PASSWORD)

    assert await services.accounts.sign_in(owner.email, PASSWORD, Visitor(device=known))
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            await services.accounts.sign_in(owner.email, "wrong password", Visitor(device=known))
    with pytest.raises(RateLimited):
        await services.accounts.sign_in(owner.email, PASSWORD, Visitor(device=known))


async def test_a_right_password_forgives_earlier_tries(services: Services, owner: Actor) -> None:
    for _ in range(2):
        for _ in range(9):
            with pytest.raises(WrongCredentials):
                await services.accounts.sign_in(owner.email, "wrong password")
        await services.accounts.sign_in(owner.email, PASSWORD)


async def test_tries_per_address_are_limited_over_all_e_mails(services: Services) -> None:
    visitor = Visitor(ip="10.0.0.9")
    for number in range(50):
        with pytest.raises(WrongCredentials):
            await services.accounts.sign_in(f"user{number}@x.example", "wrong password", visitor)

    with pytest.raises(RateLimited):
        await services.accounts.sign_in("user99@x.example", "wrong password", visitor)


async def test_a_session_ends_by_sign_out(services: Services) -> None:
    signed_in = await services.accounts.sign_up(SignUp("Bakery", "ada@bakery.example", PASSWORD))
    await services.accounts.sign_out(signed_in.actor)

    with pytest.raises(NotSignedIn):
        await services.accounts.actor_of(signed_in.session_token)


async def test_a_session_ends_by_itself(services: Services, clock: FakeClock) -> None:
    signed_in = await services.accounts.sign_up(SignUp("Bakery", "ada@bakery.example", PASSWORD))
    for _ in range(29):
        clock.advance(days=1)
        await services.accounts.actor_of(signed_in.session_token)
    clock.advance(days=1, seconds=1)

    with pytest.raises(NotSignedIn):
        await services.accounts.actor_of(signed_in.session_token)


@pytest.mark.parametrize("token", [None, "", "lbs_unknown", "'; DROP TABLE user_session; --"])
async def test_without_a_good_token_nobody_is_signed_in(services: Services, token: str | None) -> None:
    with pytest.raises(NotSignedIn):
        await services.accounts.actor_of(token)


async def test_a_session_notes_its_use_now_and_then(services: Services, clock: FakeClock) -> None:
    signed_in = await services.accounts.sign_up(SignUp("Bakery", "ada@bakery.example", PASSWORD))
    began = clock.now
    for minutes in (5, 6):
        clock.advance(minutes=minutes)
        await services.accounts.actor_of(signed_in.session_token)

    async with services.database.read() as session:
        row = (await session.exec(select(UserSession))).one()
    assert row.last_seen_at == began + timedelta(minutes=11)


async def test_sign_up_and_sign_in_are_audited_without_content(services: Services, owner: Actor) -> None:
    await services.accounts.sign_in(owner.email, PASSWORD)

    async with services.database.read() as session:
        entries = (await session.exec(select(AuditEntry).order_by(AuditEntry.id))).all()
    assert [entry.action for entry in entries] == ["account.signed_up", "account.signed_in"]
    assert {entry.actor for entry in entries} == {owner.user_id}
    assert [entry.detail for entry in entries] == [{}, {"way": "password", "is_new": True}]


@pytest.mark.slow
async def test_hashing_leaves_the_event_loop_free(services: Services) -> None:
    import asyncio

    from letsbe_app.people.accounts.passwords import Passwords

    started = time.monotonic()
    hashing = asyncio.create_task(Passwords().hash(PASSWORD))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 1
    assert time.monotonic() - started < 5


async def test_a_session_that_nobody_uses_ends(services: Services, clock: FakeClock) -> None:
    signed_in = await services.accounts.sign_up(SignUp("Bakery", "ada@bakery.example", PASSWORD))
    clock.advance(days=13)
    await services.accounts.actor_of(signed_in.session_token)
    clock.advance(days=14, minutes=1)
    with pytest.raises(NotSignedIn):
        await services.accounts.actor_of(signed_in.session_token)
