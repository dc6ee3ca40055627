"""Agents: what owners set, and the configuration that follows for the server."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Agent, Tenant
from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, InvalidInput, NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.pagination import Page, clamp_limit, number_cursor
from letsbe_app.people.audit.service import record_act, tenant_actor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.ownership import owned_tenant
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.members.names import names_of
from letsbe_app.relay import Relay, Topic
from letsbe_app.workforce.agents import budgets as agent_budgets
from letsbe_app.workforce.agents import repository
from letsbe_app.workforce.agents.budgets import Budget
from letsbe_app.workforce.agents.checks import (
    check_config,
    check_parents,
    checked_name,
    checked_settings,
    wanted_settings,
)
from letsbe_app.workforce.agents.defaults import DefaultAgent, default_agents, default_ids
from letsbe_app.workforce.agents.history import (
    VersionView,
    add_version,
    clean_versions,
    snapshot,
    version,
    version_view,
    versions,
)
from letsbe_app.workforce.agents.schemas import AgentChanges, AgentView, agent_config, agent_view
from letsbe_app.workforce.agents.templates import MAX_AGENTS, id_for, template
from letsbe_app.workforce.cleaned import is_cleaned
from tenant_daemon.contracts.budget import TokenBudget
from tenant_daemon.contracts.config import AgentCleaned, TenantConfig
from tenant_daemon.contracts.tiers import AutonomyLevel

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
            budgets = await agent_budgets.of_tenant(session, tenant_id)
            rows = await repository.of_tenant(session, tenant_id)
        views = [agent_view(row, budgets.get(row.agent_id, [])) for row in rows]
        # How an agent is spoken to is the owner's own words, which support never reads.
        return views if actor.visit_id is None else [replace(view, soul_md="") for view in views]

    async def update(self, actor: Actor, tenant_id: str, agent_id: str, changes: AgentChanges) -> AgentView:
        """
        Change an agent's settings.

        Raises:
            NotFound: No such agent on one of the actor's servers.
            InvalidInput: A value that the server would refuse; names the field.
        """
        require(actor, Permission.MANAGE)
        return await self._change(actor, tenant_id, agent_id, "agent.changed", wanted_settings(changes))

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
            for row in missing:
                session.add(row)
                await add_version(session, row, None, snapshot(row, []), row.updated_at, by=None)
            if missing:
                await repository.raise_config_version(session, tenant_id)
        await self._publisher.wake_link(tenant_id)

    async def add(
        self, actor: Actor, tenant_id: str, template_id: str, name: str = "", parent_agent_id: str = ""
    ) -> AgentView:
        """
        Add a colleague from a template.

        Raises:
            NotFound: No such server of the actor's, or no such template.
            InvalidInput: The server has enough, or a value cannot be.
        """
        require(actor, Permission.MANAGE)
        start = template(template_id)
        async with self._database.write() as session:
            await owned_tenant(session, actor, tenant_id)
            rows = await repository.of_tenant(session, tenant_id)
            if len(rows) >= MAX_AGENTS:
                raise InvalidInput(f"A server has at most {MAX_AGENTS} agents.")
            wanted_name = checked_name(name or start.name)
            row = Agent(
                id=new_id("agt"),
                tenant_id=tenant_id,
                agent_id=id_for(wanted_name, {one.agent_id for one in rows}),
                position=max((one.position for one in rows), default=0) + 1,
                name=wanted_name,
                duty=start.duty,
                soul_md=start.soul_md,
                tools=list(start.tools),
                level=AutonomyLevel.TRAINING_WHEELS,
                parent_agent_id=parent_agent_id or None,
                updated_at=self._clock(),
            )
            check_config(row)
            check_parents(row, rows)
            session.add(row)
            await add_version(session, row, None, snapshot(row, []), row.updated_at, by=actor.user_id)
            await repository.raise_config_version(session, tenant_id)
            record_act(
                session, actor, "agent.added", subject=row.agent_id, tenant_id=tenant_id, template=template_id
            )
        log.info("agent.added", tenant_id=tenant_id, agent_id=row.agent_id, template=template_id)
        await self._tell(actor, tenant_id)
        return agent_view(row)

    async def remove(self, actor: Actor, tenant_id: str, agent_id: str) -> None:
        """
        Remove a colleague that was added. Its conversations stay to be read.

        Raises:
            NotFound: No such agent.
            Conflict: It is one of the five, or others work for it.
        """
        require(actor, Permission.MANAGE)
        async with self._database.write() as session:
            await owned_tenant(session, actor, tenant_id)
            row = await self.existing(session, tenant_id, agent_id)
            if agent_id in default_ids():
                raise Conflict("This is one of the five that every server has. Stop it instead.")
            if any(one.parent_agent_id == agent_id for one in await repository.of_tenant(session, tenant_id)):
                raise Conflict("Others work for this agent. Give them to somebody else first.")
            await agent_budgets.replace(session, tenant_id, agent_id, [])
            await session.delete(row)
            await repository.raise_config_version(session, tenant_id)
            record_act(session, actor, "agent.removed", subject=agent_id, tenant_id=tenant_id)
        log.info("agent.removed", tenant_id=tenant_id, agent_id=agent_id)
        await self._tell(actor, tenant_id)

    async def history(
        self,
        actor: Actor,
        tenant_id: str,
        agent_id: str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[VersionView]:
        """How the agent was set up, the newest first, with who and when. Raises NotFound."""
        require(actor, Permission.CONTENT)
        size, before = clamp_limit(limit), number_cursor(cursor)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            await self.existing(session, tenant_id, agent_id)
            # One more than is shown: it is what the oldest shown one is held against.
            rows = list(await versions(session, tenant_id, agent_id, before, size + 1))
            names = await names_of(session, actor.customer_id)
        shown = [
            version_view(row, earlier, names)
            for row, earlier in zip(rows[:size], [*rows[1:], None], strict=False)
        ]
        return Page(shown, str(shown[-1].number) if len(rows) > size else None)

    async def restore(self, actor: Actor, tenant_id: str, agent_id: str, number: int) -> AgentView:
        """
        Set the agent up as it was in an earlier version; its kill switch stays as it is.

        Raises:
            NotFound: No such agent or version.
            InvalidInput: What was set then cannot be any more.
        """
        require(actor, Permission.MANAGE)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            found = await version(session, tenant_id, agent_id, number)
        if found is None:
            raise NotFound("There is no such version.")
        wanted = {name: value for name, value in found.settings.items() if name != "is_stopped"}
        wanted["budgets"] = [Budget(**row) for row in wanted.get("budgets", [])]
        return await self._change(
            actor, tenant_id, agent_id, "agent.restored", checked_settings(wanted), restored=number
        )

    async def clean(self, tenant_id: str, cleaned: AgentCleaned) -> None:
        """
        Keep an agent's character without the secrets that its server found in it, in earlier versions too.

        A text that was changed meanwhile stays: the server looks at that one as well. Raises NotFound.
        """
        async with self._database.write() as session:
            tenant = await session.get(Tenant, tenant_id)
            row = await repository.by_agent_id(session, tenant_id, cleaned.agent_id, lock=True)
            if tenant is None or row is None:
                raise NotFound("There is no such agent.")
            count = await clean_versions(session, tenant_id, cleaned, row.soul_md)
            is_changed = row.soul_md != cleaned.soul_md and is_cleaned(row.soul_md, cleaned.soul_md)
            if is_changed:
                row.soul_md = cleaned.soul_md
                await repository.raise_config_version(session, tenant_id)
            if is_changed or count:
                record_act(
                    session,
                    tenant_actor(tenant_id),
                    "agent.cleaned",
                    subject=cleaned.agent_id,
                    customer_id=tenant.customer_id,
                    tenant_id=tenant_id,
                )
        if is_changed or count:
            log.info("agent.cleaned", tenant_id=tenant_id, agent_id=cleaned.agent_id, versions=count)
            await self._publisher.wake_link(tenant_id)
            await self._publisher.announce(tenant.customer_id, Topic.TENANT, tenant_id)

    async def wanted_config(self, tenant_id: str) -> TenantConfig:
        """The configuration that the server should have in force; raises NotFound."""
        async with self._database.read() as session:
            tenant = await session.get(Tenant, tenant_id)
            if tenant is None:
                raise NotFound("There is no such server.")
            rows = await repository.of_tenant(session, tenant_id)
            budgets = await self._budgets(session, tenant) if self._budgets else []
            own = await agent_budgets.of_tenant(session, tenant_id)
            budgets = [*budgets, *agent_budgets.for_server(own, [row.agent_id for row in rows])]
        return TenantConfig(
            version=tenant.config_version,
            agents=[agent_config(row) for row in rows],
            is_stopped=tenant.is_stopped,
            approval_ttl_seconds=tenant.approval_ttl_seconds,
            budgets=budgets,
        )

    async def wanted_version(self, tenant_id: str) -> int:
        """The version of ``wanted_config`` alone; 0 for an unknown server."""
        async with self._database.read() as session:
            found = await session.exec(select(Tenant.config_version).where(Tenant.id == tenant_id))
            return found.one_or_none() or 0

    async def existing(self, session: AsyncSession, tenant_id: str, agent_id: str) -> Agent:
        """An agent of a server, within the caller's unit of work; raises NotFound."""
        row = await repository.by_agent_id(session, tenant_id, agent_id)
        if row is None:
            raise NotFound("There is no such agent.")
        return row

    async def _change(
        self,
        actor: Actor,
        tenant_id: str,
        agent_id: str,
        action: str,
        wanted: dict[str, Any],
        *,
        restored: int | None = None,
    ) -> AgentView:
        require(actor, Permission.MANAGE)
        async with self._database.write() as session:
            await owned_tenant(session, actor, tenant_id)
            row = await repository.by_agent_id(session, tenant_id, agent_id, lock=True)
            if row is None:
                raise NotFound("There is no such agent.")
            budgets = (await agent_budgets.of_tenant(session, tenant_id)).get(agent_id, [])
            before = snapshot(row, budgets)
            budgets = agent_budgets.checked(wanted.get("budgets", budgets))
            for name in wanted.keys() - {"budgets"}:
                setattr(row, name, wanted[name])
            after = snapshot(row, budgets)
            changed = sorted(name for name in after if after[name] != before[name])
            if changed:
                check_config(row)
                check_parents(row, await repository.of_tenant(session, tenant_id))
                await agent_budgets.replace(session, tenant_id, agent_id, budgets)
                await add_version(
                    session, row, before, after, self._clock(), by=actor.user_id, restored=restored
                )
                row.updated_at = self._clock()
                await repository.raise_config_version(session, tenant_id)
                # The text of a SOUL.md is content and stays out of the audit.
                told = {name: after[name] for name in changed if name != "soul_md"}
                record_act(session, actor, action, subject=agent_id, tenant_id=tenant_id, settings=told)
        if changed:
            log.info("agent.changed", tenant_id=tenant_id, agent_id=agent_id, settings=changed)
            await self._tell(actor, tenant_id)
        return agent_view(row, budgets)

    async def _tell(self, actor: Actor, tenant_id: str) -> None:
        await self._publisher.wake_link(tenant_id)
        await self._publisher.announce(actor.customer_id, Topic.TENANT, tenant_id)

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
