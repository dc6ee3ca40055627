"""The approval card: the same wherever an agent's question is shown."""

from typing import Any

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.avatar import avatar
from letsbe_app.ui.components.badge import badge, tier_badge
from letsbe_app.ui.components.button import button, link, text_button
from letsbe_app.ui.components.code_block import code_block
from letsbe_app.ui.components.dialog import dialog, dialog_buttons
from letsbe_app.ui.components.diff_block import diff_block
from letsbe_app.ui.components.field import INPUT, text_area
from letsbe_app.ui.components.fold import fold
from letsbe_app.ui.components.hold_button import hold_button
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.portal.call_parts import CallPart
from letsbe_app.ui.portal.editing import ArgumentField
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.portal.view_models import ApprovalCard
from letsbe_app.ui.text import texts


def approval_card(card: rx.vars.ObjectVar[ApprovalCard], *, is_in_chat: bool = False) -> rx.Component:
    """Return the card of an approval; in its conversation it stands right below the title and leads nowhere."""
    t = texts().approvals
    heading = rx.el.h2 if is_in_chat else rx.el.h3
    return rx.el.article(
        rx.el.header(
            avatar(card.agent_id),
            rx.el.div(
                rx.el.p(
                    rx.el.span(card.agent_name, class_name="font-semibold"),
                    " ",
                    rx.cond(card.is_open, t.asks, t.asked),
                    class_name="text-sm",
                ),
                heading(card.summary, class_name="font-medium leading-snug"),
                class_name="grow min-w-0",
            ),
            class_name="flex items-start gap-3",
        ),
        rx.el.div(
            tier_badge(card.tier),
            rx.cond(
                card.is_external & (card.tier != "YELLOW_EXTERNAL"),
                badge(t.external, tone="external", icon_name="send"),
            ),
            rx.cond(card.was_changed, badge(t.changed, tone="info", icon_name="pencil")),
            rx.cond(card.is_open & card.was_reminded, badge(t.reminded, tone="yellow", icon_name="bell")),
            rx.el.span(
                rx.cond(
                    card.settled_at != "",
                    time_ago(card.settled_at),
                    time_ago(card.expires_at, prefix=t.expires_prefix),
                ),
                class_name="text-sm text-muted sm:ml-auto",
            ),
            class_name="flex flex-wrap items-center gap-2",
        ),
        _what(card),
        rx.el.dl(
            _fact(t.why, card.reason),
            rx.cond(card.risk != "", _fact(t.risk, card.risk)),
            class_name="grid gap-2 text-sm",
        ),
        rx.el.div(
            rx.cond(
                card.is_open,
                rx.cond(PortalState.frame.can_decide, _actions(card), _not_yours()),
                _outcome(card),
            ),
            _more(card, links_to_chat=not is_in_chat),
            class_name="flex flex-wrap items-center justify-between gap-x-5 gap-y-1 mt-1",
        ),
        data_approval=card.id,
        tab_index=-1,
        aria_label=card.summary,
        class_name=rx.cond(
            card.is_critical,
            "rise bg-card border-2 border-critical/50 rounded-card shadow-soft p-4 sm:p-5 flex flex-col gap-3 min-w-0",
            "rise bg-card border border-line rounded-card shadow-soft p-4 sm:p-5 flex flex-col gap-3 min-w-0",
        ),
    )


def approval_dialogs() -> rx.Component:
    """Return the questions that a card may ask back; once per page."""
    t = texts().approvals
    edit = PortalState.edit
    return rx.fragment(
        dialog(
            rx.el.form(
                text_area(t.deny_reason, "reason", hint=t.deny_hint, rows=3, max_length=500),
                _dialog_buttons(button(t.deny_confirm, kind="danger", type="submit")),
                on_submit=PortalState.refuse,
                reset_on_submit=True,
                class_name="flex flex-col gap-4",
            ),
            title=t.deny_title,
            is_open=PortalState.refusing_id != "",
            on_dismiss=PortalState.close_dialogs,
        ),
        dialog(
            rx.el.p(t.remember_detail),
            _dialog_buttons(button(t.remember_confirm, on_click=PortalState.remember)),
            title=t.remember_title,
            is_open=PortalState.remembering_id != "",
            on_dismiss=PortalState.close_dialogs,
        ),
        dialog(
            rx.el.form(
                rx.el.p(t.edit_detail, class_name="text-sm text-muted"),
                rx.foreach(edit.fields, _argument),
                rx.cond(
                    edit.problem != "", rx.el.p(edit.problem, role="alert", class_name="text-sm text-red")
                ),
                _dialog_buttons(
                    rx.cond(
                        edit.is_critical,
                        hold_button(t.edit_hold, is_submit=True),
                        button(t.edit_confirm, type="submit"),
                    )
                ),
                on_submit=PortalState.approve_edited,
                class_name="flex flex-col gap-4",
            ),
            title=t.edit_title,
            is_open=edit.approval_id != "",
            on_dismiss=PortalState.close_dialogs,
        ),
    )


def _argument(argument: rx.vars.ObjectVar[ArgumentField]) -> rx.Component:
    """Return a field for one argument; its key is its call's, so that no text of another call stays in it."""
    return rx.el.label(
        rx.el.span(argument.part.label, class_name="font-medium"),
        rx.el.textarea(
            name=argument.part.name,
            rows=argument.rows.to(str),
            default_value=argument.part.text,
            spell_check=False,
            class_name=f"{INPUT} font-mono text-sm",
        ),
        key=PortalState.edit.approval_id + argument.part.name,
        class_name="flex flex-col gap-1.5",
    )


