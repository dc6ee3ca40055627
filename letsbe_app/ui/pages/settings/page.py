"""The settings page: one section for each thing that lets somebody in."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.account_form import also_end_field, form_field
from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.download_link import download_link
from letsbe_app.ui.components.page_head import page_head
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.settings.business.page import keys, people
from letsbe_app.ui.pages.settings.outgoing.page import notices, server_key, webhooks
from letsbe_app.ui.pages.settings.parts import ACCOUNT, confirmed_form, folded, part
from letsbe_app.ui.pages.settings.passkeys import passkeys
from letsbe_app.ui.pages.settings.retention import retention
from letsbe_app.ui.pages.settings.second_factor import second_factor
from letsbe_app.ui.pages.settings.state import SettingsState
from letsbe_app.ui.pages.settings.support import support
from letsbe_app.ui.pages.settings.view_models import SessionRow
from letsbe_app.ui.pages.settings.waiting_time import waiting_time
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.text import texts


def settings_page() -> rx.Component:
    """Return the page."""
    t = texts().settings
    return portal_shell(
        page_head(t.title, t.intro),
        rx.el.div(
            _places(),
            rx.el.div(
                _group("you", _you(), _password(), second_factor(), passkeys(), _sessions()),
                _group("notices", notices(), rx.cond(SettingsState.is_owner, waiting_time())),
                rx.cond(
                    SettingsState.is_owner,
                    rx.fragment(
                        _group("people", people(), support()),
                        _group("data", retention(), _data()),
                        _group("programs", keys(), webhooks(), server_key()),
                    ),
                ),
                class_name="flex flex-col gap-5 min-w-0 max-w-3xl w-full",
            ),
            class_name="grid lg:grid-cols-[13rem_minmax(0,1fr)] gap-6 items-start",
        ),
        here=routes.SETTINGS,
        on_wake=SettingsState.woken,
        needs_server=False,
    )


def _places() -> rx.Component:
    """Return the way to each group of sections: a long page is looked through, not read."""
    t = texts().settings

    def place(anchor: str) -> rx.Component:
        return rx.el.a(
            t.groups[anchor],
            href=f"#{anchor}",
            class_name=(
                "inline-flex items-center min-h-target px-3 rounded-control whitespace-nowrap text-muted "
                "hover:text-ink hover:bg-sunken"
            ),
        )

    return rx.el.nav(
        place("you"),
        place("notices"),
        rx.cond(SettingsState.is_owner, rx.fragment(place("people"), place("data"), place("programs"))),
        aria_label=t.on_this_page,
        class_name="flex lg:flex-col gap-1 max-lg:overflow-x-auto max-lg:-mx-4 max-lg:px-1 lg:sticky lg:top-6 lg:-ml-3",
    )


def _group(anchor: str, *sections: rx.Component) -> rx.Component:
    return rx.el.div(*sections, id=anchor, class_name="scroll-mt-6 flex flex-col gap-5")


def _you() -> rx.Component:
    t = texts().settings
    return part(
        t.you,
        rx.el.p(SettingsState.email, class_name="break-all font-medium"),
        rx.cond(
            SettingsState.is_email_confirmed,
            rx.el.p(t.email_confirmed, class_name="text-muted"),
            rx.el.div(
                rx.el.p(t.email_open),
                button(t.send_again, kind="quiet", on_click=SettingsState.send_confirmation),
                class_name="flex flex-wrap items-center gap-3",
            ),
        ),
    )


def _password() -> rx.Component:
    t = texts().settings
    form = confirmed_form(
        f"{ACCOUNT}/password",
        [
            form_field("new_password", t.new_password, "password", "new-password"),
            also_end_field(),
        ],
        t.save_password,
        prefix="change",
        done=t.password_saved,
        on_done=SettingsState.changed,
    )
    return part(t.password, folded(t.change_password, form))


def _sessions() -> rx.Component:
    t = texts().settings
    return part(
        t.sessions,
        rx.el.ul(
            rx.foreach(SettingsState.sessions, _session),
            class_name="flex flex-col divide-y divide-line",
            aria_label=t.sessions,
        ),
        rx.cond(
            SettingsState.sessions.length() > 1,
            folded(
                t.end_others,
                confirmed_form(
                    f"{ACCOUNT}/sessions/end-others",
                    [],
                    t.end_others,
                    prefix="others",
                    is_danger=True,
                    done=t.session_ended,
                    on_done=SettingsState.changed,
                ),
            ),
        ),
    )


def _session(row: rx.vars.ObjectVar[SessionRow]) -> rx.Component:
    t = texts().settings
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.cond(row.device != "?", row.device, t.unknown_device), class_name="font-medium"),
            rx.el.p(time_ago(row.last_seen_at, prefix=t.last_seen), class_name="text-sm text-muted"),
            class_name="grow min-w-0",
        ),
        rx.cond(
            row.is_current,
            badge(t.this_device, tone="green", icon_name="check"),
            folded(
                t.end_session,
                confirmed_form(
                    f"{ACCOUNT}/sessions/{row.id}/end",
                    [],
                    t.end_session,
                    prefix=row.id,
                    is_danger=True,
                    done=t.session_ended,
                    on_done=SettingsState.changed,
                ),
            ),
        ),
        class_name="flex flex-wrap items-center gap-3 py-2",
    )


def _data() -> rx.Component:
    t = texts().settings
    form = confirmed_form(
        "/api/v1/customer/data/delete",
        [form_field("business_name", t.delete_name, "text", "off")],
        t.delete_do,
        prefix="delete",
        after=routes.LANDING,
        is_danger=True,
    )
    return part(
        t.data,
        rx.el.div(download_link(t.export, "/api/v1/customer/data/export")),
        folded(t.delete, rx.el.p(t.delete_detail), form),
        detail=t.data_detail,
    )
