"""Who changed what of an agent and when, and the way back."""

import reflex as rx

from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.card import panel
from letsbe_app.ui.components.card_list import load_more
from letsbe_app.ui.components.dialog import question
from letsbe_app.ui.components.diff_block import diff_block
from letsbe_app.ui.components.fold import fold
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.agent.state import AgentState
from letsbe_app.ui.pages.agent.view_models import VersionRow
from letsbe_app.ui.text import texts


def versions() -> rx.Component:
    """Return the section."""
    t = texts().agent
    return panel(
        t.history,
        rx.el.ol(rx.foreach(AgentState.versions, _version), class_name="flex flex-col divide-y divide-line"),
        load_more(AgentState.versions_cursor, AgentState.more_versions),
        question(
            rx.el.p(t.restore_detail),
            confirm=button(t.restore, icon_name="history", on_click=AgentState.restore),
            title=t.restore_title,
            is_open=AgentState.restoring != "",
            on_dismiss=AgentState.close,
        ),
        detail=t.history_detail,
    )


def _version(row: rx.vars.ObjectVar[VersionRow], index: rx.vars.NumberVar[int]) -> rx.Component:
    t = texts().agent
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.p(
                    rx.el.span(row.who, class_name="font-medium wrap-anywhere"),
                    " ",
                    row.told,
                ),
                rx.el.p(time_ago(row.created_at), class_name="text-sm text-muted"),
                class_name="grow min-w-0 basis-[60%]",
            ),
            # The newest one is in force already.
            rx.cond(
                index > 0,
                button(
                    t.restore,
                    kind="quiet",
                    icon_name="history",
                    aria_label=f"{t.restore}: {row.number}",
                    on_click=AgentState.ask_to_restore(row.number),  # type: ignore[operator]
                ),
            ),
            class_name="flex flex-wrap items-center gap-2",
        ),
        rx.cond(
            row.diff.counts != "",
            fold(t.show_diff, diff_block(row.diff, label=t.diff)),
        ),
        data_version=row.number,
        class_name="py-3",
    )