def _dialog_buttons(confirm: rx.Component) -> rx.Component:
    return dialog_buttons(confirm, on_cancel=PortalState.close_dialogs)


def _what(card: rx.vars.ObjectVar[ApprovalCard]) -> rx.Component:
    t = texts().approvals
    return rx.fragment(
        rx.cond(
            card.command != "",
            code_block(card.command, label=rx.cond(card.is_open, t.command, t.command_asked)),
        ),
        rx.cond(card.diff.parts.length() > 0, diff_block(card.diff, label=t.change)),
        rx.cond(card.call != "", _call(card)),
        rx.cond(card.changed_to != "", code_block(card.changed_to, label=t.changed_to)),
    )


def _call(card: rx.vars.ObjectVar[ApprovalCard]) -> rx.Component:
    """Return a call in its parts, and below, folded away, as the agent wrote it."""
    t = texts().approvals
    return rx.el.div(
        rx.el.p(rx.cond(card.is_open, t.call, t.command_asked), class_name="text-sm text-muted"),
        rx.el.dl(
            rx.foreach(card.parts, _part),
            tab_index=0,
            class_name=(
                "scrolls grid gap-x-4 gap-y-2 sm:grid-cols-[minmax(5rem,auto)_1fr] border border-line "
                "rounded-control p-3 text-sm max-h-96"
            ),
        ),
        fold(t.call_as_written, code_block(card.call, label=t.call_as_written)),
        class_name="flex flex-col gap-1.5",
    )


def _part(part: rx.vars.ObjectVar[CallPart]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(part.label, class_name="text-muted"),
        rx.el.dd(
            part.text,
            class_name=rx.cond(
                part.is_text,
                "whitespace-pre-wrap wrap-anywhere min-w-0",
                "whitespace-pre-wrap wrap-anywhere min-w-0 font-mono",
            ),
        ),
        class_name="flex flex-col sm:contents",
    )


def _fact(name: str, value: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(name, class_name="text-muted"), rx.el.dd(value))


def _actions(card: rx.vars.ObjectVar[ApprovalCard]) -> rx.Component:
    t = texts().approvals
    return rx.el.div(
        rx.cond(
            card.is_critical,
            hold_button(t.hold_to_approve, on_confirm=PortalState.approve(card.id)),
            button(
                t.approve,
                icon_name="check",
                on_click=PortalState.approve(card.id),
                data_shortcut="a",
            ),
        ),
        button(
            t.deny,
            kind="quiet",
            icon_name="x",
            on_click=PortalState.ask_to_refuse(card.id),
            data_shortcut="x",
        ),
        class_name="flex flex-wrap gap-2",
    )


def _not_yours() -> rx.Component:
    return rx.el.p(texts().approvals.not_yours, class_name="text-sm text-muted")


def _more(card: rx.vars.ObjectVar[ApprovalCard], *, links_to_chat: bool) -> rx.Component:
    """Return the quieter ways on."""
    t = texts().approvals
    return rx.el.div(
        rx.cond(
            card.is_open & ~card.is_critical & PortalState.frame.can_decide,
            text_button(t.remember, on_click=PortalState.ask_to_remember(card.id)),
        ),
        rx.cond(
            card.can_edit & PortalState.frame.can_decide,
            text_button(t.edit, on_click=PortalState.ask_to_edit(card.id), data_shortcut="e"),
        ),
        rx.cond(
            (card.conversation_id != "") & links_to_chat,
            link(t.open_conversation, to=f"{routes.CHAT}/{card.conversation_id}"),
        ),
        class_name="flex flex-wrap items-center gap-x-5 text-sm empty:hidden",
    )


def _outcome(card: rx.vars.ObjectVar[ApprovalCard]) -> rx.Component:
    t = texts().approvals
    return rx.el.div(
        rx.match(
            card.status,
            ("deciding", badge(t.decision_on_its_way, tone="info", icon_name="loader")),
            ("approved", badge(t.approved, tone="green", icon_name="check")),
            ("executed", badge(t.executed, tone="green", icon_name="check")),
            ("failed", badge(t.failed, tone="red", icon_name="circle-x")),
            ("not_done", badge(t.not_done, tone="red", icon_name="circle-slash")),
            ("denied", badge(t.denied, tone="red", icon_name="x")),
            ("cancelled", badge(t.cancelled, icon_name="circle-slash")),
            badge(t.expired, icon_name="clock"),
        ),
        rx.cond(
            card.decided_by != "",
            rx.el.span(t.decided_by, " ", card.decided_by, class_name="text-sm text-muted"),
        ),
        rx.cond(
            card.note != "",
            rx.el.p(icon("quote", 14), card.note, class_name="flex gap-2 text-sm text-muted min-w-0"),
        ),
        rx.cond(card.remembered_until != "", _remembered(card)),
        class_name="flex flex-wrap items-center gap-3",
    )


def _remembered(card: rx.vars.ObjectVar[ApprovalCard]) -> rx.Component:
    """Return how long it runs without asking, and the way to take that back."""
    t = texts().approvals
    return rx.el.div(
        rx.el.span(time_ago(card.remembered_until, prefix=t.remembered_prefix), class_name="text-sm"),
        rx.cond(
            card.is_being_withdrawn,
            badge(t.withdrawing, tone="info", icon_name="loader"),
            rx.cond(
                PortalState.frame.can_decide,
                button(t.withdraw, kind="quiet", on_click=PortalState.withdraw(card.id)),
            ),
        ),
        class_name="basis-full flex flex-wrap items-center gap-3",
    )
