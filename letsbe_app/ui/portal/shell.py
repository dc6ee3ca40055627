"""The frame around the portal's pages: navigation, banners, toasts, the live stream."""

from typing import Any, Final

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from letsbe_app.ui import routes
from letsbe_app.ui.components.account_form import account_form
from letsbe_app.ui.components.banner import banner
from letsbe_app.ui.components.button import icon_button, link, link_button
from letsbe_app.ui.components.empty_state import empty_state
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.logo import logo
from letsbe_app.ui.components.shortcuts import shortcuts
from letsbe_app.ui.components.sign_out import sign_out
from letsbe_app.ui.components.skeleton import skeleton
from letsbe_app.ui.components.skip_link import CONTENT_ID, skip_link
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.live import live
from letsbe_app.ui.portal.approval_card import approval_dialogs
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts

_PLACES: Final = (
    (routes.HOME, "house", texts().common.home),
    (routes.CHAT, "message-circle", texts().common.chat),
    (routes.APPROVALS, "shield-check", texts().common.approvals),
    (routes.CHANGES, "history", texts().common.changes),
    (routes.AGENTS, "users", texts().common.agents),
    (routes.SECRETS, "key-round", texts().common.secrets),
    (routes.USAGE, "chart-column", texts().usage.title),
)

_WHERE_THERE_IS_ROOM: Final = "max-[1120px]:sr-only"
"""On a tablet, and on a screen at 200 %, the icons alone fit."""
_NO_TABS: Final = frozenset({routes.USAGE})
"""Places for which a phone's bar has no room: the first page leads there."""

_FOR_VISITS: Final = frozenset({routes.HOME, routes.AGENTS})
"""Pages that show the state of things alone."""


def portal_shell(
    *children: Any, here: str, on_wake: Any, is_full_height: bool = False, needs_server: bool = True
) -> rx.Component:
    """
    Return a portal page.

    Args:
        here: The route of the page, for the navigation.
        on_wake: Handler of ``(topic, id)`` that brings the page up to date, of the state that loads the page.
        is_full_height: The page fills the window and scrolls inside (chat).
        needs_server: Without a server the page shows the way to one instead.
    """
    content = rx.fragment(*children)
    if needs_server:
        content = rx.cond(PortalState.frame.has_server, content, no_server())
    content = rx.cond(
        PortalState.loaded_pages.contains(on_wake.state_full_name),
        content,
        skeleton("h-8 w-1/2", "h-28", "h-40"),
    )
    if here not in _FOR_VISITS:
        # Not loaded for them either.
        content = rx.cond(PortalState.frame.is_visit, _closed_to_visits(), content)
    return rx.el.div(
        _header(here),
        rx.el.main(
            rx.cond(PortalState.frame.is_visit, _visit_banner()),
            _banners(here),
            content,
            id=CONTENT_ID,
            tab_index=-1,
            class_name=(
                "w-full mx-auto px-4 sm:px-6 outline-none flex flex-col "
                + (
                    "max-w-[1400px] grow min-h-0 gap-3 pt-3"
                    if is_full_height
                    else "max-w-[1080px] gap-6 pt-6 pb-10"
                )
            ),
        ),
        _tab_bar(here),
        approval_dialogs(),
        _announcement(),
        shortcuts(),
        live(on_wake),
        class_name="flex flex-col " + ("h-dvh overflow-hidden" if is_full_height else "min-h-dvh"),
    )


def _header(here: str) -> rx.Component:
    t = texts().common
    return rx.el.header(
        skip_link(),
        rx.el.div(
            ReactRouterLink.create(
                logo(),
                to=routes.HOME,
                aria_label=t.product,
                # Between the phone's bar below and a tablet's width there is room for the mark alone.
                class_name="mr-auto sm:max-md:w-7 sm:max-md:overflow-hidden sm:max-md:shrink-0",
            ),
            rx.el.nav(
                *[_place(route, glyph, name, is_here=route == here) for route, glyph, name in _PLACES],
                aria_label=t.main_navigation,
                class_name="hidden sm:flex items-center gap-1",
            ),
            _settings(here),
            icon_button("sun-moon", t.theme, on_click=rx.toggle_color_mode),
            sign_out(),
            class_name="mx-auto max-w-[1400px] px-4 sm:px-6 min-h-14 flex items-center gap-1",
        ),
        class_name="border-b border-line bg-paper shrink-0",
    )


def _settings(here: str) -> rx.Component:
    return ReactRouterLink.create(
        icon("settings", 20),
        to=routes.SETTINGS,
        aria_label=texts().settings.title,
        title=texts().settings.title,
        aria_current="page" if here == routes.SETTINGS else "false",
        class_name=(
            "inline-flex items-center justify-center min-h-target min-w-target rounded-control "
            + (
                "bg-sunken text-ink"
                if here == routes.SETTINGS
                else "text-muted hover:text-ink hover:bg-sunken"
            )
        ),
    )


def _place(route: str, glyph: str, name: str, *, is_here: bool) -> rx.Component:
    return ReactRouterLink.create(
        icon(glyph),
        rx.el.span(name, class_name=_WHERE_THERE_IS_ROOM),
        _count() if route == routes.APPROVALS else rx.fragment(),
        to=route,
        title=name,
        aria_current="page" if is_here else "false",
        class_name=(
            "inline-flex items-center justify-center gap-2 min-h-target min-w-target px-3 max-[1120px]:px-2 "
            "rounded-control "
            + ("bg-sunken text-ink font-medium" if is_here else "text-muted hover:text-ink")
        ),
    )


