"""From rows to what staff is shown. Pure."""

from collections.abc import Sequence
from typing import Final

from letsbe_app.backoffice.schemas import Act, Alarms, OrderRow, Run, RunStep, ServerRow
from letsbe_app.db.models import (
    AuditEntry,
    Order,
    ProvisioningStep,
    StepState,
    Tenant,
    TenantHealth,
    TenantStatus,
)
from letsbe_app.fleet.health.states import Health
from letsbe_app.fleet.health.states import health_of as seen_now
from letsbe_app.fleet.tenants.history import percent
from letsbe_app.fleet.tenants.schemas import heartbeat_of, is_disk_full, vault_trouble

_BY_STATUS: Final = {
    TenantStatus.PROVISIONING.value: "setting_up",
    TenantStatus.FAILED.value: "failed",
    TenantStatus.REMOVED.value: "removed",
}


_BY_HEALTH: Final = {Health.WELL: "well", Health.DEGRADED: "unready", Health.OFFLINE: "offline"}


def health_of(tenant: Tenant, kept: TenantHealth | None, *, is_online: bool) -> str:
    """
    How a server is, in one word; see ``ServerRow.health``.

    What was seen for long enough counts (``fleet/health/states.py``): a server that restarts is no news. One
    that nobody has looked at yet is as it is now.
    """
    if tenant.status in _BY_STATUS:
        return _BY_STATUS[tenant.status]
    now = seen_now(heartbeat_of(tenant), is_online=is_online)
    health = _BY_HEALTH[Health(kept.state) if kept is not None else now]
    return "stopped" if tenant.is_stopped and health == "well" else health


def server_row(
    tenant: Tenant, customer_name: str, kept: TenantHealth | None, alarms: Alarms, *, is_online: bool
) -> ServerRow:
    """The row of a server."""
    heartbeat = heartbeat_of(tenant)
    return ServerRow(
        id=tenant.id,
        name=tenant.name,
        customer_id=tenant.customer_id,
        customer_name=customer_name,
        order_id=tenant.order_id,
        status=tenant.status,
        health=health_of(tenant, kept, is_online=is_online),
        health_since=kept.since if kept is not None and tenant.status not in _BY_STATUS else None,
        is_online=is_online,
        last_seen_at=tenant.last_heartbeat_at,
        daemon_version=tenant.daemon_version,
        openclaw_version=tenant.openclaw_version,
        cpu_percent=heartbeat.cpu_percent if heartbeat else None,
        memory_percent=percent(heartbeat.memory_used_bytes, heartbeat.memory_total_bytes)
        if heartbeat
        else None,
        disk_percent=percent(heartbeat.disk_used_bytes, heartbeat.disk_total_bytes) if heartbeat else None,
        is_config_pending=tenant.applied_config_version < tenant.config_version,
        touched_traps=alarms.touched_traps.get(tenant.id, 0),
        has_audit_problem=tenant.id in alarms.audit_problems,
        vault_trouble=vault_trouble(heartbeat),
        is_disk_full=is_disk_full(heartbeat),
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
