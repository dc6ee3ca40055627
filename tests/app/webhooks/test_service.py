"""Addresses for events, as their owners use them."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import Conflict, Forbidden, InvalidInput, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.webhooks.schemas import EndpointChanges
from letsbe_app.webhooks.service import MAX_ENDPOINTS
from tests.support.hub import FakeClock, database_text

HOOK = EndpointChanges(url="https://shop.example/hook", description=" Our  shop ")


async def test_an_address_is_added_and_its_secret_is_nowhere_in_plain_text(
    services: Services, owner: Actor
) -> None:
    made = await services.webhooks.add(owner, HOOK)

    assert await services.webhooks.list(owner) == [made.endpoint]
    assert (made.endpoint.url, made.endpoint.description, made.endpoint.state) == (
        "https://shop.example/hook",
        "Our shop",
        "active",
    )
    assert made.secret not in await database_text(services)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"url": None}, "url"),
        ({"url": "https://shop.example/\x7f"}, "url"),
        ({"url": "https://shop.example/", "description": "Our \u202eshop"}, "description"),
        ({"url": "https://shop.example/", "event_types": ["approval.baked"]}, "event_types"),
    ],
)
async def test_what_cannot_be_used_is_refused(
    services: Services, owner: Actor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await services.webhooks.add(owner, EndpointChanges.model_validate(changes))

    assert [one.field for one in refused.value.details] == [field]


async def test_there_are_not_endlessly_many(services: Services, owner: Actor) -> None:
    for _ in range(MAX_ENDPOINTS):
        await services.webhooks.add(owner, HOOK)
    with pytest.raises(Conflict):
        await services.webhooks.add(owner, HOOK)


async def test_a_new_secret_leaves_the_old_one_a_day(
    services: Services, owner: Actor, clock: FakeClock
) -> None:
    made = await services.webhooks.add(owner, HOOK)
    renewed = await services.webhooks.rotate(owner, made.endpoint.id)
    assert renewed.secret != made.secret
    assert renewed.endpoint.old_secret_until is not None
    clock.advance(hours=25)

    assert (await services.webhooks.get(owner, made.endpoint.id)).old_secret_until is None


async def test_others_see_nothing_of_it(services: Services, owner: Actor, stranger: Actor) -> None:
    endpoint_id = (await services.webhooks.add(owner, HOOK)).endpoint.id
    sent = await services.webhooks.test(owner, endpoint_id)

    assert await services.webhooks.list(stranger) == []
    webhooks = services.webhooks
    for attempt in (
        webhooks.get(stranger, endpoint_id),
        webhooks.change(stranger, endpoint_id, EndpointChanges(is_paused=True)),
        webhooks.remove(stranger, endpoint_id),
        webhooks.rotate(stranger, endpoint_id),
        webhooks.test(stranger, endpoint_id),
        webhooks.deliveries(stranger, endpoint_id),
        webhooks.redeliver(stranger, endpoint_id, sent.id),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_delivery_is_only_found_at_its_own_address(services: Services, owner: Actor) -> None:
    first = (await services.webhooks.add(owner, HOOK)).endpoint.id
    second = (await services.webhooks.add(owner, HOOK)).endpoint.id
    sent = await services.webhooks.test(owner, first)

    with pytest.raises(NotFound):
        await services.webhooks.redeliver(owner, second, sent.id)


async def test_what_is_paused_takes_no_test(services: Services, owner: Actor) -> None:
    endpoint_id = (await services.webhooks.add(owner, HOOK)).endpoint.id
    paused = await services.webhooks.change(owner, endpoint_id, EndpointChanges(is_paused=True))

    assert paused.state == "paused"
    with pytest.raises(Conflict):
        await services.webhooks.test(owner, endpoint_id)


async def test_removing_takes_the_log_along(services: Services, owner: Actor) -> None:
    endpoint_id = (await services.webhooks.add(owner, HOOK)).endpoint.id
    await services.webhooks.test(owner, endpoint_id)
    await services.webhooks.remove(owner, endpoint_id)

    assert await services.webhooks.list(owner) == []


async def test_a_key_needs_the_scope(services: Services, owner: Actor) -> None:
    key = await services.keys.create(owner, "Till", ["read"])
    with pytest.raises(Forbidden):
        await services.webhooks.list(await services.keys.actor_of(key.key))
