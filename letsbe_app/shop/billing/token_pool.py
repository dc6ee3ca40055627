"""The tokens that a plan includes each month, as the budgets that the server enforces."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import FoundingMember, Order, Tenant
from letsbe_app.shop.catalog.service import Catalog
from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget

_MILLION = 1_000_000


class TokenPools:
    """Asked for with each configuration; a server without a paid order has no pool."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    async def budgets(self, session: AsyncSession, tenant: Tenant) -> list[TokenBudget]:
        """
        The pool of the server's plan, month by month from the day it was paid.

        A founding member's larger one comes first and ends by itself, so that the server needs no new
        configuration on that day.
        """
        order = await session.get(Order, tenant.order_id)
        if order is None or order.paid_at is None:
            return []
        plan = self._catalog.plan(order.plan_id)
        usual = TokenBudget(
            period=BudgetPeriod.PLAN, tokens=plan.tokens_millions * _MILLION, plan_began_at=order.paid_at
        )
        statement = select(FoundingMember).where(col(FoundingMember.customer_id) == tenant.customer_id)
        member = (await session.exec(statement)).one_or_none()
        if member is None:
            return [usual]
        founding = {"tokens": plan.founding_tokens_millions * _MILLION, "applies_until": member.ends_at}
        return [
            usual.model_copy(update=founding),
            usual.model_copy(update={"applies_from": member.ends_at}),
        ]
