"""The approvals page: open ones, and what was decided."""

from typing import Any

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.empty_state import empty_state
from letsbe_app.ui.components.tabs import tabs
from letsbe_app.ui.pages.approvals.state import ApprovalsState
from letsbe_app.ui.portal.approval_card import approval_card
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.text import texts


def approvals_page() -> rx.Component:
    """Return the page."""
    t = texts().approvals
    state = ApprovalsState
    return portal_shell(
        rx.el.div(
            rx.el.h1(t.title, class_name="text-2xl font-semibold"),
            tabs(
                t.title,
                [
                    (t.open_tab, ~state.shows_settled, state.show_settled(False)),
                    (t.settled_tab, state.shows_settled, state.show_settled(True)),
                ],
            ),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(state.shows_settled, _settled(), _open()),
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
            rx.foreach(state.cards, approval_card),
            _more(state.cards_cursor, state.more_cards),
            class_name="flex flex-col gap-4 max-w-[760px]",
        ),
        empty_state(t.none_open, t.none_open_detail, icon_name="shield-check"),
    )


def _settled() -> rx.Component:
    t = texts().approvals
    state = ApprovalsState
    return rx.cond(
        state.settled.length() > 0,
        rx.el.div(
            rx.el.h2(t.settled_tab, class_name="sr-only"),
            rx.foreach(state.settled, approval_card),
            _more(state.settled_cursor, state.more_settled),
            class_name="flex flex-col gap-4 max-w-[760px]",
        ),
        empty_state(t.none_settled, icon_name="history"),
    )


def _more(cursor: Any, on_click: Any) -> rx.Component:
    return rx.cond(
        cursor != "",
        button(texts().common.load_more, kind="quiet", on_click=on_click, class_name="self-center"),
    )
