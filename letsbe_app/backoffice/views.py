"""From rows to what staff is shown. Pure."""

from collections.abc import Sequence
from typing import Final

from letsbe_app.backoffice.schemas import Act, OrderRow, Run, RunStep, ServerRow
from letsbe_app.db.models import AuditEntry, Order, ProvisioningStep, StepState, Tenant, TenantStatus
from letsbe_app.fleet.tenants.history import percent
from letsbe_app.fleet.tenants.schemas import heartbeat_of

_BY_STATUS: Final = {
    TenantStatus.PROVISIONING.value: "setting_up",
    TenantStatus.FAILED.value: "failed",
    TenantStatus.REMOVED.value: "removed",
}


def health_of(tenant: Tenant, *, is_online: bool) -> str:
    """How a server is, in one word; see ``ServerRow.health``."""
    if tenant.status in _BY_STATUS:
        return _BY_STATUS[tenant.status]
    if not is_online:
        return "offline"
    if tenant.is_stopped:
        return "stopped"
    heartbeat = heartbeat_of(tenant)
    return "well" if heartbeat is not None and heartbeat.is_ready else "unready"


def server_row(tenant: Tenant, customer_name: str, *, is_online: bool) -> ServerRow:
    """The row of a server."""
    heartbeat = heartbeat_of(tenant)
    return ServerRow(
        id=tenant.id,
        name=tenant.name,
        customer_id=tenant.customer_id,
        customer_name=customer_name,
        order_id=tenant.order_id,
        status=tenant.status,
        health=health_of(tenant, is_online=is_online),
        last_seen_at=tenant.last_heartbeat_at,
        daemon_version=tenant.daemon_version,
        openclaw_version=tenant.openclaw_version,
        cpu_percent=heartbeat.cpu_percent if heartbeat else None,
        memory_percent=percent(heartbeat.memory_used_bytes, heartbeat.memory_total_bytes)
        if heartbeat
        else None,
        disk_percent=percent(heartbeat.disk_used_bytes, heartbeat.disk_total_bytes) if heartbeat else None,
        is_config_pending=tenant.applied_config_version < tenant.config_version,
    )


def order_row(order: Order) -> OrderRow:
    """The row of an order."""
    return OrderRow(
        id=order.id,
        customer_id=order.customer_id,
        plan_id=order.plan_id,
        server_name=order.server_name,
        price_cents=order.price_cents,
        currency=order.currency,
        status=order.status,
        failure=order.failure,
        created_at=order.created_at,
        paid_at=order.paid_at,
    )


def run_of(tenant: Tenant, customer_name: str, steps: Sequence[ProvisioningStep]) -> Run:
    """A set-up, from its server and its steps in their order."""
    current = next((step for step in steps if step.state != StepState.DONE), None)
    failed = next((step for step in steps if step.state == StepState.FAILED), None)
    return Run(
        order_id=tenant.order_id,
        tenant_id=tenant.id,
        customer_id=tenant.customer_id,
        customer_name=customer_name,
        server_name=tenant.name,
        status=tenant.status,
        attempt=tenant.provisioning_attempt,
        current_step=current.name if current else "",
        failure=failed.detail if failed else "",
        can_retry=tenant.status == TenantStatus.FAILED,
        created_at=tenant.created_at,
    )


def run_step(step: ProvisioningStep) -> RunStep:
    """A step of it."""
    return RunStep(step.name, step.state, step.detail, step.attempts)


def act_of(entry: AuditEntry, names: dict[str, str]) -> Act:
    """An entry of the audit, its reason apart from its other details."""
    detail = dict(entry.detail)
    return Act(
        id=entry.id,
        actor=entry.actor,
        actor_name=names.get(entry.actor, entry.actor),
        action=entry.action,
        subject=entry.subject,
        customer_id=entry.customer_id,
        tenant_id=entry.tenant_id,
        reason=str(detail.pop("reason", "")),
        detail=detail,
        created_at=entry.created_at,
    )
