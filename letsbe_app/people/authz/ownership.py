"""Whose a server is: asked before anything of a server is shown or changed."""

from typing import TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from letsbe_app.db.models import Tenant, TenantStatus
from letsbe_app.db.models.base import Table
from letsbe_app.errors import NotFound
from letsbe_app.people.authz.actor import Actor

Row = TypeVar("Row", bound=Table)


def on_servers_of(customer_id: str, table: type[Row], tenant_id: str) -> SelectOfScalar[Row]:
    """
    The rows of a table that lie on one of the customer's servers.

    Args:
        customer_id: Whose servers.
        table: Which rows.
        tenant_id: The table's column that names the server, as the model has it.
    """
    return (
        select(table)
        .join(Tenant, col(Tenant.id) == col(tenant_id))
        .where(Tenant.customer_id == customer_id, Tenant.status != TenantStatus.REMOVED)
    )


async def owned_tenant(session: AsyncSession, actor: Actor, tenant_id: str, *, lock: bool = False) -> Tenant:
    """
    The actor's server with this id; with ``lock`` held until the transaction ends.

    Raises:
        NotFound: There is none, or it is another customer's: the answer is the same.
    """
    statement = select(Tenant).where(
        Tenant.id == tenant_id,
        Tenant.customer_id == actor.customer_id,
        Tenant.status != TenantStatus.REMOVED,
    )
    if lock:
        statement = statement.with_for_update()
    tenant = (await session.exec(statement)).one_or_none()
    if tenant is None:
        raise NotFound("There is no such server.")
    return tenant
