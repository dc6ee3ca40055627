"""What people are called who are named."""

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.members.names import LEFT, ids_of, names_of
from tests.support.hub import PASSWORD
from tests.support.mail import token_for

BOB = "bob@bakery.example"


async def test_who_has_left_is_named_in_words_and_reached_no_more(services: Services, owner: Actor) -> None:
    await services.members.invite(owner, BOB, UserRole.APPROVER)
    await services.members.accept(await token_for(services, BOB, "join"), PASSWORD, Visitor())
    bob = (await services.accounts.sign_in(BOB, PASSWORD)).actor.user_id
    roles = {UserRole.OWNER, UserRole.APPROVER}

    async def told() -> tuple[dict[str, str], set[str]]:
        async with services.database.read() as session:
            names = await names_of(session, owner.customer_id)
            return names, set(await ids_of(session, owner.customer_id, roles))

    before = await told()
    await services.members.remove(owner, bob)

    assert before == ({owner.user_id: owner.email, bob: BOB}, {owner.user_id, bob})
    assert await told() == ({owner.user_id: owner.email, bob: LEFT}, {owner.user_id})
