"""What is said is sealed with a key of its server, and only there."""

import asyncio

import pytest
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import Tenant
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.kit.keyfile import new_key
from letsbe_app.kit.secret_box import CannotOpen, SecretBox
from letsbe_app.people.authz.actor import Actor
from tests.support.hub import database_text, paid_order


@pytest.fixture
async def tenants(services: Services, owner: Actor, stranger: Actor) -> tuple[str, str]:
    return (await paid_order(services, owner))[1], (await paid_order(services, stranger))[1]


async def test_nothing_that_was_said_is_in_the_database(services: Services, owner: Actor) -> None:
    _, tenant_id = await paid_order(services, owner)
    await services.agents.create_defaults(tenant_id)
    conversation = await services.conversations.start(owner, tenant_id, "secretary")
    await services.conversations.send(owner, conversation.id, "The marzipan recipe is confidential")

    (shown,) = (await services.conversations.messages(owner, conversation.id)).items
    assert shown.text == "The marzipan recipe is confidential"
    assert "marzipan" in (await services.conversations.get(owner, conversation.id)).title
    assert "marzipan" not in await database_text(services)
    async with services.database.read() as session:
        (waiting,) = await services.relay.outbox.waiting(session, tenant_id, 5)
    assert waiting.payload["text"] == shown.text


async def test_a_text_opens_only_for_its_server_and_in_its_place(
    services: Services, tenants: tuple[str, str]
) -> None:
    contents = TenantContent(SecretBox([new_key()]))
    async with services.database.write() as session:
        mine, other = [await contents.for_writing(session, tenant_id) for tenant_id in tenants]
        sealed = mine.seal("hello", "message.text:a")
        assert (await contents.of(session, tenants[0])).open(sealed, "message.text:a") == "hello"
    with pytest.raises(CannotOpen):
        other.open(sealed, "message.text:a")
    with pytest.raises(CannotOpen):
        mine.open(sealed, "message.text:b")
    assert mine.open("from before", "message.text:a") == "from before"


async def test_workers_that_begin_at_the_same_time_end_with_one_key(
    services: Services, tenants: tuple[str, str]
) -> None:
    box = SecretBox([new_key()])

    async def sealed_by_a_worker() -> str:
        async with services.database.write() as session:
            return (await TenantContent(box).for_writing(session, tenants[0])).seal("hello", "here")

    sealed = await asyncio.gather(*(sealed_by_a_worker() for _ in range(6)))
    async with services.database.read() as session:
        content = await TenantContent(box).of(session, tenants[0])
    assert {content.open(one, "here") for one in sealed} == {"hello"}


async def test_new_key_of_the_hub_reseals_the_servers_keys_and_no_text(
    services: Services, tenants: tuple[str, str]
) -> None:
    old, new = new_key(), new_key()
    async with services.database.write() as session:
        sealed = (await TenantContent(SecretBox([old])).for_writing(session, tenants[0])).seal(
            "hello", "here"
        )
    both = TenantContent(SecretBox([new, old]))
    async with services.database.write() as session:
        assert await both.reseal(session) == 1
        assert await both.reseal(session) == 0
    async with services.database.read() as session:
        content = await TenantContent(SecretBox([new])).of(session, tenants[0])
        assert content.open(sealed, "here") == "hello"
        with pytest.raises(CannotOpen):
            await TenantContent(SecretBox([old])).of(session, tenants[0])


async def test_reading_makes_no_key(services: Services, tenants: tuple[str, str]) -> None:
    async with services.database.read() as session:
        assert (await services.conversations._content.of(session, tenants[0])).open("", "here") == ""
        keys = (await session.exec(select(Tenant.content_key).where(Tenant.id == tenants[0]))).all()
    assert keys == [""]
