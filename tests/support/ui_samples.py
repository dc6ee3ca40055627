"""Views as services give them, for tests of what pages show."""

from datetime import UTC, datetime
from typing import Any

from letsbe_app.db.models import TenantStatus
from letsbe_app.fleet.tenants.schemas import TenantView
from letsbe_app.workforce.agents.schemas import AgentView
from letsbe_app.workforce.approvals.schemas import ApprovalView

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def tenant_view(tenant_id: str = "ten_1", **changes: Any) -> TenantView:
    """A server that is well."""
    values: dict[str, Any] = {
        "id": tenant_id,
        "order_id": "ord_1",
        "name": "bakery",
        "status": TenantStatus.ACTIVE,
        "is_online": True,
        "is_ready": True,
        "is_stopped": False,
        "approval_ttl_seconds": 86_400,
        "is_practice": False,
        "last_seen_at": NOW,
        "cpu_percent": 12.4,
        "memory_used_bytes": 5_400_000_000,
        "memory_total_bytes": 16_000_000_000,
        "disk_used_bytes": 290_000_000_000,
        "disk_total_bytes": 320_000_000_000,
        "components": [],
        "vault_trouble": "",
        "is_disk_full": False,
        "model_trouble": "",
        "is_model_silent": False,
        "openclaw_version": "1",
        "daemon_version": "1",
        "config_version": 1,
        "applied_config_version": 1,
        "config_refusal": "",
        "audit_count": 0,
    }
    return TenantView(**{**values, **changes})


def agent_view(agent_id: str = "it-admin", **changes: Any) -> AgentView:
    """An agent as it starts out."""
    values: dict[str, Any] = {
        "tenant_id": "ten_1",
        "agent_id": agent_id,
        "name": agent_id.title(),
        "duty": "Does things.",
        "soul_md": "",
        "tools": ["shell", "docker", "file_read"],
        "level": 2,
        "model": "balanced",
        "unlocked_tools": [],
        "tier_floors": {},
        "is_stopped": False,
        "updated_at": NOW,
    }
    return AgentView(**{**values, **changes})


def approval_view(approval_id: str = "apr_1", **changes: Any) -> ApprovalView:
    """An approval that waits."""
    values: dict[str, Any] = {
        "id": approval_id,
        "tenant_id": "ten_1",
        "conversation_id": None,
        "agent_id": "it-admin",
        "tool_call_id": "call_1",
        "tool_name": "shell",
        "tier": "RED",
        "is_external": False,
        "summary": "Delete the folder old-drafts",
        "reason": "why",
        "risk": "what",
        "argv": ["rm", "-r", "old drafts; reboot"],
        "tool_args": {"command": "rm -r 'old drafts; reboot'"},
        "diff": "",
        "status": "pending",
        "verdict": "",
        "deny_reason": "",
        "decided_by_user_id": None,
        "detail": "",
        "created_at": NOW,
        "expires_at": NOW,
        "settled_at": None,
    }
    return ApprovalView(**{**values, **changes})
