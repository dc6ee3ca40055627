"""Handlers of the first page."""

import reflex as rx

from letsbe_app.fleet.tenants.history import Span
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.curves import Curve, curves_of
from letsbe_app.ui.pages.home.view_models import (
    Measure,
    Usage,
    is_set_up,
    measures,
    usage_of,
    wellbeing,
)
from letsbe_app.ui.portal.state import PortalState


class HomeState(PortalState):
    """How the server is, what was used, what a new owner may try."""

    wellbeing_text: str = ""
    last_seen_at: str = ""
    measures: list[Measure] = []
    usage: Usage = Usage()
    curves: list[Curve] = []
    span: str = Span.DAY.value
    has_talked: bool = False
    has_decided: bool = False
    has_set_agents: bool = False

    @rx.event
    async def load(self) -> None:
        actor = await self._enter()
        await self._refresh(actor)
        await self._draw(actor)

    @rx.event
    async def show_span(self, span: str) -> None:
        self.span = Span(span).value
        await self._draw(await self._actor())

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        actor = await self._enter()
        await self._refresh(actor)
        if topic == "resumed":
            await self._draw(actor)

    @rx.event
    async def set_stopped(self, is_stopped: bool) -> None:
        actor = await self._actor()
        await self._services().tenants.set_stopped(actor, self.frame.tenant_id, is_stopped)
        await self._refresh(await self._enter())

    async def _draw(self, actor: Actor) -> None:
        # Not with every heartbeat: the lines are long, and grow by a point a minute.
        if self.frame.has_server:
            history = await self._services().tenants.history(actor, self.frame.tenant_id, Span(self.span))
            self.curves = curves_of(history)

    async def _refresh(self, actor: Actor) -> None:
        services = self._services()
        if not self.frame.has_server:
            return
        tenant = await services.tenants.get(actor, self.frame.tenant_id)
        self.wellbeing_text = wellbeing(tenant)
        self.last_seen_at = tenant.last_seen_at.isoformat() if tenant.last_seen_at else ""
        self.measures = measures(tenant)
        self.usage = usage_of(await services.usage.summary(actor, tenant.id), self._agent_names)
        if self.frame.is_visit:
            return
        talked = await services.conversations.list(actor, tenant.id, limit=1)
        self.has_talked = bool(talked.items)
        self.has_decided = bool((await services.approvals.list_settled(actor, limit=1)).items)
        agents = await services.agents.list(actor, tenant.id)
        self.has_set_agents = any(is_set_up(agent) for agent in agents)
