"""The page of secrets: names, never values; add, show once, change, delete."""

from typing import Any, Final

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.components.button import button, link
from letsbe_app.ui.components.card_list import card_list
from letsbe_app.ui.components.dialog import dialog, dialog_buttons
from letsbe_app.ui.components.empty_state import empty_state
from letsbe_app.ui.components.field import INPUT, field
from letsbe_app.ui.components.fold import fold
from letsbe_app.ui.components.hold_button import hold_button
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.page_head import page_head
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.secrets.forms import reveal_secret, secret_form
from letsbe_app.ui.pages.secrets.state import SecretsState
from letsbe_app.ui.pages.secrets.view_models import AlarmRow, SecretRow
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.text import texts

_MANY: Final = 8
"""More than these want a search."""
_WAIT_MS: Final = 200


def secrets_page() -> rx.Component:
    """Return the page."""
    t = texts().secrets
    state = SecretsState
    return portal_shell(
        page_head(t.title, t.intro, aside=rx.cond(state.can_change, _header_buttons())),
        rx.foreach(state.alarms, _alarm),
        rx.cond(~state.can_change, rx.el.p(t.owner_only, class_name="text-muted")),
        rx.cond(
            state.can_change & ~state.frame.is_online,
            rx.el.p(t.offline, role="status", class_name="text-muted"),
        ),
        rx.cond((state.secrets.length() > _MANY) | (state.words != ""), _search_box()),
        card_list(
            state.found,
            _row,
            label=t.title,
            empty=rx.cond(
                state.secrets.length() > 0,
                rx.el.p(t.search_nothing, role="status", class_name="text-muted"),
                rx.cond(
                    state.is_listed,
                    empty_state(t.none_yet, t.none_yet_detail, icon_name="key-round"),
                    empty_state(t.not_told, t.not_told_detail, icon_name="cloud-off"),
                ),
            ),
        ),
        rx.cond(state.is_cut, rx.el.p(t.cut, class_name="text-muted")),
        _proof(),
        rx.el.div(_dialogs(), on_unmount=state.close),
        here=routes.SECRETS,
        on_wake=state.woken,
    )


def _search_box() -> rx.Component:
    label = texts().secrets.search
    return rx.el.input(
        type="search",
        aria_label=label,
        placeholder=label,
        max_length=100,
        default_value=SecretsState.words,
        on_change=SecretsState.search.debounce(_WAIT_MS),
        class_name=f"{INPUT} max-w-md",
    )


def _header_buttons() -> rx.Component:
    t = texts().secrets
    is_off = ~SecretsState.frame.is_online
    return rx.el.div(
        button(t.add, icon_name="plus", disabled=is_off, on_click=SecretsState.ask_to_add),
        button(
            t.plant,
            kind="quiet",
            icon_name="shield-alert",
            disabled=is_off,
            on_click=SecretsState.ask_to_plant,
        ),
        class_name="flex flex-wrap gap-2",
    )


def _alarm(alarm: rx.vars.ObjectVar[AlarmRow]) -> rx.Component:
    t = texts().secrets
    return rx.el.div(
        icon("siren", class_name="mt-0.5 text-red"),
        rx.el.p(
            rx.el.span(t.alarm, class_name="font-medium text-red"),
            rx.el.span(" ", alarm.detail, " ", class_name="text-muted"),
            time_ago(alarm.seen_at),
            rx.cond(
                alarm.conversation_id != "",
                rx.fragment(
                    " · ",
                    link(
                        texts().approvals.open_conversation,
                        to=f"{routes.CHAT}/{alarm.conversation_id}",
                    ),
                ),
            ),
            class_name="grow basis-64 min-w-0 text-sm",
        ),
        rx.cond(
            SecretsState.can_change,
            rx.el.div(
                rx.cond(
                    alarm.stop != "",
                    button(
                        alarm.stop,
                        kind="danger",
                        icon_name="octagon-pause",
                        on_click=SecretsState.stop(alarm.agent_id),
                    ),
                ),
                button(t.alarm_seen, kind="quiet", on_click=SecretsState.acknowledge(alarm.id)),
                class_name="flex flex-wrap gap-2",
            ),
        ),
        role="alert",
        data_alarm=alarm.id,
        class_name="flex flex-wrap items-start gap-2.5 px-4 py-3 rounded-card border bg-card border-red/50",
    )


def _row(secret: rx.vars.ObjectVar[SecretRow]) -> rx.Component:
    t = texts().secrets
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h2(secret.name, class_name="font-mono font-semibold wrap-anywhere"),
                rx.cond(
                    secret.is_canary,
                    badge(secret.kind, tone="yellow", icon_name="shield-alert"),
                    badge(secret.kind, icon_name="key-round"),
                ),
                rx.cond(secret.is_unsettled, badge(t.unsettled, tone="red", icon_name="refresh-cw")),
                class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
            ),
            rx.cond(secret.note != "", rx.el.p(secret.note, class_name="text-sm wrap-anywhere")),
            rx.cond(secret.is_unsettled, rx.el.p(t.unsettled_detail, class_name="text-sm max-w-measure")),
            _facts(secret),
            class_name="grow min-w-0 flex flex-col gap-1",
        ),
        rx.cond(SecretsState.can_change, _row_buttons(secret)),
        data_secret=secret.name,
        class_name="p-4 sm:p-5 flex flex-col lg:flex-row lg:items-center gap-3",
    )


