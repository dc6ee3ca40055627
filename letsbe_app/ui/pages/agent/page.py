"""One agent's page: what it is, what it may use, what it costs, and how it was set up before."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.button import button, link
from letsbe_app.ui.components.card import panel
from letsbe_app.ui.components.dialog import question
from letsbe_app.ui.components.field import INPUT, field
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.switch import switch
from letsbe_app.ui.pages.agent.soul import soul
from letsbe_app.ui.pages.agent.state import AgentState
from letsbe_app.ui.pages.agent.versions import versions
from letsbe_app.ui.pages.agent.view_models import BUDGET_FIELDS, OTHER_MODEL, Boss, Tool
from letsbe_app.ui.portal.agent_head import agent_head
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.text import texts


def agent_page() -> rx.Component:
    """Return the page."""
    return portal_shell(
        _head(),
        rx.cond(
            AgentState.pending != "",
            rx.el.p(
                icon("loader", 16),
                AgentState.pending,
                role="status",
                class_name="flex items-center gap-2 text-sm text-info",
            ),
        ),
        rx.cond(~AgentState.frame.can_manage, rx.el.p(texts().agent.owner_only, class_name="text-muted")),
        # What nobody may change here can still be read.
        rx.el.fieldset(
            rx.el.div(soul(), _tools(), class_name="flex flex-col gap-5 min-w-0"),
            rx.el.div(
                _about(),
                _model(),
                _budgets(),
                versions(),
                _removal(),
                class_name="flex flex-col gap-5 min-w-0",
            ),
            disabled=~AgentState.frame.can_manage,
            class_name="min-w-0 grid gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] items-start",
        ),
        here=routes.AGENTS,
        on_wake=AgentState.woken,
    )


def _head() -> rx.Component:
    return rx.el.div(
        link(icon("arrow-left", 16), texts().agent.back, to=routes.AGENTS, class_name="gap-1.5 w-fit"),
        agent_head(AgentState.agent, lambda is_stopped: AgentState.set_stopped(is_stopped), level="h1"),
        class_name="flex flex-col gap-2",
    )


def _about() -> rx.Component:
    t, agent = texts().agent, AgentState.agent
    return panel(
        t.about,
        rx.el.form(
            # Each by itself: what is saved elsewhere takes away nothing typed in the other.
            field(
                t.name,
                "agent_name",
                is_required=True,
                max_length=60,
                default_value=agent.name,
                key=agent.name,
            ),
            field(t.duty, "duty", max_length=200, default_value=agent.duty, key=agent.duty),
            button(t.save, type="submit", kind="quiet", class_name="self-end"),
            on_submit=AgentState.save_about,
            key=agent.agent_id,
            data_unsaved=texts().common.unsaved,
            class_name="flex flex-col gap-4",
        ),
    )


def _model() -> rx.Component:
    t, agent = texts().agent, AgentState.agent
    models = (("basic", t.model_basic), ("balanced", t.model_balanced), ("complex", t.model_complex))
    return panel(
        t.model,
        rx.el.select(
            *[rx.el.option(name, value=value) for value, name in models],
            rx.cond(agent.has_premium, rx.el.option(t.model_other, value=OTHER_MODEL)),
            value=rx.cond(AgentState.is_other_model, OTHER_MODEL, agent.model),
            on_change=AgentState.set_model,
            aria_label=t.model,
            class_name=f"{INPUT} cursor-pointer",
        ),
        rx.cond(
            AgentState.is_other_model & agent.has_premium,
            rx.el.form(
                field(t.model_id, "model_id", is_required=True, default_value=agent.model_id, max_length=120),
                button(t.save, type="submit", kind="quiet", class_name="self-end"),
                on_submit=AgentState.save_model,
                class_name="flex flex-col gap-3",
            ),
        ),
        switch(t.premium, detail=t.premium_detail, is_on=agent.has_premium, on_change=AgentState.set_premium),
        detail=t.model_detail,
    )


def _budgets() -> rx.Component:
    t, agent = texts().agent, AgentState.agent

    def boss(one: rx.vars.ObjectVar[Boss]) -> rx.Component:
        return rx.el.option(one.name, value=one.agent_id)

    return panel(
        t.budgets,
        rx.el.form(
            *[
                field(
                    getattr(t, name),
                    name,
                    input_mode="numeric",
                    max_length=9,
                    default_value=getattr(agent, name),
                    key=getattr(agent, name),
                    auto_complete="off",
                )
                for name in BUDGET_FIELDS
            ],
            button(t.save, type="submit", kind="quiet", class_name="self-end"),
            on_submit=AgentState.save_budgets,
            key=agent.agent_id,
            data_unsaved=texts().common.unsaved,
            class_name="flex flex-col gap-3",
        ),
        rx.el.div(
            rx.el.label(t.parent, html_for="parent", class_name="font-medium"),
            rx.el.p(t.parent_detail, class_name="text-sm text-muted"),
            rx.el.select(
                rx.el.option(t.nobody, value=""),
                rx.foreach(AgentState.bosses, boss),
                id="parent",
                value=agent.parent_agent_id,
                on_change=AgentState.set_parent,
                class_name=f"{INPUT} cursor-pointer",
            ),
            class_name="flex flex-col gap-1.5",
        ),
        detail=t.budgets_detail,
    )


def _tools() -> rx.Component:
    t = texts().agent

    def one(tool: rx.vars.ObjectVar[Tool]) -> rx.Component:
        return switch(
            tool.words,
            detail=rx.el.code(tool.name, class_name="font-mono text-xs"),
            is_on=tool.is_on,
            on_change=lambda is_on: AgentState.set_tool(tool.name, is_on),
        )

    return panel(
        t.tools,
        rx.el.div(rx.foreach(AgentState.tools, one), class_name="flex flex-col divide-y divide-line"),
        detail=t.tools_detail,
    )


def _removal() -> rx.Component:
    t = texts().agent
    return rx.cond(
        AgentState.agent.is_default,
        rx.fragment(),
        rx.el.div(
            button(t.remove, kind="danger", icon_name="trash-2", on_click=AgentState.ask_to_remove),
            question(
                rx.el.p(t.remove_detail),
                confirm=button(t.remove_confirm, kind="danger", on_click=AgentState.remove),
                title=t.remove_title,
                is_open=AgentState.is_removing,
                on_dismiss=AgentState.close,
            ),
        ),
    )
