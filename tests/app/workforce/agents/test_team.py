"""Colleagues that are added, their budgets, and how an agent was set up before."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import Conflict, InvalidInput, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.agents.budgets import Budget
from letsbe_app.workforce.agents.history import soul_diff
from letsbe_app.workforce.agents.schemas import AgentChanges
from letsbe_app.workforce.agents.templates import agent_templates, id_for
from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget


async def test_colleague_is_added_careful_and_removed(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    added = await services.agents.add(owner, tenant_id, "writer", "  Wörter & Co ")
    assert (added.agent_id, added.name, added.level, added.is_default) == (
        "worter-co",
        "Wörter & Co",
        1,
        False,
    )
    again = await services.agents.add(owner, tenant_id, "writer", "Wörter & Co", "worter-co")
    assert (again.agent_id, again.parent_agent_id) == ("worter-co-2", "worter-co")
    config = await services.agents.wanted_config(tenant_id)
    assert [agent.parent_agent_id for agent in config.agents][-2:] == [None, "worter-co"]
    with pytest.raises(Conflict):
        await services.agents.remove(owner, tenant_id, "worter-co")
    for agent_id in ("worter-co-2", "worter-co"):
        await services.agents.remove(owner, tenant_id, agent_id)
    assert len(await services.agents.list(owner, tenant_id)) == 5
    with pytest.raises(Conflict):
        await services.agents.remove(owner, tenant_id, "sales")
    with pytest.raises(NotFound):
        await services.agents.add(owner, tenant_id, "butler")


async def test_server_has_a_bounded_team(services: Services, owner: Actor, tenant_id: str) -> None:
    for _ in range(7):
        await services.agents.add(owner, tenant_id, "blank")
    with pytest.raises(InvalidInput):
        await services.agents.add(owner, tenant_id, "blank")


async def test_budgets_reach_the_server(services: Services, owner: Actor, tenant_id: str) -> None:
    pool = (await services.agents.wanted_config(tenant_id)).budgets
    budgets = [Budget("month", True, 5_000_000), Budget("day", False, 100_000)]
    view = await services.agents.update(owner, tenant_id, "sales", AgentChanges(budgets=budgets))
    assert view.budgets == sorted(budgets)
    wanted = (await services.agents.wanted_config(tenant_id)).budgets
    assert wanted == [
        *pool,
        TokenBudget(period=BudgetPeriod.DAY, tokens=100_000, agent_id="sales"),
        TokenBudget(period=BudgetPeriod.MONTH, tokens=5_000_000, agent_id="sales", with_sub_agents=True),
    ]
    for bad in (
        [Budget("year", False, 1)],
        [Budget("day", False, 1), Budget("day", False, 2)],
        [Budget("day", False, -1)],
    ):
        with pytest.raises(InvalidInput):
            await services.agents.update(owner, tenant_id, "sales", AgentChanges(budgets=bad))
    await services.agents.update(owner, tenant_id, "sales", AgentChanges(budgets=[]))
    assert (await services.agents.wanted_config(tenant_id)).budgets == pool


@pytest.mark.parametrize(
    "changes",
    [
        AgentChanges(parent_agent_id="sales"),
        AgentChanges(parent_agent_id="nobody"),
        AgentChanges(parent_agent_id="marketing"),
        AgentChanges(model="some/other-model"),
        AgentChanges(name="  "),
        AgentChanges(duty="x" * 201),
    ],
)
async def test_what_cannot_be_is_refused(
    services: Services, owner: Actor, tenant_id: str, changes: AgentChanges
) -> None:
    await services.agents.update(owner, tenant_id, "marketing", AgentChanges(parent_agent_id="sales"))
    before = await services.agents.wanted_config(tenant_id)
    with pytest.raises(InvalidInput):
        await services.agents.update(owner, tenant_id, "sales", changes)
    assert await services.agents.wanted_config(tenant_id) == before


async def test_premium_model_needs_the_owners_word(services: Services, owner: Actor, tenant_id: str) -> None:
    changes = AgentChanges(model="some/other-model", has_premium=True)
    assert (await services.agents.update(owner, tenant_id, "sales", changes)).model == "some/other-model"
    with pytest.raises(InvalidInput):
        await services.agents.update(owner, tenant_id, "sales", AgentChanges(has_premium=False))


async def test_history_tells_who_changed_what_and_brings_it_back(
    services: Services, owner: Actor, stranger: Actor, tenant_id: str
) -> None:
    agents = services.agents
    first = next(one for one in await agents.list(owner, tenant_id) if one.agent_id == "sales")
    await agents.update(owner, tenant_id, "sales", AgentChanges(soul_md="Be kind.\nBe brief.", level=3))
    await agents.update(owner, tenant_id, "sales", AgentChanges(soul_md="Be kind.\nBe exact."))
    await agents.set_stopped(owner, tenant_id, "sales", True)
    page = await agents.history(owner, tenant_id, "sales")
    assert [(one.number, one.changed) for one in page.items] == [
        (4, ["is_stopped"]),
        (3, ["soul_md"]),
        (2, ["soul_md", "level"]),
        (1, []),
    ]
    assert [one.changed_by for one in page.items] == [owner.email] * 3 + [""]
    assert page.items[1].soul_diff.splitlines()[3:] == [" Be kind.", "-Be brief.", "+Be exact."]

    back = await agents.restore(owner, tenant_id, "sales", 1)
    assert (back.soul_md, back.level, back.is_stopped) == (first.soul_md, first.level, True)
    newest = (await agents.history(owner, tenant_id, "sales", limit=1)).items[0]
    assert (newest.number, newest.restored_number) == (5, 1)
    with pytest.raises(NotFound):
        await agents.restore(owner, tenant_id, "sales", 99)
    with pytest.raises(NotFound):
        await agents.history(stranger, tenant_id, "sales")


async def test_history_is_paged(services: Services, owner: Actor, tenant_id: str) -> None:
    for level in (1, 2, 3):
        await services.agents.update(owner, tenant_id, "sales", AgentChanges(level=level))
    first = await services.agents.history(owner, tenant_id, "sales", limit=2)
    second = await services.agents.history(owner, tenant_id, "sales", cursor=first.next_cursor, limit=2)
    assert [one.number for one in first.items + second.items] == [4, 3, 2, 1]
    with pytest.raises(InvalidInput):
        await services.agents.history(owner, tenant_id, "sales", cursor="x")


def test_templates_are_usable_as_they_are() -> None:
    assert {one.template_id for one in agent_templates()} >= {"bookkeeper", "writer", "blank"}
    assert all(one.soul_md.startswith("#") for one in agent_templates())


def test_ids_are_what_the_server_takes() -> None:
    assert id_for("Ümläut 2!", set()) == "umlaut-2"
    assert id_for("42", set()) == "agent-42"
    assert id_for("***", set()) == "agent"
    assert id_for("Sales", {"sales", "sales-2"}) == "sales-3"
    with pytest.raises(InvalidInput):
        id_for("  ", set())


def test_a_line_that_looks_like_the_head_of_a_diff_is_told() -> None:
    assert soul_diff("a\n-- b", "a").splitlines()[3:] == [" a", "--- b"]


def test_same_text_has_no_diff() -> None:
    assert soul_diff("a\nb", "a\nb") == ""
