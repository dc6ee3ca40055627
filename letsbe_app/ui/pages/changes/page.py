"""The page of changes: what agents did to files, and a way back."""

from typing import Any

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.avatar import avatar
from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.components.banner import banner
from letsbe_app.ui.components.button import button, link, text_button
from letsbe_app.ui.components.card_list import card_list, load_more
from letsbe_app.ui.components.dialog import dialog, dialog_buttons, question
from letsbe_app.ui.components.diff_block import diff_block
from letsbe_app.ui.components.empty_state import empty_state
from letsbe_app.ui.components.fold import fold
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.page_head import page_head
from letsbe_app.ui.components.switch import switch
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.changes.state import ChangesState
from letsbe_app.ui.pages.changes.view_models import ChangeCard
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.text import texts


def changes_page() -> rx.Component:
    """Return the page."""
    t = texts().changes
    state = ChangesState
    return portal_shell(
        page_head(t.title, t.intro),
        _progress(),
        rx.el.div(
            card_list(
                state.changes,
                _card,
                label=t.title,
                empty=empty_state(t.none_yet, t.none_yet_detail, icon_name="history"),
            ),
            load_more(state.changes_cursor, state.more_changes),
            class_name="flex flex-col gap-4 max-w-3xl w-full",
        ),
        _confirmation(),
        _plan(),
        here=routes.CHANGES,
        on_wake=state.woken,
    )


def _card(change: rx.vars.ObjectVar[ChangeCard]) -> rx.Component:
    """Return the row of a change."""
    t = texts().changes
    return rx.el.li(
        rx.el.div(
            avatar(change.agent_id),
            _told(change),
            _undoing(change),
            class_name="flex flex-wrap sm:flex-nowrap items-start gap-3",
        ),
        rx.cond(
            change.note != "",
            rx.el.p(icon("info", 16), change.note, class_name="flex gap-2 text-sm text-muted mt-2"),
        ),
        rx.cond(
            change.all_of_step != "",
            rx.el.div(
                text_button(change.all_of_step, on_click=ChangesState.ask_all(change.id)),
                class_name="text-sm sm:pl-[3.25rem]",
            ),
        ),
        rx.cond(
            change.diff.parts.length() > 0,
            fold(t.show_diff, diff_block(change.diff, label=t.diff)),
        ),
        data_change=change.id,
        class_name="p-4 sm:p-5 min-w-0",
    )


def _told(change: rx.vars.ObjectVar[ChangeCard]) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.span(change.who, class_name="font-semibold"),
            " ",
            rx.el.span(change.told, class_name="wrap-anywhere"),
        ),
        rx.el.p(
            time_ago(change.created_at),
            rx.cond(
                change.conversation_id != "",
                rx.el.span(
                    " · ",
                    link(
                        texts().approvals.open_conversation,
                        to=f"{routes.CHAT}/{change.conversation_id}",
                    ),
                ),
            ),
            class_name="text-sm text-muted",
        ),
        class_name="grow basis-[calc(100%-3.5rem)] sm:basis-0 min-w-0",
    )


def _undoing(change: rx.vars.ObjectVar[ChangeCard]) -> rx.Component:
    """The button that puts it back, or how that went."""
    t = texts().changes
    return rx.match(
        change.state,
        (
            "open",
            button(
                t.undo,
                kind="quiet",
                icon_name="undo-2",
                aria_label=f"{t.undo}: {change.told}",
                on_click=ChangesState.ask(change.id),
            ),
        ),
        ("undoing", badge(t.undoing, tone="info", icon_name="loader")),
        ("undone", badge(t.undone, tone="green", icon_name="check")),
        badge(t.cannot, icon_name="circle-slash"),
    )


def _progress() -> rx.Component:
    """How undoing several goes, and what of it was refused."""
    t = texts().changes
    progress = ChangesState.progress
    return rx.cond(
        progress.text != "",
        rx.el.div(
            banner(
                progress.text,
                tone="info",
                icon_name="undo-2",
                action=rx.cond(
                    progress.is_over,
                    text_button(t.dismiss, on_click=ChangesState.dismiss_progress),
                ),
            ),
            _lines(progress.failed),
            class_name="flex flex-col gap-2 max-w-3xl w-full",
        ),
    )


def _plan() -> rx.Component:
    """Return the question before several changes are undone: what will happen to each of them."""
    t = texts().changes
    plan = ChangesState.plan
    return dialog(
        rx.cond(
            plan.put_back.length() > 0,
            rx.fragment(rx.el.p(t.undo_all_intro), _lines(plan.put_back)),
            rx.el.p(t.undo_all_nothing),
        ),
        rx.cond(plan.left.length() > 0, rx.fragment(rx.el.p(t.undo_all_left), _lines(plan.left))),
        rx.cond(plan.is_cut, rx.el.p(t.undo_all_cut, class_name="text-sm text-muted")),
        rx.cond(
            plan.can_widen,
            switch(t.whole_answer, is_on=plan.is_whole_answer, on_change=ChangesState.widen),
        ),
        dialog_buttons(
            rx.cond(
                plan.put_back.length() > 0,
                button(plan.confirm, icon_name="undo-2", on_click=ChangesState.undo_all),
            ),
            on_cancel=ChangesState.close_plan,
        ),
        title=t.undo_all_title,
        is_open=plan.change_id != "",
        on_dismiss=ChangesState.close_plan,
    )


def _lines(lines: Any) -> rx.Component:
    return rx.el.ul(
        rx.foreach(lines, lambda line: rx.el.li(line, class_name="wrap-anywhere")),
        tab_index=0,
        class_name="scrolls max-h-60 text-sm rounded-control px-3 py-2 flex flex-col gap-1 empty:hidden",
    )


def _confirmation() -> rx.Component:
    t = texts().changes
    asked = ChangesState.asked
    return question(
        rx.el.p(asked.undo_detail, class_name="wrap-anywhere"),
        confirm=button(t.undo_confirm, icon_name="undo-2", on_click=ChangesState.undo),
        title=t.undo_title,
        is_open=asked.id != "",
        on_dismiss=ChangesState.close,
    )
