"""A customer at the portal of a running hub: their server answers by script, their browser is real."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Browser, Page

from letsbe_app.composition import Services
from letsbe_app.db.models import Order, OrderStatus, Tenant, TenantStatus
from tenant_daemon.contracts.approvals import ApprovalRequested
from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.contracts.tiers import Tier
from tests.support.browser import sign_in, tab
from tests.support.live_hub import Customer, ScriptedDaemon, ScriptedRun, daemon, new_customer
from tests.support.running_hub import RunningHub

_numbers = itertools.count(1)


@dataclass
class Stage:
    """Everything that a portal test acts with."""

    hub: RunningHub
    services: Services
    customer: Customer
    email: str
    daemon: ScriptedDaemon
    page: Page

    async def conversation(self, text: str = "Hello", agent_id: str = "it-admin") -> str:
        """A conversation with one message, as if written earlier."""
        started = await self.services.conversations.start(
            self.customer.actor, self.customer.tenant_id, agent_id
        )
        await self.services.conversations.send(self.customer.actor, started.id, text)
        return started.id

    async def answered(self, conversation_id: str, text: str, run_number: int = 1) -> ScriptedRun:
        """A whole answer, confirmed by the hub."""
        run = ScriptedRun(conversation_id, run_number)
        for event in (run.started("it-admin"), run.delta(text), run.finished()):
            await self.daemon.send(event)
        await self.daemon.expect_ack(run.run_id, len(run.events))
        return run

    async def ask(self, conversation_id: str | None, **changes: Any) -> ApprovalRequested:
        """An approval that waits for a person; confirmed by the hub."""
        asked = approval_request(conversation_id, **changes)
        await self.daemon.send(asked, f"out_{asked.approval_id}")
        await self.daemon.next("link.ack", lambda ack: f"out_{asked.approval_id}" in ack.ids)
        return asked


def approval_request(conversation_id: str | None, **changes: Any) -> ApprovalRequested:
    """What an agent asks when it wants to delete a folder."""
    number = next(_numbers)
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "approval_id": f"apr_{number}",
        "conversation_id": conversation_id,
        "agent_id": "it-admin",
        "tool_call_id": f"call_{number}",
        "tool_name": "shell",
        "tier": Tier.RED,
        "is_external": False,
        "summary": "Delete the folder old-drafts",
        "reason": "Deleting a folder cannot be undone by the agent.",
        "risk": "The files in it are gone.",
        "argv": ["rm", "-r", "old drafts"],
        "call_digest": "d" * 64,
        "created_at": now,
        "expires_at": now + timedelta(hours=24),
    }
    return ApprovalRequested(**{**values, **changes})


def heartbeat(**changes: Any) -> Heartbeat:
    """A server that is well."""
    values: dict[str, Any] = {
        "daemon_version": "1",
        "openclaw_version": "2026.9.6",
        "config_version": 10_000,
        "is_ready": True,
        "cpu_percent": 12.0,
        "memory_used_bytes": 5_400_000_000,
        "memory_total_bytes": 16_000_000_000,
        "disk_used_bytes": 60_000_000_000,
        "disk_total_bytes": 320_000_000_000,
    }
    return Heartbeat(**{**values, **changes})


async def finish_set_up(services: Services, tenant_id: str) -> None:
    """What the provisioning workflow does at its end."""
    async with services.database.write() as session:
        tenant = await session.get(Tenant, tenant_id)
        assert tenant is not None
        tenant.status = TenantStatus.ACTIVE
        order = await session.get(Order, tenant.order_id)
        assert order is not None
        order.status = OrderStatus.ACTIVE


async def give_back(services: Services, tenant_id: str) -> None:
    """Take the server away: an installation has room for a few only, and tests share one."""
    async with services.database.write() as session:
        tenant = await session.get(Tenant, tenant_id)
        assert tenant is not None
        tenant.status = TenantStatus.REMOVED


@asynccontextmanager
async def portal_stage(hub: RunningHub, browser: Browser, **tab_options: bool) -> AsyncIterator[Stage]:
    """A signed-in owner whose server is connected and well."""
    email = f"owner{next(_numbers)}@bakery.example"
    async with hub.services() as services:
        customer = await new_customer(services, email)
        await finish_set_up(services, customer.tenant_id)
        async with daemon(hub, customer.api_key) as scripted, tab(browser, hub.url, **tab_options) as page:
            await scripted.send(heartbeat())
            await until_ready(services, customer)
            await sign_in(page.context, services, email)
            yield Stage(hub, services, customer, email, scripted, page)
        await give_back(services, customer.tenant_id)


async def until_ready(services: Services, customer: Customer) -> None:
    """Wait until the hub has taken the first heartbeat."""
    async with asyncio.timeout(30):
        # The fact is in another process, which confirms heartbeats to nobody.
        while not (await services.tenants.get(customer.actor, customer.tenant_id)).is_ready:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
