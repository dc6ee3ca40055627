"""What the hub asks of a daemon besides chat."""

from typing import Literal

from tenant_daemon.contracts.base import Count, Message
from tenant_daemon.contracts.config import TenantConfig


class ApplyConfig(Message):
    """Hub -> daemon: the configuration to have in force. An older version than the one held is ignored."""

    kind: Literal["config.apply"] = "config.apply"
    config: TenantConfig


class ConfigApplied(Message):
    """Daemon -> hub: in force, or refused with the reason; then the last good one stays."""

    kind: Literal["config.applied"] = "config.applied"
    version: Count
    is_applied: bool
    detail: str = ""


class KeyRenewalAsked(Message):
    """Hub -> daemon: trade your key for a new one (`POST /api/v1/tenant/key`), and connect with that."""

    kind: Literal["key.renew"] = "key.renew"
