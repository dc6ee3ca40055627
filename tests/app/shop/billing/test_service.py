"""Payments: stored once, acted on once."""

import asyncio
from dataclasses import replace

import pytest
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import AuditEntry, FoundingMember, PaymentEvent, ProvisioningStep, Tenant
from letsbe_app.errors import Conflict, InvalidInput
from letsbe_app.people.authz.actor import Actor
from letsbe_app.shop.billing.gateway import Checkout, GatewayEvent
from letsbe_app.shop.onboarding.schemas import DraftChanges
from letsbe_app.shop.orders.schemas import OrderView
from tests.support.hub import FakeClock


async def placed(services: Services, actor: Actor) -> OrderView:
    await services.onboarding.save(actor, DraftChanges(bundle_id="freelancer"))
    return await services.orders.place(actor)


def event_of(order: OrderView, event_id: str = "evt_1", **changes: object) -> GatewayEvent:
    event = GatewayEvent("practice", event_id, "checkout.paid", order.id, order.price_cents, "EUR", {})
    return replace(event, **changes)  # type: ignore[arg-type]


async def rows(services: Services, model: type) -> list[object]:
    async with services.database.read() as session:
        return list((await session.exec(select(model))).all())


async def test_a_checkout_leads_to_the_practice_page_and_says_so(services: Services, owner: Actor) -> None:
    order = await placed(services, owner)

    assert await services.billing.checkout(owner, order.id) == Checkout(
        f"/start/payment/{order.id}", is_practice=True
    )


async def test_a_payment_makes_everything_that_follows(
    services: Services, owner: Actor, clock: FakeClock
) -> None:
    order = await placed(services, owner)
    paid = await services.billing.pay_practice(owner, order.id)

    assert (paid.status, paid.paid_at) == ("paid", clock.now)
    (tenant,) = await rows(services, Tenant)
    assert isinstance(tenant, Tenant)
    assert (tenant.customer_id, tenant.order_id, tenant.name, tenant.status) == (
        owner.customer_id,
        order.id,
        "ada-s-bakery",
        "provisioning",
    )
    assert len(await rows(services, ProvisioningStep)) == 10
    assert (await services.accounts.account(owner)).founding_number == 1
    assert (await services.onboarding.draft(owner)).bundle_id is None
    actions = [entry.action for entry in await rows(services, AuditEntry)]  # type: ignore[attr-defined]
    assert actions.count("order.paid") == 1


async def test_pressing_the_button_twice_at_once_pays_once(services: Services, owner: Actor) -> None:
    order = await placed(services, owner)
    results = await asyncio.gather(
        *(services.billing.pay_practice(owner, order.id) for _ in range(5)), return_exceptions=True
    )

    assert all(isinstance(result, OrderView) and result.status == "paid" for result in results)
    assert len(await rows(services, PaymentEvent)) == 1
    assert len(await rows(services, Tenant)) == 1
    assert len(await rows(services, FoundingMember)) == 1


async def test_an_event_that_comes_again_changes_nothing(services: Services, owner: Actor) -> None:
    order = await placed(services, owner)
    for _ in range(3):
        await services.billing.record_event(event_of(order))

    assert len(await rows(services, PaymentEvent)) == 1


async def test_an_order_is_not_paid_twice_by_two_events(services: Services, owner: Actor) -> None:
    order = await placed(services, owner)
    await services.billing.record_event(event_of(order))

    with pytest.raises(Conflict):
        await services.billing.record_event(event_of(order, "evt_2"))
    assert len(await rows(services, Tenant)) == 1


@pytest.mark.parametrize("changes", [{"amount_cents": 1}, {"currency": "USD"}])
async def test_another_amount_is_refused_and_leaves_nothing(
    services: Services, owner: Actor, changes: dict[str, object]
) -> None:
    order = await placed(services, owner)

    with pytest.raises(InvalidInput, match="amount"):
        await services.billing.record_event(event_of(order, **changes))
    assert (await services.orders.get(owner, order.id)).status == "awaiting_payment"
    assert await rows(services, PaymentEvent) == []
    assert await rows(services, Tenant) == []


async def test_an_event_of_another_kind_is_kept_and_left_alone(services: Services, owner: Actor) -> None:
    order = await placed(services, owner)
    await services.billing.record_event(event_of(order, kind="customer.updated"))

    assert len(await rows(services, PaymentEvent)) == 1
    assert (await services.orders.get(owner, order.id)).status == "awaiting_payment"


async def test_what_was_cancelled_or_paid_needs_no_checkout(services: Services, owner: Actor) -> None:
    first = await placed(services, owner)
    second = await placed(services, owner)
    await services.billing.pay_practice(owner, second.id)

    for order_id in (first.id, second.id):
        with pytest.raises(Conflict, match="does not wait for a payment"):
            await services.billing.checkout(owner, order_id)
    with pytest.raises(Conflict, match="was cancelled"):
        await services.billing.pay_practice(owner, first.id)
