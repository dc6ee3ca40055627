"""The activity log: who did what in the business."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.components.button import link
from letsbe_app.ui.components.card_list import card_list, load_more
from letsbe_app.ui.components.empty_state import empty_state
from letsbe_app.ui.components.page_head import page_head
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.activity.state import ActivityState
from letsbe_app.ui.pages.activity.view_models import ActivityRow
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.text import texts


def activity_page() -> rx.Component:
    """Return the page."""
    t = texts().activity
    state = ActivityState
    return portal_shell(
        page_head(t.title, t.intro),
        rx.el.div(
            card_list(state.acts, _act, label=t.title, empty=empty_state(t.none, icon_name="history")),
            load_more(state.acts_cursor, state.more_acts),
            class_name="flex flex-col gap-4 max-w-3xl w-full",
        ),
        here=routes.ACTIVITY,
        on_wake=state.woken,
        needs_server=False,
    )


def _act(row: rx.vars.ObjectVar[ActivityRow]) -> rx.Component:
    t = texts().activity
    return rx.el.li(
        rx.el.p(
            rx.cond(
                row.is_support,
                badge(row.who, tone="info", icon_name="eye"),
                rx.el.span(row.who, class_name="font-medium wrap-anywhere"),
            ),
            " ",
            rx.el.span(row.told, class_name="wrap-anywhere"),
        ),
        rx.cond(row.reason != "", rx.el.p(t.why, row.reason, class_name="text-sm wrap-anywhere")),
        rx.el.p(
            time_ago(row.created_at),
            rx.cond(
                row.link != "",
                rx.el.span(" · ", link(t.more, to=row.link, aria_label=f"{t.more}: {row.told}")),
            ),
            class_name="text-sm text-muted",
        ),
        class_name="px-4 py-3 flex flex-col gap-1",
    )
