"""Handlers of the agents' page."""

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import InvalidInput
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui import routes
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.agents.view_models import AgentCard, agent_card, with_unlock
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts
from letsbe_app.workforce.agents.schemas import AgentChanges


class AgentsState(PortalState):
    """The server's agents and their switches."""

    agents: list[AgentCard] = []
    is_adding: bool = False
    add_problem: str = ""

    _unlocked: dict[str, list[str]] = {}

    @rx.event
    async def load(self) -> None:
        await self._refresh(await self._enter())

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        if topic in {"approvals", "tenant", "resumed"}:
            await self._refresh(await self._enter())

    @rx.event
    async def set_level(self, agent_id: str, level: int) -> EventSpec:
        return await self._change(agent_id, AgentChanges(level=level))

    @rx.event
    async def set_unlock(self, agent_id: str, tool: str, is_on: bool) -> EventSpec:
        unlocked = with_unlock(self._unlocked.get(agent_id, []), tool, is_on=is_on)
        return await self._change(agent_id, AgentChanges(unlocked_tools=unlocked))

    @rx.event
    async def set_stopped(self, agent_id: str, is_stopped: bool) -> EventSpec:
        actor = await self._actor()
        await self._services().agents.set_stopped(actor, self.frame.tenant_id, agent_id, is_stopped)
        await self._refresh(actor)
        return show_toast(texts().agents.saved)

    @rx.event
    def ask_to_add(self) -> None:
        self.is_adding, self.add_problem = True, ""

    @rx.event
    def close_addition(self) -> None:
        self.is_adding = False

    @rx.event
    async def add(self, form: dict[str, str]) -> EventSpec | None:
        if not self.is_adding:
            # The second tap of two: the first one has added somebody and closed the dialog.
            return None
        actor = await self._actor()
        try:
            agent = await self._services().agents.add(
                actor, self.frame.tenant_id, form["template_id"], form.get("new_name", "")
            )
        except InvalidInput as exc:
            self.add_problem = exc.details[0].message if exc.details else exc.message
            return None
        self.is_adding = False
        return rx.redirect(f"{routes.AGENTS}/{agent.agent_id}")

    async def _change(self, agent_id: str, changes: AgentChanges) -> EventSpec:
        actor = await self._actor()
        await self._services().agents.update(actor, self.frame.tenant_id, agent_id, changes)
        await self._refresh(actor)
        return show_toast(texts().agents.saved)

    async def _refresh(self, actor: Actor) -> None:
        if not self.frame.has_server:
            return
        agents = await self._services().agents.list(actor, self.frame.tenant_id)
        self._unlocked = {agent.agent_id: agent.unlocked_tools for agent in agents}
        self.agents = [agent_card(agent) for agent in agents]
