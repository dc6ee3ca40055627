"""People of a business come, change and go; there is always an owner."""

import asyncio

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.errors import Conflict, InvalidInput, NotFound, NotSignedIn, WrongCredentials
from letsbe_app.people.accounts.schemas import SignedIn, SignUp, Visitor
from letsbe_app.people.authz.actor import Actor
from tests.support.hub import PASSWORD
from tests.support.mail import token_for

BOB = "bob@bakery.example"


async def joined(services: Services, owner: Actor, role: UserRole, email: str = BOB) -> SignedIn:
    await services.members.invite(owner, email, role)
    await services.members.accept(await token_for(services, email, "join"), PASSWORD, Visitor())
    return await services.accounts.sign_in(email, PASSWORD)


async def test_members_are_listed_with_their_roles(services: Services, owner: Actor) -> None:
    bob = (await joined(services, owner, UserRole.MEMBER)).actor
    listed = await services.members.list(bob)

    assert [(one.email, one.role, one.is_self) for one in listed] == [
        (owner.email, "owner", False),
        (BOB, "member", True),
    ]


async def test_a_new_role_holds_at_once(services: Services, owner: Actor) -> None:
    bob = await joined(services, owner, UserRole.MEMBER)
    await services.members.set_role(owner, bob.actor.user_id, UserRole.APPROVER)

    assert (await services.accounts.actor_of(bob.session_token)).role is UserRole.APPROVER


async def test_who_is_removed_is_out_at_once(services: Services, owner: Actor) -> None:
    bob = await joined(services, owner, UserRole.OWNER)
    key = await services.keys.create(bob.actor, "Till", ["read"])
    await services.members.remove(owner, bob.actor.user_id)

    with pytest.raises(NotSignedIn):
        await services.accounts.actor_of(bob.session_token)
    with pytest.raises(NotSignedIn):
        await services.keys.actor_of(key.key)
    with pytest.raises(WrongCredentials):
        await services.accounts.sign_in(BOB, PASSWORD)
    assert [one.email for one in await services.members.list(owner)] == [owner.email]


@pytest.mark.parametrize("role", [None, UserRole.MEMBER])
async def test_invitations_end_with_the_power_of_who_invited(
    services: Services, owner: Actor, role: UserRole | None
) -> None:
    bob = (await joined(services, owner, UserRole.OWNER)).actor
    await services.members.invite(bob, "back-door@bakery.example", UserRole.OWNER)
    token = await token_for(services, "back-door@bakery.example", "join")
    if role is None:
        await services.members.remove(owner, bob.user_id)
    else:
        await services.members.set_role(owner, bob.user_id, role)

    with pytest.raises(InvalidInput):
        await services.members.accept(token, PASSWORD, Visitor())


async def test_who_was_removed_may_make_an_account_of_their_own(services: Services, owner: Actor) -> None:
    bob = await joined(services, owner, UserRole.MEMBER)
    await services.members.remove(owner, bob.actor.user_id)
    again = await services.accounts.sign_up(SignUp("Bob's", BOB, PASSWORD))

    assert again.actor.customer_id != owner.customer_id


async def test_the_last_owner_stays(services: Services, owner: Actor) -> None:
    with pytest.raises(Conflict, match="needs an owner"):
        await services.members.remove(owner, owner.user_id)
    with pytest.raises(Conflict, match="needs an owner"):
        await services.members.set_role(owner, owner.user_id, UserRole.MEMBER)


async def test_two_owners_cannot_remove_each_other_at_the_same_moment(
    services: Services, owner: Actor
) -> None:
    bob = (await joined(services, owner, UserRole.OWNER)).actor
    results = await asyncio.gather(
        services.members.remove(owner, bob.user_id),
        services.members.remove(bob, owner.user_id),
        return_exceptions=True,
    )

    assert [type(result) for result in results].count(Conflict) == 1


async def test_people_of_other_businesses_are_not_there(
    services: Services, owner: Actor, stranger: Actor
) -> None:
    with pytest.raises(NotFound):
        await services.members.remove(owner, stranger.user_id)
    with pytest.raises(NotFound):
        await services.members.set_role(owner, stranger.user_id, UserRole.MEMBER)
    invitation = await services.members.invite(owner, BOB, UserRole.MEMBER)
    with pytest.raises(NotFound):
        await services.members.take_back(stranger, invitation.id)
    assert await services.members.invitations(stranger) == []


async def test_of_two_invitations_the_newer_counts_and_the_older_says_so(
    services: Services, owner: Actor
) -> None:
    await services.members.invite(owner, BOB, UserRole.OWNER)
    older = await token_for(services, BOB, "join")
    await services.members.invite(owner, f" {BOB.upper()} ", UserRole.MEMBER)
    newer = await token_for(services, BOB, "join")
    with pytest.raises(InvalidInput, match="newest mail"):
        await services.members.accept(older, PASSWORD, Visitor())
    await services.members.accept(newer, PASSWORD, Visitor())

    assert (await services.accounts.sign_in(BOB, PASSWORD)).actor.role is UserRole.MEMBER
    assert await services.members.invitations(owner) == []
    for token in (older, newer):
        with pytest.raises(InvalidInput, match="used already"):
            await services.members.offer(token, Visitor())


async def test_who_belongs_already_is_not_invited(services: Services, owner: Actor) -> None:
    bob = await joined(services, owner, UserRole.MEMBER)
    for email in (owner.email, BOB):
        with pytest.raises(Conflict, match="already"):
            await services.members.invite(owner, email, UserRole.OWNER)
    await services.members.remove(owner, bob.actor.user_id)

    assert (await services.members.invite(owner, BOB, UserRole.MEMBER)).email == BOB


async def test_an_owner_is_not_told_of_accounts_elsewhere_and_who_has_one_learns_what_to_do(
    services: Services, owner: Actor, stranger: Actor
) -> None:
    await services.members.invite(owner, stranger.email, UserRole.MEMBER)
    token = await token_for(services, stranger.email, "join")

    with pytest.raises(Conflict, match="another e-mail address"):
        await services.members.accept(token, PASSWORD, Visitor())
