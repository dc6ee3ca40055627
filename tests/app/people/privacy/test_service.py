"""Everything to take along, and to be forgotten."""

import json
from typing import Any

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.errors import InvalidInput, NotSignedIn, WrongCredentials
from letsbe_app.people.accounts.schemas import SignUp, Visitor
from letsbe_app.people.authz.actor import Actor
from tests.support.hub import PASSWORD, database_text, paid_order
from tests.support.mail import mails_to, token_for

SAID = "The flour arrives on Tuesday at five."


async def with_history(services: Services, owner: Actor) -> str:
    """A server with a conversation; gives its id."""
    _, tenant_id = await paid_order(services, owner)
    await services.agents.create_defaults(tenant_id)
    conversation = await services.conversations.start(owner, tenant_id, "it-admin")
    await services.conversations.send(owner, conversation.id, SAID)
    return tenant_id


async def export(services: Services, actor: Actor) -> dict[str, Any]:
    pieces = [piece async for piece in await services.privacy.export(actor)]
    return dict(json.loads(b"".join(pieces)))


async def test_the_archive_holds_everything_in_plain_text(services: Services, owner: Actor) -> None:
    tenant_id = await with_history(services, owner)
    archive = await export(services, owner)
    found = archive["tables"]

    assert [row["name"] for row in found["customer"]] == ["Ada's Bakery"]
    assert [row["email"] for row in found["user_account"]] == [owner.email]
    assert [row["id"] for row in found["tenant"]] == [tenant_id]
    assert [row["text"] for row in found["message"]] == [SAID]
    assert len(found["agent"]) == 5
    assert "box1." not in json.dumps(archive)


@pytest.mark.slow
async def test_the_archive_holds_nothing_of_others_and_no_secrets(
    services: Services, owner: Actor, stranger: Actor
) -> None:
    await with_history(services, owner)
    await with_history(services, stranger)
    text = json.dumps(await export(services, owner))

    assert stranger.customer_id not in text
    assert stranger.email not in text
    assert "argon2" not in text


@pytest.mark.slow
async def test_what_is_deleted_is_gone(services: Services, owner: Actor, stranger: Actor) -> None:
    tenant_id = await with_history(services, owner)
    await with_history(services, stranger)
    token = await services.tenants.issue_token(tenant_id)
    key = await services.keys.create(owner, "Till", ["read"])
    await services.privacy.delete(owner, "ada's  bakery")
    text = await database_text(services)

    assert owner.email not in text
    assert token not in text
    with pytest.raises(NotSignedIn):
        await services.keys.actor_of(key.key)
    with pytest.raises(WrongCredentials):
        await services.accounts.sign_in(owner.email, PASSWORD)
    assert len(await services.tenants.list(stranger)) == 1
    archive = (await export(services, stranger))["tables"]
    assert [row["text"] for row in archive["message"]] == [SAID]


async def test_orders_stay_for_the_books_without_names(services: Services, owner: Actor) -> None:
    await with_history(services, owner)
    await services.privacy.delete(owner, "Ada's Bakery")
    left = (await export(services, owner))["tables"]

    assert len(left["customer_order"]) == 1
    assert {name for name, rows in left.items() if rows} <= {
        "customer",
        "user_account",
        "tenant",
        "customer_order",
        "payment_event",
        "founding_member",
        "audit_entry",
    }
    assert left["customer"][0]["name"] == "Deleted business"


@pytest.mark.slow
async def test_orders_end_with_the_business(services: Services, owner: Actor, stranger: Actor) -> None:
    await with_history(services, owner)
    await with_history(services, stranger)
    await services.privacy.delete(owner, "Ada's Bakery")

    (order,) = (await export(services, owner))["tables"]["customer_order"]
    (other,) = (await export(services, stranger))["tables"]["customer_order"]
    assert (order["status"], order["failure"]) == ("cancelled", "Its business was deleted.")
    assert other["status"] != "cancelled"


async def test_everybody_hears_of_the_end_and_by_whom(services: Services, owner: Actor) -> None:
    await services.members.invite(owner, "bob@bakery.example", UserRole.MEMBER)
    token = await token_for(services, "bob@bakery.example", "join")
    await services.members.accept(token, PASSWORD, Visitor())
    await services.members.invite(owner, "eve@bakery.example", UserRole.MEMBER)
    token = await token_for(services, "eve@bakery.example", "join")
    await services.members.accept(token, PASSWORD, Visitor())
    eve = (await services.accounts.sign_in("eve@bakery.example", PASSWORD)).actor
    await services.members.remove(owner, eve.user_id)
    await services.privacy.delete(owner, "Ada's Bakery")

    for email in (owner.email, "bob@bakery.example"):
        newest = (await mails_to(services, email))[0]
        assert newest.startswith("Ada's Bakery was deleted\n")
        assert f"{owner.email} deleted Ada's Bakery" in newest
    assert not [mail for mail in await mails_to(services, "eve@bakery.example") if "deleted" in mail]


async def test_the_name_must_be_right(services: Services, owner: Actor) -> None:
    with pytest.raises(InvalidInput, match="not the name"):
        await services.privacy.delete(owner, "Another Bakery")

    assert (await services.accounts.account(owner)).business_name == "Ada's Bakery"


async def test_the_address_is_free_for_a_new_account(services: Services, owner: Actor) -> None:
    await services.privacy.delete(owner, "Ada's Bakery")
    again = await services.accounts.sign_up(SignUp("Ada's Second Bakery", owner.email, PASSWORD))

    assert again.actor.customer_id != owner.customer_id
