"""What the back office gives to pages and routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from letsbe_app.fleet.tenants.schemas import History


@dataclass(frozen=True)
class CustomerRow:
    """A customer in the list."""

    id: str
    name: str
    people: int
    servers: int
    founding_number: int | None
    created_at: datetime


@dataclass(frozen=True)
class Person:
    """Somebody of a customer."""

    user_id: str
    email: str
    role: str
    is_email_confirmed: bool
    has_second_factor: bool
    created_at: datetime


@dataclass(frozen=True)
class OrderRow:
    """An order."""

    id: str
    customer_id: str
    plan_id: str
    server_name: str
    price_cents: int
    currency: str
    status: str
    failure: str
    created_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True)
class ServerRow:
    """A server in the list."""

    id: str
    name: str
    customer_id: str
    customer_name: str
    order_id: str
    status: str
    health: str
    """``well``, ``unready``, ``offline``, ``stopped``, ``setting_up``, ``failed`` or ``removed``."""
    health_since: datetime | None
    """Since when it is so; None before somebody has looked."""
    is_online: bool
    """Now, however short."""
    last_seen_at: datetime | None
    daemon_version: str
    openclaw_version: str
    cpu_percent: float | None
    memory_percent: float | None
    disk_percent: float | None
    is_config_pending: bool
    touched_traps: int = 0
    """Planted secrets that turned up, and that nobody of the customer's has looked into."""
    has_audit_problem: bool = False
    """Its record of what was done does not continue what it sent before."""

    vault_trouble: str = ""
    """Why its vault is locked, as ``VaultTrouble``; empty while it is open."""
    is_disk_full: bool = False
    """Whether nothing can be written there."""

    @property
    def has_alarm(self) -> bool:
        """Whether somebody should look at it however well it is."""
        return (
            self.touched_traps > 0 or self.has_audit_problem or bool(self.vault_trouble) or self.is_disk_full
        )


@dataclass(frozen=True)
class Alarms:
    """What calls for somebody, by the ids of servers."""

    touched_traps: Mapping[str, int]
    audit_problems: frozenset[str]


@dataclass(frozen=True)
class CustomerDetail:
    """A customer with everything that belongs to them."""

    customer: CustomerRow
    people: list[Person]
    servers: list[ServerRow]
    orders: list[OrderRow]
    support_allowed_until: datetime | None


@dataclass(frozen=True)
class Component:
    """A part of a server, and how it is."""

    name: str
    is_healthy: bool


@dataclass(frozen=True)
class ServerDetail:
    """A server with its parts and how it went lately."""

    server: ServerRow
    components: list[Component]
    history: History


@dataclass(frozen=True)
class RunStep:
    """A step of a set-up."""

    name: str
    state: str
    detail: str
    attempts: int


@dataclass(frozen=True)
class Run:
    """A server's set-up."""

    order_id: str
    tenant_id: str
    customer_id: str
    customer_name: str
    server_name: str
    status: str
    attempt: int
    current_step: str
    failure: str
    can_retry: bool
    created_at: datetime


@dataclass(frozen=True)
class RunDetail:
    """A set-up with its steps."""

    run: Run
    steps: list[RunStep]


@dataclass(frozen=True)
class Act:
    """Who did what, when, and where it was said: why."""

    id: str
    actor: str
    actor_name: str
    action: str
    subject: str
    customer_id: str | None
    tenant_id: str | None
    reason: str
    detail: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class Count:
    """How many there are of something."""

    name: str
    count: int


_MANY: Final = 5
"""Servers: so many do not fall silent together by themselves."""


@dataclass(frozen=True)
class Overview:
    """The fleet at a glance."""

    customers: int
    servers: int
    orders_paid_30_days: int
    revenue_cents_30_days: int
    failed_runs: int
    running_runs: int
    health: list[Count]
    daemon_versions: list[Count]
    openclaw_versions: list[Count]
    sign_ups: list[Count]
    """By day, the last 30, the oldest first."""
    needs_attention: list[ServerRow]
    """Servers with an alarm, then those that failed, are offline or not ready: the newest, up to 100."""
    attention_count: int
    """How many they are without that bound."""
    cautions: list[str]
    """Settings of the hub that are wrong once customers come; a sentence each."""

    @property
    def is_hub_suspect(self) -> bool:
        """Whether so many servers are offline at a time that the reason is rather on the hub's side."""
        offline = sum(one.count for one in self.health if one.name == "offline")
        return offline >= _MANY and 2 * offline > self.servers
