"""Handlers of one agent's page."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import Conflict, InvalidInput
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui import routes
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.diffs import NO_DIFF, Diff, diff_of
from letsbe_app.ui.pages.agent.view_models import (
    OTHER_MODEL,
    AgentSheet,
    Boss,
    Tool,
    VersionRow,
    bosses,
    budgets_from,
    sheet,
    tools_of,
    version_row,
)
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts
from letsbe_app.workforce.agents.defaults import default_soul, known_tools
from letsbe_app.workforce.agents.history import soul_diff
from letsbe_app.workforce.agents.schemas import AgentChanges
from letsbe_app.workforce.cleaned import is_cleaned


class AgentState(PortalState):
    """One agent, its versions, and what is about to be saved."""

    agent: AgentSheet = AgentSheet()
    tools: list[Tool] = []
    bosses: list[Boss] = []
    versions: list[VersionRow] = []
    versions_cursor: str = ""
    pending: str = ""
    """Why what was saved is not in force yet; empty when it is."""
    new_soul: str = ""
    diff: Diff = NO_DIFF
    is_saving_soul: bool = False
    soul_round: int = 0
    """Grows when the editor is to show the stored text anew."""
    is_other_model: bool = False
    restoring: str = ""
    is_removing: bool = False
    problem: str = ""

    @rx.event
    async def load(self) -> EventSpec | None:
        return await self._show(await self._enter())

    @rx.event
    async def woken(self, topic: str, _id: str) -> EventSpec | None:
        if topic not in {"tenant", "resumed"}:
            return None
        shown = self.agent.soul_md
        leads_away = await self._show(await self._enter())
        if leads_away is None and shown != self.agent.soul_md and is_cleaned(shown, self.agent.soul_md):
            # What was typed must not be saved once more.
            self.soul_round += 1
            return show_toast(texts().agent.soul_cleaned)
        return leads_away

    @rx.event
    async def save_about(self, form: dict[str, str]) -> EventSpec:
        return await self._change(AgentChanges(name=form["agent_name"].strip(), duty=form["duty"].strip()))

    @rx.event
    async def set_tool(self, tool: str, is_on: bool) -> EventSpec:
        others = [one.name for one in self.tools if one.is_on and one.name != tool]
        return await self._change(AgentChanges(tools=[*others, tool] if is_on else others))

    @rx.event
    async def set_model(self, model: str) -> EventSpec | None:
        self.is_other_model = model == OTHER_MODEL
        return None if self.is_other_model else await self._change(AgentChanges(model=model))

    @rx.event
    async def save_model(self, form: dict[str, str]) -> EventSpec:
        return await self._change(AgentChanges(model=form["model_id"].strip()))

    @rx.event
    async def set_premium(self, is_on: bool) -> EventSpec:
        model = None if is_on or not self.agent.model_id else "balanced"
        return await self._change(AgentChanges(has_premium=is_on, model=model))

    @rx.event
    async def set_parent(self, agent_id: str) -> EventSpec:
        return await self._change(AgentChanges(parent_agent_id=agent_id))

    @rx.event
    async def save_budgets(self, form: dict[str, str]) -> EventSpec:
        agents = await self._services().agents.list(await self._actor(), self.frame.tenant_id)
        found = next((one for one in agents if one.agent_id == self.agent.agent_id), None)
        try:
            budgets = budgets_from(form, found.budgets if found else ())
        except InvalidInput as exc:
            return show_toast(exc.details[0].message, "danger")
        return await self._change(AgentChanges(budgets=budgets))

    @rx.event
    async def set_stopped(self, is_stopped: bool) -> EventSpec:
        actor = await self._actor()
        agents = self._services().agents
        await agents.set_stopped(actor, self.frame.tenant_id, self.agent.agent_id, is_stopped)
        await self._show(actor)
        return show_toast(texts().agents.saved)

    @rx.event
    def preview_soul(self, form: dict[str, str]) -> None:
        self._preview(form["soul_md"])

    @rx.event
    def preview_original(self) -> None:
        self._preview(default_soul(self.agent.agent_id))

    def _preview(self, text: str) -> None:
        self.new_soul = text.replace("\r\n", "\n")
        self.diff = diff_of(soul_diff(self.agent.soul_md, self.new_soul))
        self.is_saving_soul = True

    @rx.event
    async def save_soul(self) -> EventSpec:
        told = await self._change(AgentChanges(soul_md=self.new_soul))
        self.is_saving_soul = False
        self.soul_round += 1
        return told

    @rx.event
    async def ask_to_restore(self, number: str) -> None:
        self.restoring = number

    @rx.event
    async def restore(self) -> EventSpec:
        actor, number = await self._actor(), int(self.restoring)
        self.restoring = ""
        agents = self._services().agents
        try:
            await agents.restore(actor, self.frame.tenant_id, self.agent.agent_id, number)
        except InvalidInput as exc:
            return show_toast(_first(exc), "danger")
        self.soul_round += 1
        await self._show(actor)
        return show_toast(texts().agents.saved)

    @rx.event
    def ask_to_remove(self) -> None:
        self.is_removing = True

    @rx.event
    async def remove(self) -> Any:
        self.is_removing = False
        try:
            agents = self._services().agents
            await agents.remove(await self._actor(), self.frame.tenant_id, self.agent.agent_id)
        except Conflict as exc:
            return show_toast(exc.message, "danger")
        return [rx.redirect(routes.AGENTS, replace=True), show_toast(texts().agent.removed)]

    @rx.event
    def close(self) -> None:
        self.is_saving_soul, self.restoring, self.is_removing = False, "", False

    @rx.event
    async def more_versions(self) -> None:
        await self._load_versions(await self._actor(), self.versions_cursor)

    async def _change(self, changes: AgentChanges) -> EventSpec:
        actor = await self._actor()
        try:
            agents = self._services().agents
            await agents.update(actor, self.frame.tenant_id, self.agent.agent_id, changes)
        except InvalidInput as exc:
            await self._show(actor)
            return show_toast(_first(exc), "danger")
        await self._show(actor)
        return show_toast(texts().agents.saved)

    async def _show(self, actor: Actor) -> EventSpec | None:
        if not self.frame.has_server:
            return None
        wanted = self.router.url.path.rstrip("/").rpartition("/")[2]
        agents = await self._services().agents.list(actor, self.frame.tenant_id)
        found = next((one for one in agents if one.agent_id == wanted), None)
        if found is None:
            return rx.redirect(routes.AGENTS, replace=True)
        self.agent = sheet(found)
        self.is_other_model = self.agent.model == OTHER_MODEL
        self.tools = tools_of(found, sorted(known_tools()))
        self.bosses = bosses(agents, wanted)
        tenant = await self._services().tenants.get(actor, self.frame.tenant_id)
        is_behind = tenant.applied_config_version < tenant.config_version
        t = texts().agent
        waits = t.pending if tenant.is_online else t.pending_offline
        told = t.refused.format(reason=tenant.config_refusal) if tenant.config_refusal else waits
        self.pending = told if is_behind else ""
        await self._load_versions(actor)
        return None

    async def _load_versions(self, actor: Actor, cursor: str | None = None) -> None:
        page = await self._services().agents.history(
            actor, self.frame.tenant_id, self.agent.agent_id, cursor=cursor, limit=10
        )
        rows = [version_row(version) for version in page.items]
        self.versions = [*self.versions, *rows] if cursor else rows
        self.versions_cursor = page.next_cursor or ""


def _first(problem: InvalidInput) -> str:
    return problem.details[0].message if problem.details else problem.message
