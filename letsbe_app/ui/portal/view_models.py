"""What the frame of the portal shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from letsbe_app.db.models import TenantStatus
from letsbe_app.fleet.tenants.schemas import TenantView
from letsbe_app.people.authz.actor import Actor


@dataclass(frozen=True)
class Frame:
    """State of the customer's server, as every page shows it."""

    email: str = ""
    tenant_id: str = ""
    server_name: str = ""
    has_server: bool = False
    is_online: bool = False
    is_ready: bool = False
    is_stopped: bool = False
    is_practice: bool = False
    waiting_count: int = 0


def current_tenant(tenants: Sequence[TenantView]) -> TenantView | None:
    """The server that the portal is about: the newest one that works, else the newest."""
    working = [tenant for tenant in tenants if tenant.status == TenantStatus.ACTIVE]
    return max(working or tenants, key=lambda tenant: tenant.id, default=None)


def frame_of(actor: Actor, tenant: TenantView | None, waiting_count: int) -> Frame:
    """The frame for a customer with this server, or with none."""
    if tenant is None or tenant.status != TenantStatus.ACTIVE:
        return Frame(email=actor.email, waiting_count=waiting_count)
    return Frame(
        email=actor.email,
        tenant_id=tenant.id,
        server_name=tenant.name,
        has_server=True,
        is_online=tenant.is_online,
        is_ready=tenant.is_ready,
        is_stopped=tenant.is_stopped,
        is_practice=tenant.is_practice,
        waiting_count=waiting_count,
    )
