"""Agents as owners set them, and the configuration that follows."""

import asyncio
from dataclasses import replace

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.errors import Forbidden, InvalidInput, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.agents.schemas import AgentChanges
from tenant_daemon.contracts.tiers import AutonomyLevel, Tier

NAMES = ["dispatcher", "it-admin", "marketing", "secretary", "sales"]


async def test_new_server_has_the_five_agents_once(services: Services, owner: Actor, tenant_id: str) -> None:
    await services.agents.create_defaults(tenant_id)
    agents = await services.agents.list(owner, tenant_id)
    assert [agent.agent_id for agent in agents] == NAMES
    assert all(agent.soul_md and agent.duty and agent.tools and agent.level == 2 for agent in agents)
    assert all(not agent.unlocked_tools for agent in agents)


async def test_change_raises_the_version_and_reaches_the_configuration(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    before = await services.agents.wanted_version(tenant_id)
    changes = AgentChanges(level=1, unlocked_tools=["http"], tier_floors={"shell": 3})
    await services.agents.update(owner, tenant_id, "sales", changes)
    config = await services.agents.wanted_config(tenant_id)
    assert config.version == before + 1
    sales = next(agent for agent in config.agents if agent.agent_id == "sales")
    assert (sales.level, sales.unlocked_tools, sales.tier_floors) == (
        AutonomyLevel.TRAINING_WHEELS,
        ["http"],
        {"shell": Tier.RED},
    )


async def test_change_to_what_is_already_set_leaves_the_version(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    before = await services.agents.wanted_version(tenant_id)
    await services.agents.update(owner, tenant_id, "sales", AgentChanges(level=2))
    assert await services.agents.wanted_version(tenant_id) == before


async def test_kill_switch_of_an_agent(services: Services, owner: Actor, tenant_id: str) -> None:
    await services.agents.set_stopped(owner, tenant_id, "sales", True)
    config = await services.agents.wanted_config(tenant_id)
    assert [agent.agent_id for agent in config.agents if agent.is_stopped] == ["sales"]


@pytest.mark.slow
async def test_every_change_is_counted_whatever_comes_at_the_same_time(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    before = await services.agents.wanted_version(tenant_id)

    async def switch_server() -> None:
        for turn in range(10):
            await services.tenants.set_stopped(owner, tenant_id, turn % 2 == 0)

    async def switch_agent(agent_id: str) -> None:
        for turn in range(4):
            await services.agents.set_stopped(owner, tenant_id, agent_id, turn % 2 == 0)

    await asyncio.gather(switch_server(), *map(switch_agent, NAMES))

    assert await services.agents.wanted_version(tenant_id) == before + 10 + 4 * len(NAMES)


async def test_what_a_server_would_refuse_is_refused_here_and_changes_nothing(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    before = await services.agents.wanted_config(tenant_id)
    for changes in (
        AgentChanges(level=4),
        AgentChanges(name="x" * 61),
        AgentChanges(tools=["root_shell"]),
        AgentChanges(tier_floors={"shell": 9}),
        AgentChanges(soul_md="x" * 20_001),
        AgentChanges(name="\u200b"),
        AgentChanges(name="Sa\u202eles"),
        AgentChanges(name="Sales\0"),
        AgentChanges(duty="Sells\x1b[2J"),
        AgentChanges(unlocked_tools=["../../x"]),
        AgentChanges(tier_floors={"root_shell": 3}),
    ):
        with pytest.raises(InvalidInput):
            await services.agents.update(owner, tenant_id, "sales", changes)
    assert await services.agents.wanted_config(tenant_id) == before


async def test_names_stand_on_one_line(services: Services, owner: Actor, tenant_id: str) -> None:
    changed = await services.agents.update(owner, tenant_id, "sales", AgentChanges(name=" Our\r\n Sales "))
    assert changed.name == "Our Sales"
    with pytest.raises(InvalidInput):
        await services.agents.add(owner, tenant_id, "writer", "Wri\u2066ter")


async def test_stranger_finds_nothing(services: Services, stranger: Actor, tenant_id: str) -> None:
    with pytest.raises(NotFound):
        await services.agents.list(stranger, tenant_id)
    with pytest.raises(NotFound):
        await services.agents.update(stranger, tenant_id, "sales", AgentChanges(level=1))
    with pytest.raises(NotFound):
        await services.agents.set_stopped(stranger, tenant_id, "sales", True)


async def test_only_an_owner_changes_agents(services: Services, owner: Actor, tenant_id: str) -> None:
    approver = replace(owner, role=UserRole.APPROVER)
    with pytest.raises(Forbidden):
        await services.agents.update(approver, tenant_id, "sales", AgentChanges(level=3))
