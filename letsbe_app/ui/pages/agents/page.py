"""The agents' page: what each may do, as sentences with switches."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.button import button, link_button
from letsbe_app.ui.components.card import card
from letsbe_app.ui.components.choice_card import choice_card
from letsbe_app.ui.components.dialog import dialog
from letsbe_app.ui.components.field import INPUT, field
from letsbe_app.ui.components.fold import fold
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.page_head import page_head
from letsbe_app.ui.components.switch import switch
from letsbe_app.ui.pages.agents.state import AgentsState
from letsbe_app.ui.pages.agents.view_models import AgentCard, Unlock
from letsbe_app.ui.portal.agent_head import agent_head
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.text import texts
from letsbe_app.workforce.agents.templates import agent_templates


def agents_page() -> rx.Component:
    """Return the page."""
    t = texts().agents
    return portal_shell(
        page_head(
            t.title,
            t.intro,
            aside=rx.cond(
                AgentsState.frame.can_manage,
                button(texts().agent.add, icon_name="plus", on_click=AgentsState.ask_to_add),
            ),
        ),
        _addition(),
        rx.el.div(rx.foreach(AgentsState.agents, _agent), class_name="grid gap-5 lg:grid-cols-2 items-start"),
        here=routes.AGENTS,
        on_wake=AgentsState.woken,
    )


def _agent(agent: rx.vars.ObjectVar[AgentCard]) -> rx.Component:
    t = texts().agents
    return card(
        agent_head(
            agent,
            lambda is_stopped: AgentsState.set_stopped(agent.agent_id, is_stopped),
            link_button(
                texts().agent.settings,
                f"{routes.AGENTS}/{agent.agent_id}",
                kind="quiet",
                icon_name="sliders-horizontal",
            ),
            level="h2",
        ),
        rx.el.div(
            rx.el.p(
                icon("shield-check", 16, "mt-1 text-muted"),
                rx.match(agent.level, (1, t.level_1), (3, t.level_3), t.level_2),
                class_name="flex items-start gap-2",
            ),
            rx.cond(
                AgentsState.frame.can_manage,
                fold(t.limits, _levels(agent), _unlocks(agent), class_name="flex flex-col gap-5 pt-2"),
            ),
            class_name="border-t border-line pt-3",
        ),
        data_agent=agent.agent_id,
        class_name="flex flex-col gap-4",
    )


def _addition() -> rx.Component:
    t = texts().agent
    return dialog(
        rx.el.p(t.add_detail, class_name="text-muted"),
        rx.el.form(
            rx.el.div(
                rx.el.label(t.add_template, html_for="template_id", class_name="font-medium"),
                rx.el.select(
                    *[
                        rx.el.option(f"{one.name}: {one.duty}", value=one.template_id)
                        for one in agent_templates()
                    ],
                    id="template_id",
                    name="template_id",
                    class_name=f"{INPUT} cursor-pointer",
                ),
                class_name="flex flex-col gap-1.5",
            ),
            field(t.name, "new_name", max_length=60, error=AgentsState.add_problem, auto_complete="off"),
            rx.el.div(button(t.add_confirm, type="submit"), class_name="flex justify-end"),
            on_submit=AgentsState.add,
            class_name="flex flex-col gap-4",
        ),
        title=t.add_title,
        is_open=AgentsState.is_adding,
        on_dismiss=AgentsState.close_addition,
    )


def _levels(agent: rx.vars.ObjectVar[AgentCard]) -> rx.Component:
    t = texts().agents
    levels = (
        (1, t.level_1, t.level_1_detail),
        (2, t.level_2, t.level_2_detail),
        (3, t.level_3, t.level_3_detail),
    )
    return rx.el.fieldset(
        rx.el.legend(t.level, class_name="font-medium mb-2"),
        *[
            choice_card(
                title,
                detail,
                name=f"level-{agent.agent_id}",
                value=str(level),
                is_chosen=agent.level == level,
                on_choose=lambda _value, level=level: AgentsState.set_level(agent.agent_id, level),
            )
            for level, title, detail in levels
        ],
        class_name="flex flex-col gap-2",
    )


def _unlocks(agent: rx.vars.ObjectVar[AgentCard]) -> rx.Component:
    t = texts().agents

    def one(unlock: rx.vars.ObjectVar[Unlock]) -> rx.Component:
        return switch(
            unlock.sentence,
            is_on=unlock.is_on,
            on_change=lambda is_on: AgentsState.set_unlock(agent.agent_id, unlock.tool, is_on),
        )

    return rx.el.fieldset(
        rx.el.legend(t.unlocks, class_name="font-medium"),
        rx.el.p(t.unlocks_detail, class_name="text-sm text-muted"),
        rx.cond(
            agent.unlocks.length() > 0,
            rx.foreach(agent.unlocks, one),
            rx.el.p(t.no_unlocks, class_name="text-sm mt-2"),
        ),
        class_name="flex flex-col gap-1",
    )
