"""Adding colleagues, and how they were set up before."""

from fastapi import APIRouter
from pydantic import Field, StrictInt

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.paging import Cursor, Limit, page_of
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.workforce.agents.history import VersionView
from letsbe_app.workforce.agents.schemas import AgentView
from letsbe_app.workforce.agents.templates import AgentTemplate, agent_templates

router = APIRouter(prefix="/customer", tags=["workforce"], route_class=IdempotentRoute)


class AddAgent(Body):
    template_id: str = Field(max_length=40, examples=["writer"])
    name: str = Field(default="", max_length=60)
    """Empty for the template's own."""
    parent_agent_id: str = Field(default="", max_length=40)


class Restore(Body):
    number: StrictInt = Field(ge=1, le=1_000_000)


@router.get("/agent-templates")
async def list_agent_templates(
    actor: CurrentActor, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[AgentTemplate]]:
    """Colleagues that may be added."""
    require(actor, Permission.READ)
    page = page_of(list(agent_templates()), lambda one: one.template_id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/tenants/{tenant_id}/agents", status_code=201)
async def add_agent(
    hub: HubServices, actor: ChangingActor, tenant_id: Id, body: AddAgent
) -> Answer[AgentView]:
    """Add a colleague from a template; it starts out asking before every change."""
    return answer(await hub.agents.add(actor, tenant_id, body.template_id, body.name, body.parent_agent_id))


@router.delete("/tenants/{tenant_id}/agents/{agent_id}")
async def remove_agent(hub: HubServices, actor: ChangingActor, tenant_id: Id, agent_id: Id) -> Answer[None]:
    """Remove a colleague that was added."""
    await hub.agents.remove(actor, tenant_id, agent_id)
    return answer(None)


@router.get("/tenants/{tenant_id}/agents/{agent_id}/versions")
async def list_agent_versions(
    hub: HubServices,
    actor: CurrentActor,
    tenant_id: Id,
    agent_id: Id,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[VersionView]]:
    """How the agent was set up, by whom and when; the newest first."""
    page = await hub.agents.history(actor, tenant_id, agent_id, cursor=cursor, limit=limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/tenants/{tenant_id}/agents/{agent_id}/restore")
async def restore_agent(
    hub: HubServices, actor: ChangingActor, tenant_id: Id, agent_id: Id, body: Restore
) -> Answer[AgentView]:
    """Set the agent up as in an earlier version; its kill switch stays as it is."""
    return answer(await hub.agents.restore(actor, tenant_id, agent_id, body.number))