def _facts(secret: rx.vars.ObjectVar[SecretRow]) -> rx.Component:
    t = texts().secrets
    return rx.el.p(
        rx.el.span(t.changed, " ", time_ago(secret.changed_at), f" {t.by} ", secret.changed_by),
        rx.el.span(
            rx.cond(
                secret.used_at != "",
                rx.fragment(t.used, " ", time_ago(secret.used_at), f" {t.by} ", secret.used_by),
                t.never_used,
            )
        ),
        rx.cond(secret.told_tool != "", rx.el.span(secret.told_tool)),
        rx.el.span(t.how_to_name, " ", rx.el.code(secret.reference, class_name="wrap-anywhere")),
        class_name="text-sm text-muted flex flex-wrap gap-x-4 gap-y-0.5",
    )


def _row_buttons(secret: rx.vars.ObjectVar[SecretRow]) -> rx.Component:
    t = texts().secrets
    state = SecretsState
    return rx.el.div(
        _row_button(secret, t.show, "eye", state.ask_to_show),
        rx.cond(
            ~secret.is_canary,
            rx.fragment(
                _row_button(secret, t.replace, "pencil", state.ask_to_replace),
                _row_button(secret, t.rotate, "refresh-cw", state.ask_to_rotate),
            ),
        ),
        _row_button(secret, t.delete, "trash-2", state.ask_to_delete),
        role="group",
        aria_label=secret.name,
        class_name="flex flex-wrap gap-1 shrink-0 -mx-2.5 lg:mx-0",
    )


def _row_button(secret: rx.vars.ObjectVar[SecretRow], words: str, glyph: str, ask: Any) -> rx.Component:
    return rx.el.button(
        icon(glyph, 18),
        rx.el.span(words, rx.el.span(" ", secret.name, class_name="sr-only")),
        type="button",
        disabled=~SecretsState.frame.is_online,
        on_click=ask(secret.name),
        class_name=(
            "inline-flex items-center gap-1.5 min-h-target px-2.5 rounded-control text-sm text-muted "
            "hover:text-ink hover:bg-sunken cursor-pointer disabled:opacity-55 disabled:cursor-default"
        ),
    )


def _proof() -> rx.Component:
    t = texts().secrets
    return rx.cond(
        SecretsState.public_key != "",
        fold(
            t.proof,
            rx.el.p(t.proof_detail, class_name="max-w-measure"),
            rx.el.p(rx.el.code(SecretsState.public_key, class_name="wrap-anywhere"), class_name="mt-1"),
            class_name="text-sm text-muted",
        ),
    )


def _dialogs() -> rx.Component:
    t = texts().secrets
    state = SecretsState
    form = {
        "tenant_id": state.frame.tenant_id,
        "public_key": state.public_key,
        "on_sent": state.sent,
        "on_left": state.follow,
    }
    return rx.fragment(
        _dialog(t.add_title, state.is_adding, secret_form(**form, wanted_name=state.wanted)),
        _dialog(
            t.replace_title,
            state.replacing != "",
            _subject(state.replacing),
            secret_form(**form, name=state.replacing),
        ),
        _dialog(
            t.show_title,
            state.showing != "",
            _subject(state.showing),
            reveal_secret(tenant_id=state.frame.tenant_id, name=state.showing, on_done=state.close),
        ),
        _dialog(
            t.rotate_title,
            state.rotating != "",
            _subject(state.rotating),
            rx.el.p(state.rotating_detail),
            _buttons(button(t.rotate_confirm, on_click=state.rotate)),
        ),
        _dialog(
            t.delete_title,
            state.deleting != "",
            _subject(state.deleting),
            rx.el.p(t.delete_detail),
            _buttons(hold_button(t.delete_confirm, on_confirm=state.delete)),
        ),
        _dialog(t.plant_title, state.is_planting, _plant_form()),
    )


def _plant_form() -> rx.Component:
    t = texts().secrets
    return rx.el.form(
        rx.el.p(t.plant_detail, class_name="text-muted"),
        field(
            t.plant_name,
            "plant-name",
            hint=t.plant_name_hint,
            error=SecretsState.plant_error,
            max_length=63,
            auto_complete="off",
            spell_check=False,
        ),
        _buttons(button(t.plant_confirm, type="submit")),
        on_submit=SecretsState.plant,
        class_name="flex flex-col gap-4",
    )


def _dialog(title: str, is_open: Any, *children: rx.Component) -> rx.Component:
    """Return a dialog whose content is there only while it is open: no value outlives it."""
    return dialog(
        rx.cond(is_open, rx.fragment(*children)),
        title=title,
        is_open=is_open,
        on_dismiss=SecretsState.close,
    )


def _subject(name: Any) -> rx.Component:
    return rx.el.p(name, class_name="font-mono font-semibold wrap-anywhere")


def _buttons(confirm: rx.Component) -> rx.Component:
    return dialog_buttons(confirm, on_cancel=SecretsState.close)
