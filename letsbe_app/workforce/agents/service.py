"""Agents: what owners set, and the configuration that follows for the server."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict

import structlog
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Agent, Tenant
from letsbe_app.db.session import Database
from letsbe_app.errors import FieldProblem, InvalidInput, NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.ownership import owned_tenant
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.relay import Relay, Topic
from letsbe_app.workforce.agents import repository
from letsbe_app.workforce.agents.defaults import DefaultAgent, default_agents, known_tools
from letsbe_app.workforce.agents.schemas import AgentChanges, AgentView, agent_config, agent_view
from tenant_daemon.contracts.budget import TokenBudget
from tenant_daemon.contracts.config import TenantConfig

log = structlog.get_logger()

Budgets = Callable[[AsyncSession, Tenant], Awaitable[list[TokenBudget]]]
"""Gives the token budgets of a server."""


class AgentService:
    """Every change raises the server's configuration version; its link then sends the whole anew."""

    def __init__(
        self, database: Database, relay: Relay, *, budgets: Budgets | None = None, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._publisher = relay.publisher
        self._budgets = budgets
        self._clock = clock

    async def list(self, actor: Actor, tenant_id: str) -> list[AgentView]:
        """A server's agents in their order."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            return [agent_view(row) for row in await repository.of_tenant(session, tenant_id)]

    async def update(self, actor: Actor, tenant_id: str, agent_id: str, changes: AgentChanges) -> AgentView:
        """
        Change an agent's settings.

        Raises:
            NotFound: No such agent on one of the actor's servers.
            InvalidInput: A value that the server would refuse; names the field.
        """
        require(actor, Permission.MANAGE)
        wanted = {name: value for name, value in asdict(changes).items() if value is not None}
        _check_tools(wanted)
        return await self._change(actor, tenant_id, agent_id, "agent.changed", wanted)

    async def set_stopped(self, actor: Actor, tenant_id: str, agent_id: str, is_stopped: bool) -> AgentView:
        """The agent's kill switch."""
        action = "agent.stopped" if is_stopped else "agent.released"
        return await self._change(actor, tenant_id, agent_id, action, {"is_stopped": is_stopped})

    async def create_defaults(self, tenant_id: str) -> None:
        """Give a new server its default agents; those that it has already stay as they are."""
        async with self._database.write() as session:
            existing = {row.agent_id for row in await repository.of_tenant(session, tenant_id)}
            missing = [
                self._new_row(tenant_id, position, default)
                for position, default in enumerate(default_agents())
                if default.config.agent_id not in existing
            ]
            session.add_all(missing)
            if missing:
                await repository.raise_config_version(session, tenant_id)
        await self._publisher.wake_link(tenant_id)

    async def wanted_config(self, tenant_id: str) -> TenantConfig:
        """The configuration that the server should have in force; raises NotFound."""
        async with self._database.read() as session:
            tenant = await session.get(Tenant, tenant_id)
            if tenant is None:
                raise NotFound("There is no such server.")
            rows = await repository.of_tenant(session, tenant_id)
            budgets = await self._budgets(session, tenant) if self._budgets else []
        return TenantConfig(
            version=tenant.config_version,
            agents=[agent_config(row) for row in rows],
            is_stopped=tenant.is_stopped,
            budgets=budgets,
        )

    async def wanted_version(self, tenant_id: str) -> int:
        """The version of ``wanted_config`` alone; 0 for an unknown server."""
        async with self._database.read() as session:
            tenant = await session.get(Tenant, tenant_id)
        return tenant.config_version if tenant is not None else 0

    async def existing(self, session: AsyncSession, tenant_id: str, agent_id: str) -> Agent:
        """An agent of a server, within the caller's unit of work; raises NotFound."""
        row = await repository.by_agent_id(session, tenant_id, agent_id)
        if row is None:
            raise NotFound("There is no such agent.")
        return row

    async def _change(
        self, actor: Actor, tenant_id: str, agent_id: str, action: str, wanted: dict[str, object]
    ) -> AgentView:
        require(actor, Permission.MANAGE)
        async with self._database.write() as session:
            await owned_tenant(session, actor, tenant_id)
            row = await repository.by_agent_id(session, tenant_id, agent_id, lock=True)
            if row is None:
                raise NotFound("There is no such agent.")
            changed = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
            if changed:
                await self._apply(session, actor, row, action, {name: wanted[name] for name in changed})
        if changed:
            log.info("agent.changed", tenant_id=tenant_id, agent_id=agent_id, settings=changed)
            await self._publisher.wake_link(tenant_id)
            await self._publisher.announce(actor.customer_id, Topic.TENANT, tenant_id)
        return agent_view(row)

    async def _apply(
        self, session: AsyncSession, actor: Actor, row: Agent, action: str, values: dict[str, object]
    ) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        _check_config(row)
        row.updated_at = self._clock()
        await repository.raise_config_version(session, row.tenant_id)
        # The text of a SOUL.md is content and stays out of the audit.
        told = {name: value for name, value in values.items() if name != "soul_md"}
        record_act(session, actor, action, subject=row.agent_id, tenant_id=row.tenant_id, settings=told)

    def _new_row(self, tenant_id: str, position: int, default: DefaultAgent) -> Agent:
        config = default.config.model_dump(mode="json", exclude={"is_stopped"})
        return Agent(
            id=new_id("agt"),
            tenant_id=tenant_id,
            position=position,
            duty=default.duty,
            updated_at=self._clock(),
            **config,
        )


def _check_tools(wanted: dict[str, object]) -> None:
    """Unlocked tools and floors may name any tool; what an agent *has* must be a tool of ours."""
    tools = wanted.get("tools")
    unknown = sorted(set(tools) - known_tools()) if isinstance(tools, list) else []
    if unknown:
        raise InvalidInput.of_field("tools", f"There is no tool called {unknown[0][:60]!r}.")


def _check_config(row: Agent) -> None:
    try:
        agent_config(row)
    except ValidationError as exc:
        problems = [
            FieldProblem(str(problem["loc"][0]), problem["msg"])
            for problem in exc.errors(include_input=False, include_url=False)
        ]
        raise InvalidInput("These settings cannot be used.", problems) from None
    except ValueError:
        raise InvalidInput("The level is 1, 2 or 3; the tiers are 1 to 4.") from None
