"""The plan's tokens as budgets of the server."""

from sqlmodel import delete

from letsbe_app.composition import Services
from letsbe_app.db.models import FoundingMember, Order, Tenant
from letsbe_app.people.authz.actor import Actor
from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget
from tests.support.hub import paid_order


async def plan_of(services: Services, tenant_id: str) -> tuple[Order, int, int]:
    """The paid order, and the tokens of its plan: the usual ones and a founding member's."""
    async with services.database.read() as session:
        tenant = await session.get_one(Tenant, tenant_id)
        order = await session.get_one(Order, tenant.order_id)
    plan = services.catalog.plan(order.plan_id)
    return order, plan.tokens_millions * 1_000_000, plan.founding_tokens_millions * 1_000_000


async def test_server_gets_the_tokens_of_its_plan_from_the_day_of_payment(
    services: Services, owner: Actor
) -> None:
    _, tenant_id = await paid_order(services, owner)
    order, tokens, _ = await plan_of(services, tenant_id)
    async with services.database.write() as session:
        await session.exec(delete(FoundingMember))
    config = await services.agents.wanted_config(tenant_id)
    assert config.budgets == [
        TokenBudget(period=BudgetPeriod.PLAN, tokens=tokens, plan_began_at=order.paid_at)
    ]


async def test_founding_member_has_more_until_it_ends(services: Services, owner: Actor) -> None:
    _, tenant_id = await paid_order(services, owner)
    _, usual, founding = await plan_of(services, tenant_id)
    first, second = (await services.agents.wanted_config(tenant_id)).budgets
    assert (first.tokens, second.tokens) == (founding, usual)
    assert first.applies_until == second.applies_from
    assert (first.applies_from, second.applies_until) == (None, None)
