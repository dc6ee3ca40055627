"""Rows of agents, and the version of a server's configuration."""

from collections.abc import Sequence

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Agent, Tenant


async def of_tenant(session: AsyncSession, tenant_id: str) -> Sequence[Agent]:
    """A server's agents in their order."""
    statement = select(Agent).where(Agent.tenant_id == tenant_id).order_by(col(Agent.position), col(Agent.id))
    return (await session.exec(statement)).all()


async def by_agent_id(
    session: AsyncSession, tenant_id: str, agent_id: str, *, lock: bool = False
) -> Agent | None:
    """One agent of a server by its name there."""
    statement = select(Agent).where(Agent.tenant_id == tenant_id, Agent.agent_id == agent_id)
    if lock:
        statement = statement.with_for_update()
    return (await session.exec(statement)).one_or_none()


async def raise_config_version(session: AsyncSession, tenant_id: str) -> None:
    """Count one change of the wanted configuration, whoever else counts at the same time."""
    await session.exec(
        update(Tenant)
        .where(col(Tenant.id) == tenant_id)
        .values(config_version=col(Tenant.config_version) + 1)
    )
