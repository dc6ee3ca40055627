"""Rows of provisioning steps."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import ProvisioningStep, Tenant


async def steps_of(session: AsyncSession, order_id: str) -> Sequence[ProvisioningStep]:
    """The order's steps in their order."""
    statement = (
        select(ProvisioningStep)
        .where(ProvisioningStep.order_id == order_id)
        .order_by(col(ProvisioningStep.position))
    )
    return (await session.exec(statement)).all()


async def step(session: AsyncSession, order_id: str, name: str) -> ProvisioningStep:
    """One step of an order that has its steps."""
    statement = select(ProvisioningStep).where(
        ProvisioningStep.order_id == order_id, ProvisioningStep.name == name
    )
    return (await session.exec(statement)).one()


async def tenant_of_order(session: AsyncSession, customer_id: str, order_id: str) -> Tenant | None:
    """The customer's server for this order, held until the transaction ends."""
    statement = (
        select(Tenant).where(Tenant.order_id == order_id, Tenant.customer_id == customer_id).with_for_update()
    )
    return (await session.exec(statement)).one_or_none()


async def any_tenant_of_order(session: AsyncSession, order_id: str) -> Tenant | None:
    """The server for this order, whoever's it is, held until the transaction ends."""
    return (
        await session.exec(select(Tenant).where(Tenant.order_id == order_id).with_for_update())
    ).one_or_none()
