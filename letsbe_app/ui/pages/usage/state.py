"""Handlers of the usage page."""

import reflex as rx

from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.pages.usage.view_models import (
    Bar,
    BudgetBar,
    Concern,
    ModelRow,
    bars,
    budget_bars,
    model_rows,
    warnings,
)
from letsbe_app.ui.portal.state import PortalState


class UsageState(PortalState):
    """What was used, and of what."""

    bars: list[Bar] = []
    budgets: list[BudgetBar] = []
    rows: list[ModelRow] = []
    warnings: list[Concern] = []

    @rx.event
    async def load(self) -> None:
        await self._show(await self._enter())

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        actor = await self._enter()
        if topic in {"tenant", "conversation", "resumed"}:
            await self._show(actor)

    async def _show(self, actor: Actor) -> None:
        if not self.frame.has_server:
            return
        services, tenant_id = self._services(), self.frame.tenant_id
        report = await services.usage.report(actor, tenant_id)
        summary = await services.usage.summary(actor, tenant_id)
        alarms = (await services.secrets.list(actor, tenant_id)).alarms
        self.bars = bars(report)
        self.budgets = budget_bars(report.budgets, self._agent_names)
        self.rows = model_rows(summary, self._agent_names)
        self.warnings = warnings(alarms, summary.alerts)
