"""Handlers of the usage page."""

import reflex as rx

from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.pages.usage.view_models import (
    Bar,
    BudgetBar,
    Concern,
    ModelRow,
    Series,
    StackedBy,
    bars,
    budget_bars,
    euros,
    model_rows,
    series_of,
    warnings,
)
from letsbe_app.ui.portal.state import PortalState


class UsageState(PortalState):
    """What was used, and of what."""

    bars: list[Bar] = []
    series: list[Series] = []
    stacked_by: StackedBy = "agent"
    cost: str = ""
    """Of this month."""
    budgets: list[BudgetBar] = []
    rows: list[ModelRow] = []
    warnings: list[Concern] = []

    @rx.event
    async def load(self) -> None:
        await self._show(await self._enter())

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        if topic in {"tenant", "conversation", "resumed"}:
            await self._show(await self._enter())
        else:
            await self._refresh_frame()

    @rx.event
    async def stack_by(self, what: StackedBy) -> None:
        self.stacked_by = what
        await self._show(await self._actor())

    async def _show(self, actor: Actor) -> None:
        if not self.frame.has_server:
            return
        services, tenant_id = self._services(), self.frame.tenant_id
        report = await services.usage.report(actor, tenant_id)
        summary = await services.usage.summary(actor, tenant_id)
        alarms = (await services.secrets.list(actor, tenant_id)).alarms
        self.bars = bars(report, self.stacked_by)
        self.series = series_of(report, self.stacked_by, self._agent_names)
        self.cost = euros(summary.cost_micro_eur)
        self.budgets = budget_bars(report.budgets, self._agent_names)
        self.rows = model_rows(summary, self._agent_names)
        self.warnings = warnings(alarms, summary.alerts)
