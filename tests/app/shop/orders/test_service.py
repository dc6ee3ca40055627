"""Orders from drafts."""

from dataclasses import replace

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import OrderStatus, UserRole
from letsbe_app.errors import Conflict, Forbidden, InvalidInput, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.shop.onboarding.schemas import DraftChanges
from tests.support.hub import new_owner, paid_order


async def test_an_order_holds_what_the_draft_says(services: Services, owner: Actor) -> None:
    await services.onboarding.save(
        owner, DraftChanges(bundle_id="freelancer", plan_id="scale", server_name="bakery")
    )
    order = await services.orders.place(owner)

    assert order == await services.orders.get(owner, order.id)
    assert (order.plan.id, order.price_cents, order.currency) == ("scale", 7500, "EUR")
    assert (order.server_name, order.status, order.paid_at) == ("bakery", "awaiting_payment", None)
    assert {tool.id for tool in order.tools} == {"stalwart", "calcom", "nextcloud", "ghost", "umami"}


async def test_without_a_plan_the_smallest_that_fits_is_taken(services: Services, owner: Actor) -> None:
    await services.onboarding.save(owner, DraftChanges(bundle_id="agency"))

    assert (await services.orders.place(owner)).plan.id == "build"


async def test_a_plan_that_is_too_small_is_refused_with_the_reason(services: Services, owner: Actor) -> None:
    await services.onboarding.save(owner, DraftChanges(bundle_id="agency", plan_id="lite"))

    with pytest.raises(InvalidInput, match=r"Lite: Too small: your tools need 10\.8 GB of memory") as refused:
        await services.orders.place(owner)
    assert refused.value.details[0].field == "plan_id"


async def test_an_empty_draft_cannot_be_ordered(services: Services, owner: Actor) -> None:
    with pytest.raises(InvalidInput, match="at least one tool"):
        await services.orders.place(owner)


async def test_placing_again_takes_the_place_of_what_was_not_paid(services: Services, owner: Actor) -> None:
    await services.onboarding.save(owner, DraftChanges(bundle_id="freelancer"))
    first = await services.orders.place(owner)
    second = await services.orders.place(owner)

    assert [(order.id, order.status) for order in await services.orders.list(owner)] == [
        (second.id, "awaiting_payment"),
        (first.id, "cancelled"),
    ]


async def test_nobody_orders_a_server_that_cannot_be_made(services: Services) -> None:
    for number in range(3):
        await paid_order(services, await new_owner(services, f"owner{number}@x.example"))
    late = await new_owner(services, "late@x.example")
    await services.onboarding.save(late, DraftChanges(bundle_id="freelancer"))

    with pytest.raises(Conflict, match="at most 3 servers"):
        await services.orders.place(late)


async def test_another_business_sees_nothing(services: Services, owner: Actor, stranger: Actor) -> None:
    order_id, _ = await paid_order(services, owner)

    assert await services.orders.list(stranger) == []
    for call in (
        services.orders.get,
        services.billing.checkout,
        services.billing.pay_practice,
        services.provisioning.progress,
        services.provisioning.retry,
    ):
        with pytest.raises(NotFound):
            await call(stranger, order_id)


async def test_only_the_owner_buys(services: Services, owner: Actor) -> None:
    for role in (UserRole.APPROVER, UserRole.MEMBER, UserRole.READ_ONLY):
        with pytest.raises(Forbidden):
            await services.orders.place(replace(owner, role=role))


async def test_a_move_is_made_once_and_only_forward(services: Services, owner: Actor) -> None:
    order_id, _ = await paid_order(services, owner)
    for status in (OrderStatus.PROVISIONING, OrderStatus.PROVISIONING, OrderStatus.ACTIVE):
        await services.orders.move(order_id, status)

    with pytest.raises(Conflict):
        await services.orders.move(order_id, OrderStatus.FAILED)
    assert (await services.orders.get(owner, order_id)).status == "active"
