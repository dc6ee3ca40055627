"""The usage page: what was used day by day, by whom, and how much is left."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.avatar import avatar
from letsbe_app.ui.components.button import link, link_button
from letsbe_app.ui.components.card import card, section
from letsbe_app.ui.components.download_link import download_link
from letsbe_app.ui.components.empty_state import empty_state
from letsbe_app.ui.components.fold import fold
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.meter import meter
from letsbe_app.ui.components.tabs import tabs
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.usage.state import UsageState
from letsbe_app.ui.pages.usage.view_models import Bar, BudgetBar, Concern, ModelRow, Part, Series
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.text import texts

_CELL = "py-2 pr-4 text-left"


def usage_page() -> rx.Component:
    """Return the page."""
    t = texts().usage
    return portal_shell(
        rx.el.div(
            rx.el.h1(t.title, class_name="text-2xl font-semibold"),
            rx.el.p(t.intro, class_name="text-muted mt-1 max-w-measure"),
        ),
        _warnings(),
        _budgets(),
        rx.cond(
            UsageState.bars.length() > 0,
            rx.fragment(_days(), _rows()),
            card(
                empty_state(
                    t.none_yet,
                    t.none_yet_detail,
                    icon_name="chart-column",
                    action=link_button(t.write, routes.CHAT, kind="quiet"),
                )
            ),
        ),
        here=routes.USAGE,
        on_wake=UsageState.woken,
    )


def _warnings() -> rx.Component:
    t = texts().usage

    def one(warning: rx.vars.ObjectVar[Concern]) -> rx.Component:
        return rx.el.li(
            icon(
                "triangle-alert", 20, rx.cond(warning.is_alarm, "text-red shrink-0", "text-yellow shrink-0")
            ),
            rx.el.div(
                rx.el.p(warning.title, class_name="font-medium"),
                rx.el.p(warning.detail, class_name="text-sm max-w-measure"),
                rx.el.p(time_ago(warning.at), class_name="text-sm text-muted"),
                rx.cond(warning.is_alarm, link(t.alarm_open, to=routes.SECRETS)),
                class_name="min-w-0",
            ),
            class_name="flex gap-3 py-3",
        )

    return rx.cond(
        UsageState.warnings.length() > 0,
        section(
            t.alerts,
            card(rx.el.ul(rx.foreach(UsageState.warnings, one), class_name="divide-y divide-line -my-3")),
        ),
    )


def _budgets() -> rx.Component:
    t = texts().usage

    def one(budget: rx.vars.ObjectVar[BudgetBar]) -> rx.Component:
        return meter(budget.name, value_text=budget.value, percent=budget.percent, is_tight=budget.is_tight)

    return section(
        t.budgets,
        card(
            rx.cond(
                UsageState.budgets.length() > 0,
                rx.foreach(UsageState.budgets, one),
                rx.el.p(t.no_budgets, class_name="text-muted"),
            ),
            class_name="flex flex-col gap-4",
        ),
        aside=link(t.set_budgets, to=routes.AGENTS),
    )


def _days() -> rx.Component:
    t, state = texts().usage, UsageState
    return section(
        t.days,
        card(
            rx.el.p(t.days_detail, class_name="text-sm text-muted max-w-measure"),
            tabs(
                t.stacked,
                [
                    (t.stacked_by_agent, state.stacked_by == "agent", state.stack_by("agent")),
                    (t.stacked_by_model, state.stacked_by == "model", state.stack_by("model")),
                ],
            ),
            # The table below says the same in words.
            rx.el.div(
                rx.foreach(state.bars, _bar),
                aria_hidden="true",
                class_name="flex items-end gap-0.5 sm:gap-1 h-40 border-b border-line",
            ),
            rx.el.ul(
                rx.foreach(state.series, _legend),
                aria_label=t.legend,
                class_name="flex flex-wrap gap-x-5 gap-y-1 text-sm",
            ),
            rx.el.div(
                download_link(t.as_csv, f"/api/v1/customer/tenants/{state.frame.tenant_id}/usage/report.csv")
            ),
            fold(t.as_table, _table()),
            class_name="flex flex-col gap-3",
        ),
    )


def _bar(day: rx.vars.ObjectVar[Bar]) -> rx.Component:
    def part(one: rx.vars.ObjectVar[Part]) -> rx.Component:
        return rx.el.div(
            style={"height": rx.Var.create(one.percent).to(str) + "%", "background": one.colour},
            class_name="w-full shrink-0",
        )

    return rx.el.div(
        rx.el.div(
            rx.foreach(day.parts, part),
            style={"height": rx.Var.create(day.percent).to(str) + "%"},
            class_name="w-full rounded-t-sm min-h-px overflow-hidden flex flex-col-reverse",
        ),
        title=rx.Var.create(f"{day.day}: {day.tokens}, {day.cost}"),
        class_name="flex-1 h-full flex items-end min-w-0",
    )


def _legend(one: rx.vars.ObjectVar[Series]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            aria_hidden="true", style={"background": one.colour}, class_name="size-3 rounded-sm shrink-0"
        ),
        rx.el.span(one.name, class_name="wrap-anywhere"),
        rx.el.span(one.tokens, ", ", one.cost, class_name="text-muted tabular whitespace-nowrap"),
        class_name="inline-flex items-center gap-2 min-w-0",
    )


def _table() -> rx.Component:
    t = texts().usage

    def row(day: rx.vars.ObjectVar[Bar]) -> rx.Component:
        return rx.el.tr(
            rx.el.td(day.day, class_name=f"{_CELL} tabular"),
            rx.el.td(day.tokens, class_name="py-2 pr-4 text-right tabular"),
            rx.el.td(day.cost, class_name="py-2 text-right tabular"),
        )

    return rx.el.table(
        rx.el.caption(t.days, class_name="sr-only"),
        rx.el.thead(
            rx.el.tr(
                rx.el.th(t.day, scope="col", class_name=_CELL),
                rx.el.th(t.tokens_column, scope="col", class_name="py-2 pr-4 text-right"),
                rx.el.th(t.cost_column, scope="col", class_name="py-2 text-right"),
            )
        ),
        rx.el.tbody(rx.foreach(UsageState.bars, row), class_name="divide-y divide-line"),
        class_name="w-full max-w-sm text-sm",
    )


def _rows() -> rx.Component:
    t = texts().usage

    def row(line: rx.vars.ObjectVar[ModelRow]) -> rx.Component:
        return rx.el.li(
            avatar(line.agent_id, size="size-8"),
            rx.el.div(
                rx.el.p(line.agent, class_name="font-medium"),
                rx.el.p(line.model, class_name="text-sm text-muted wrap-anywhere"),
                class_name="grow min-w-0",
            ),
            rx.el.div(
                rx.el.p(line.tokens, class_name="tabular"),
                rx.el.p(
                    line.share,
                    ", ",
                    line.cost,
                    rx.cond(line.is_estimated, rx.el.span(f", {t.estimated}")),
                    class_name="text-sm text-muted tabular whitespace-nowrap",
                ),
                class_name="text-right shrink-0",
            ),
            class_name="flex items-center gap-3 py-3",
        )

    return section(
        t.by_agent,
        card(
            rx.el.p(t.by_agent_detail, " ", t.worth, " ", UsageState.cost, class_name="text-sm text-muted"),
            rx.el.ul(rx.foreach(UsageState.rows, row), class_name="divide-y divide-line"),
        ),
    )
