"""The activity log: who did what in the business."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.empty_state import empty_state
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
        rx.el.div(
            rx.el.h1(t.title, class_name="text-2xl font-semibold"),
            rx.el.p(t.intro, class_name="text-muted mt-1 max-w-measure"),
        ),
        rx.cond(
            state.acts.length() > 0,
            rx.el.div(
                rx.el.ul(
                    rx.foreach(state.acts, _act),
                    aria_label=t.title,
                    class_name="bg-card border border-line rounded-card shadow-soft divide-y divide-line",
                ),
                rx.cond(
                    state.acts_cursor != "",
                    button(
                        texts().common.load_more,
                        kind="quiet",
                        on_click=state.more_acts,
                        class_name="self-center",
                    ),
                ),
                class_name="flex flex-col gap-4 max-w-3xl w-full",
            ),
            empty_state(t.none, icon_name="history"),
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
        rx.el.p(time_ago(row.created_at), class_name="text-sm text-muted"),
        class_name="px-4 py-3 flex flex-col gap-1",
    )
