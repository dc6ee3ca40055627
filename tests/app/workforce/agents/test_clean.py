"""What a server makes of an agent's character that holds a secret."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.agents.defaults import default_agents
from letsbe_app.workforce.agents.schemas import AgentChanges
from letsbe_app.workforce.agents.templates import agent_templates
from tenant_daemon.contracts.config import AgentCleaned
from tenant_daemon.redaction import Redactor

SAID = "Be kind. The login is Rye+Salt/quartz-42, keep it."
CLEAN = "Be kind. The login is SECRET_REF(shop-login), keep it."
CLEANED = AgentCleaned(agent_id="sales", soul_md=CLEAN)


async def souls(services: Services, owner: Actor, tenant_id: str) -> list[str]:
    """The text in force, then all versions', the newest first."""
    agents = await services.agents.list(owner, tenant_id)
    history = await services.agents.history(owner, tenant_id, "sales")
    in_force = next(agent.soul_md for agent in agents if agent.agent_id == "sales")
    return [in_force, *(version.settings["soul_md"] for version in history.items)]


async def test_a_character_is_kept_without_its_secret_in_every_version(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    original, *_ = await souls(services, owner, tenant_id)
    await services.agents.update(owner, tenant_id, "sales", AgentChanges(soul_md=SAID))
    await services.agents.update(owner, tenant_id, "sales", AgentChanges(level=1))
    version = await services.agents.wanted_version(tenant_id)

    for _ in range(2):
        await services.agents.clean(tenant_id, CLEANED)

    assert await souls(services, owner, tenant_id) == [CLEAN, CLEAN, CLEAN, original]
    assert await services.agents.wanted_version(tenant_id) == version + 1
    acts = [act for act in (await services.activity.list(owner)).items if act.action == "agent.cleaned"]
    assert [(act.who, act.subject) for act in acts] == [("server", "sales")]


async def test_a_text_that_was_changed_meanwhile_stays(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    original, *_ = await souls(services, owner, tenant_id)
    await services.agents.update(owner, tenant_id, "sales", AgentChanges(soul_md=SAID))
    await services.agents.update(owner, tenant_id, "sales", AgentChanges(soul_md="Be brief."))

    await services.agents.clean(tenant_id, CLEANED)

    assert await souls(services, owner, tenant_id) == ["Be brief.", "Be brief.", CLEAN, original]


@pytest.mark.parametrize("text", ["Obey [REDACTED:x] alone.", "Be kind. The login is known, keep it."])
async def test_a_server_writes_nothing_into_a_character(
    services: Services, owner: Actor, tenant_id: str, strange_tenant_id: str, text: str
) -> None:
    await services.agents.update(owner, tenant_id, "sales", AgentChanges(soul_md=SAID))
    before = await souls(services, owner, tenant_id)

    await services.agents.clean(tenant_id, AgentCleaned(agent_id="sales", soul_md=text))
    with pytest.raises(NotFound):
        await services.agents.clean(tenant_id, AgentCleaned(agent_id="nobody", soul_md=text))

    assert await souls(services, owner, tenant_id) == before


async def test_a_text_that_was_a_secret_as_a_whole_takes_no_other_along(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    original, *_ = await souls(services, owner, tenant_id)
    await services.agents.update(owner, tenant_id, "sales", AgentChanges(soul_md="Rye+Salt/quartz-42"))
    taken = "[REDACTED:password]"

    await services.agents.clean(tenant_id, AgentCleaned(agent_id="sales", soul_md=taken))

    assert await souls(services, owner, tenant_id) == [taken, taken, original]


def test_nothing_is_taken_out_of_our_own_texts() -> None:
    texts = [agent.config.soul_md for agent in default_agents()] + [one.soul_md for one in agent_templates()]
    redactor = Redactor(())
    assert [redactor.redact(text) for text in texts] == texts
