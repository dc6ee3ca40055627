"""Whose a server is: asked before anything of a server is shown or changed."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Tenant, TenantStatus
from letsbe_app.errors import NotFound
from letsbe_app.people.authz.actor import Actor


async def owned_tenant(session: AsyncSession, actor: Actor, tenant_id: str) -> Tenant:
    """
    The actor's server with this id.

    Raises:
        NotFound: There is none, or it is another customer's: the answer is the same.
    """
    statement = select(Tenant).where(
        Tenant.id == tenant_id,
        Tenant.customer_id == actor.customer_id,
        Tenant.status != TenantStatus.REMOVED,
    )
    tenant = (await session.exec(statement)).one_or_none()
    if tenant is None:
        raise NotFound("There is no such server.")
    return tenant
