"""The approvals page: open ones, and what was decided."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.card_list import load_more
from letsbe_app.ui.components.dialog import dialog, dialog_buttons
from letsbe_app.ui.components.empty_state import empty_state
from letsbe_app.ui.components.field import text_area
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.page_head import page_head
from letsbe_app.ui.components.tabs import tabs
from letsbe_app.ui.pages.approvals.asked_card import asked_card
from letsbe_app.ui.pages.approvals.state import ApprovalsState
from letsbe_app.ui.portal.approval_card import approval_card
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.portal.view_models import CardGroup
from letsbe_app.ui.text import texts


def approvals_page() -> rx.Component:
    """Return the page."""
    t = texts().approvals
    state = ApprovalsState
    return portal_shell(
        page_head(
            t.title,
            aside=tabs(
                t.title,
                [
                    (t.open_tab, state.tab == "open", state.show_tab("open")),
                    (t.settled_tab, state.tab == "settled", state.show_tab("settled")),
                    (t.remembered_tab, state.tab == "remembered", state.show_tab("remembered")),
                ],
            ),
        ),
        rx.match(state.tab, ("settled", _settled()), ("remembered", _remembered()), _open()),
        _group_dialog(),
        asked_card(state.show),
        here=routes.APPROVALS,
        on_wake=state.woken,
    )


def _open() -> rx.Component:
    t = texts().approvals
    state = ApprovalsState
    return rx.cond(
        state.cards.length() > 0,
        rx.el.div(
            rx.el.h2(t.open_tab, class_name="sr-only"),
            rx.el.p(texts().common.keys_hint, class_name="text-sm text-muted max-sm:hidden"),
            rx.cond(state.frame.can_decide, rx.foreach(state.groups, _group)),
            rx.foreach(state.cards, approval_card),
            load_more(state.cards_cursor, state.more_cards),
            class_name="flex flex-col gap-4 max-w-[760px]",
        ),
        empty_state(t.none_open, t.none_open_detail, icon_name="shield-check"),
    )


def _group(group: rx.vars.ObjectVar[CardGroup]) -> rx.Component:
    """Return the way to decide what is alike with one tap."""
    t = texts().approvals
    return rx.el.div(
        rx.el.p(icon("layers", 18), group.title, class_name="flex items-center gap-2 font-medium min-w-0"),
        rx.el.div(
            button(t.approve_group, icon_name="check", on_click=ApprovalsState.ask_about(group.key, False)),
            button(t.deny_group, kind="quiet", on_click=ApprovalsState.ask_about(group.key, True)),
            class_name="flex flex-wrap gap-2",
        ),
        class_name=(
            "flex flex-wrap items-center justify-between gap-3 bg-sunken border border-line rounded-card "
            "p-3 sm:px-5"
        ),
    )


def _group_dialog() -> rx.Component:
    t = texts().approvals
    state = ApprovalsState
    return dialog(
        rx.el.form(
            rx.el.p(state.asked.title, class_name="font-medium"),
            rx.cond(~state.is_refusing, rx.el.p(t.group_detail, class_name="text-sm text-muted")),
            rx.el.ol(
                rx.foreach(
                    state.asked.summaries,
                    lambda summary: rx.el.li(
                        rx.el.code(summary, class_name="font-mono text-sm whitespace-pre-wrap wrap-anywhere"),
                        class_name="py-1.5",
                    ),
                ),
                tab_index=0,
                class_name="scrolls border border-line rounded-control px-3 max-h-72",
            ),
            rx.cond(
                state.is_refusing,
                text_area(t.deny_reason, "reason", hint=t.deny_hint, rows=3, max_length=500),
            ),
            dialog_buttons(
                rx.cond(
                    state.is_refusing,
                    button(t.deny_group, kind="danger", type="submit"),
                    button(t.approve_group, icon_name="check", type="submit"),
                ),
                on_cancel=state.close_group,
            ),
            on_submit=state.decide_group,
            class_name="flex flex-col gap-3",
        ),
        title=t.group_title,
        is_open=state.asked.key != "",
        on_dismiss=state.close_group,
    )


def _settled() -> rx.Component:
    t = texts().approvals
    state = ApprovalsState
    return rx.cond(
        state.settled.length() > 0,
        rx.el.div(
            rx.el.h2(t.settled_tab, class_name="sr-only"),
            rx.foreach(state.settled, approval_card),
            load_more(state.settled_cursor, state.more_settled),
            class_name="flex flex-col gap-4 max-w-[760px]",
        ),
        empty_state(t.none_settled, icon_name="history"),
    )


def _remembered() -> rx.Component:
    """Return what runs without asking, each with the way to take that back."""
    t = texts().approvals
    state = ApprovalsState
    return rx.cond(
        state.remembered.length() > 0,
        rx.el.div(
            rx.el.h2(t.remembered_tab, class_name="sr-only"),
            rx.el.p(t.remembered_hint, class_name="text-sm text-muted"),
            rx.foreach(state.remembered, approval_card),
            load_more(state.remembered_cursor, state.more_remembered),
            class_name="flex flex-col gap-4 max-w-[760px]",
        ),
        empty_state(t.none_remembered, t.none_remembered_detail, icon_name="shield-check"),
    )