def _tab_bar(here: str) -> rx.Component:
    """Return the phone's navigation, at the thumb."""
    return rx.el.nav(
        *[
            ReactRouterLink.create(
                rx.el.span(
                    icon(glyph, 22),
                    rx.el.span(_count(), class_name="absolute -top-1.5 -right-3")
                    if route == routes.APPROVALS
                    else rx.fragment(),
                    class_name="relative",
                ),
                rx.el.span(name, class_name="text-xs"),
                to=route,
                aria_current="page" if route == here else "false",
                class_name=(
                    "flex-1 flex flex-col items-center justify-center gap-0.5 py-1.5 min-h-14 "
                    + ("text-accent font-medium" if route == here else "text-muted")
                ),
            )
            for route, glyph, name in _PLACES
            if route not in _NO_TABS
        ],
        aria_label=texts().common.main_navigation,
        class_name=(
            "sm:hidden flex border-t border-line bg-card shrink-0 pb-[env(safe-area-inset-bottom)] "
            "sticky bottom-0 z-30 mt-auto"
        ),
    )


def _count() -> rx.Component:
    return rx.cond(
        PortalState.waiting_mark != "",
        rx.el.span(
            PortalState.waiting_mark,
            class_name=(
                "min-w-5 h-5 px-1.5 rounded-pill bg-accent text-on-accent text-xs font-semibold tabular "
                "inline-flex items-center justify-center"
            ),
        ),
    )


def _announcement() -> rx.Component:
    """Return what screen readers say at once when an approval comes in."""
    return rx.el.div(PortalState.waiting_text, role="alert", class_name="sr-only")


def _banners(here: str) -> rx.Component:
    t = texts().common
    frame = PortalState.frame
    return rx.cond(
        frame.has_server,
        rx.fragment(
            # The first page says this in its title, with the way on beside it.
            rx.cond(frame.is_stopped, banner(t.server_stopped, tone="danger", icon_name="octagon-pause"))
            if here != routes.HOME
            else rx.fragment(),
            rx.cond(
                frame.vault_trouble != "",
                banner(
                    t.vault_locked,
                    detail=rx.fragment(frame.vault_trouble),
                    is_detail_kept=True,
                    tone="danger",
                    icon_name="lock",
                ),
                rx.cond(
                    frame.is_disk_full,
                    banner(
                        t.disk_full,
                        detail=t.disk_full_detail,
                        is_detail_kept=True,
                        tone="danger",
                        icon_name="hard-drive",
                    ),
                    rx.cond(~frame.is_online, _offline()),
                ),
            ),
            rx.cond(
                (frame.model_trouble != "") & frame.is_ready & ~frame.is_stopped,
                banner(
                    t.model_trouble,
                    detail=rx.fragment(t.model_trouble_detail, " ", frame.model_trouble),
                    is_detail_kept=True,
                    tone="warning",
                    icon_name="hourglass",
                ),
            ),
            rx.cond(
                frame.is_online
                & ~frame.is_ready
                & ~frame.is_stopped
                & (frame.vault_trouble == "")
                & ~frame.is_disk_full,
                banner(
                    t.server_starting,
                    detail=t.server_starting_detail,
                    is_detail_kept=True,
                    tone="warning",
                    icon_name="loader",
                ),
            )
            if here != routes.HOME
            else rx.fragment(),
            _alarm() if here != routes.SECRETS else rx.fragment(),
            rx.cond(
                frame.has_audit_alarm,
                banner(t.audit_alarm, detail=t.audit_alarm_detail, tone="danger", icon_name="file-warning"),
            ),
            rx.cond(frame.notice != "", banner(frame.notice, tone="warning", icon_name="repeat")),
            rx.cond(
                frame.is_practice,
                banner(t.practice, detail=t.practice_detail, icon_name="flask-conical"),
            ),
        ),
    )


def _offline() -> rx.Component:
    t, last_seen_at = texts().common, PortalState.frame.last_seen_at
    seen = rx.fragment(time_ago(last_seen_at, prefix=t.server_offline_since), ". ")
    return banner(
        t.server_offline,
        detail=rx.fragment(rx.cond(last_seen_at != "", seen), t.server_offline_waits),
        is_detail_kept=True,
        tone="warning",
        icon_name="cloud-off",
    )


def _closed_to_visits() -> rx.Component:
    t = texts().common
    return empty_state(t.visit_closed, t.visit_closed_detail, icon_name="lock", is_page=True)


def _visit_banner() -> rx.Component:
    t = texts().common
    leave = account_form("/api/v1/admin/visits/end", [], t.visit_leave, after=routes.ADMIN)
    return banner(t.visit, detail=t.visit_detail, tone="warning", icon_name="eye", action=leave)


def _alarm() -> rx.Component:
    t = texts().secrets
    return rx.cond(
        PortalState.frame.has_alarm,
        banner(
            t.alarm_elsewhere,
            tone="danger",
            icon_name="siren",
            action=link(t.alarm_elsewhere_action, to=routes.SECRETS),
        ),
    )


def no_server() -> rx.Component:
    """Return what a customer without a working server sees: the one that is being made, or the way to one."""
    t = texts().common
    h = texts().home
    frame = PortalState.frame
    return rx.cond(
        frame.set_up_path != "",
        empty_state(
            rx.cond(frame.has_set_up_failed, h.set_up_failed, h.being_set_up),
            rx.cond(frame.has_set_up_failed, h.set_up_failed_detail, h.set_up_detail),
            icon_name="server",
            action=link_button(h.see_progress, frame.set_up_path),
            is_page=True,
        ),
        empty_state(
            t.no_server_title,
            t.no_server_detail,
            icon_name="server",
            action=link_button(t.no_server_action, routes.ONBOARDING),
            is_page=True,
        ),
    )
