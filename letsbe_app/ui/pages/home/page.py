"""The portal's first page: is my server well, what waits, what next."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from letsbe_app.fleet.tenants.history import Span
from letsbe_app.ui import routes
from letsbe_app.ui.components.avatar import avatar
from letsbe_app.ui.components.button import button, link, link_button
from letsbe_app.ui.components.card import card, section
from letsbe_app.ui.components.curve import curve
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.meter import meter
from letsbe_app.ui.components.tabs import tabs
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.home.state import HomeState
from letsbe_app.ui.pages.home.view_models import AgentUsage, Measure
from letsbe_app.ui.portal.approval_card import approval_card
from letsbe_app.ui.portal.shell import no_server, portal_shell
from letsbe_app.ui.text import texts


def home_page() -> rx.Component:
    """Return the page."""
    return portal_shell(
        rx.cond(
            HomeState.frame.has_server,
            rx.fragment(
                _wellbeing(),
                _waiting(),
                rx.el.div(
                    rx.el.div(_getting_started(), _quick_actions(), class_name="flex flex-col gap-6 min-w-0"),
                    rx.el.div(_measures(), _usage(), class_name="flex flex-col gap-6 min-w-0"),
                    class_name="grid gap-6 lg:grid-cols-[3fr_2fr] items-start",
                ),
            ),
            no_server(),
        ),
        rx.cond(HomeState.frame.has_server, _history()),
        here=routes.HOME,
        on_wake=HomeState.woken,
        needs_server=False,
    )


def _wellbeing() -> rx.Component:
    frame = HomeState.frame
    is_well = frame.is_ready & ~frame.is_stopped
    return rx.el.div(
        rx.el.div(
            rx.el.span(
                class_name=rx.cond(
                    is_well,
                    "size-3 rounded-pill bg-green shrink-0 mt-2 sm:mt-3",
                    "size-3 rounded-pill bg-yellow shrink-0 mt-2 sm:mt-3",
                ),
                aria_hidden="true",
            ),
            rx.el.div(
                rx.el.h1(HomeState.wellbeing_text, class_name="text-2xl sm:text-3xl font-semibold"),
                rx.el.p(
                    frame.server_name,
                    rx.cond(
                        HomeState.last_seen_at != "",
                        rx.el.span(" · ", time_ago(HomeState.last_seen_at, prefix=texts().home.last_seen)),
                    ),
                    class_name="text-muted mt-1",
                ),
                class_name="min-w-0",
            ),
            class_name="flex items-start gap-3 grow basis-80 min-w-0",
        ),
        rx.cond(
            frame.can_manage,
            rx.cond(
                frame.is_stopped,
                button(texts().home.resume_all, icon_name="play", on_click=HomeState.set_stopped(False)),
                button(
                    texts().home.stop_all,
                    kind="danger",
                    icon_name="octagon-pause",
                    title=texts().home.stop_all_detail,
                    on_click=HomeState.set_stopped(True),
                ),
            ),
        ),
        class_name="flex flex-wrap items-start gap-3",
    )


def _waiting() -> rx.Component:
    t = texts().home
    return section(
        t.waiting_title,
        rx.cond(
            HomeState.cards.length() > 0,
            rx.el.div(
                rx.foreach(HomeState.cards[:2], approval_card),
                class_name="grid gap-4 lg:grid-cols-2 items-start",
            ),
            rx.el.p(icon("check", 18), t.nothing_waiting, class_name="flex items-center gap-2 text-muted"),
        ),
        aside=link(t.all_approvals, to=routes.APPROVALS, class_name="text-sm"),
    )


def _getting_started() -> rx.Component:
    t = texts().home
    return rx.cond(
        HomeState.has_talked & HomeState.has_decided & HomeState.has_set_agents,
        rx.fragment(),
        section(
            t.start_title,
            card(
                rx.el.ul(
                    _step(
                        t.start_ask, t.start_ask_detail, routes.chat_with("it-admin"), HomeState.has_talked
                    ),
                    _step(
                        t.start_approve,
                        t.start_approve_detail,
                        routes.chat_with("it-admin"),
                        HomeState.has_decided,
                    ),
                    _step(t.start_agents, t.start_agents_detail, routes.AGENTS, HomeState.has_set_agents),
                    class_name="divide-y divide-line",
                ),
                class_name="!py-1",
            ),
        ),
    )


def _step(title: str, detail: str, to: str, is_done: Any) -> rx.Component:
    mark = rx.cond(
        is_done,
        rx.el.span(
            icon("check", 14),
            class_name="size-6 shrink-0 rounded-pill bg-accent text-on-accent inline-flex items-center justify-center",
        ),
        rx.el.span(class_name="size-6 shrink-0 rounded-pill border-2 border-line"),
    )
    return rx.el.li(
        ReactRouterLink.create(
            mark,
            rx.el.span(
                rx.el.span(title, class_name="block font-medium"),
                rx.el.span(detail, class_name="block text-sm text-muted"),
                rx.cond(is_done, rx.el.span(texts().home.done, class_name="sr-only")),
                class_name="grow min-w-0",
            ),
            icon("chevron-right", class_name="text-muted"),
            to=to,
            class_name="flex items-center gap-3 py-3 min-h-target hover:text-accent",
        )
    )


def _quick_actions() -> rx.Component:
    t = texts().home
    actions = (
        (t.quick_check, "activity", "it-admin", t.quick_check_message),
        (t.quick_draft, "mail", "marketing", t.quick_draft_message),
        (t.quick_mail, "reply", "secretary", t.quick_mail_message),
    )
    return section(
        t.quick_title,
        rx.el.div(
            *[
                link_button(name, routes.chat_with(agent, message), kind="quiet", icon_name=glyph)
                for name, glyph, agent, message in actions
            ],
            class_name="flex flex-wrap gap-2",
        ),
    )


def _measures() -> rx.Component:
    def one(measure: rx.vars.ObjectVar[Measure]) -> rx.Component:
        return meter(
            measure.label, value_text=measure.value_text, percent=measure.percent, is_tight=measure.is_tight
        )

    return rx.cond(
        HomeState.measures.length() > 0,
        section(
            texts().home.measures_title,
            card(rx.foreach(HomeState.measures, one), class_name="flex flex-col gap-4"),
        ),
    )


def _history() -> rx.Component:
    t, state = texts().home, HomeState
    return section(
        t.history_title,
        rx.cond(
            state.curves.length() > 0,
            rx.el.div(rx.foreach(state.curves, curve), class_name="grid sm:grid-cols-3 gap-3"),
            card(rx.el.p(t.history_none, class_name="text-muted")),
        ),
        aside=tabs(
            t.history_title,
            [
                (t.history_day, state.span == Span.DAY, state.show_span(Span.DAY)),
                (t.history_month, state.span == Span.MONTH, state.show_span(Span.MONTH)),
            ],
        ),
    )


def _usage() -> rx.Component:
    t = texts().home

    def one(agent: rx.vars.ObjectVar[AgentUsage]) -> rx.Component:
        return rx.el.div(
            avatar(agent.agent_id, size="size-8"),
            rx.el.div(
                meter(agent.name, value_text=agent.tokens_text, percent=agent.percent),
                class_name="grow min-w-0",
            ),
            class_name="flex items-center gap-3",
        )

    return section(
        t.usage_title,
        card(
            rx.cond(
                HomeState.usage.agents.length() > 0,
                rx.el.div(
                    rx.el.p(HomeState.usage.total_text, class_name="text-xl font-semibold tabular"),
                    rx.foreach(HomeState.usage.agents, one),
                    class_name="flex flex-col gap-4",
                ),
                rx.el.p(t.usage_none, class_name="text-muted"),
            ),
        ),
        aside=link(texts().usage.title, to=routes.USAGE, class_name="text-sm"),
    )
