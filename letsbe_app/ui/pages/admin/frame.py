"""The frame around the back office's pages, and the parts that they are made of."""

from typing import Any, Final

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from letsbe_app.ui import routes
from letsbe_app.ui.components.badge import Tone, badge
from letsbe_app.ui.components.button import icon_button, link
from letsbe_app.ui.components.card_list import card_list
from letsbe_app.ui.components.empty_state import empty_state
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.logo import logo
from letsbe_app.ui.components.sign_out import sign_out
from letsbe_app.ui.components.skeleton import skeleton
from letsbe_app.ui.components.skip_link import CONTENT_ID, skip_link
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.admin.view_models import Bar, Line
from letsbe_app.ui.text import texts

_t = texts().admin
_PLACES: Final = (
    (routes.ADMIN, "layout-dashboard", _t.overview),
    (routes.ADMIN_CUSTOMERS, "building-2", _t.customers),
    (routes.ADMIN_SERVERS, "server", _t.servers),
    (routes.ADMIN_RUNS, "loader", _t.runs),
    (routes.ADMIN_STAFF, "users", _t.staff),
    (routes.ADMIN_AUDIT, "history", _t.audit),
)
_MARKS: Final[tuple[Tone, ...]] = ("green", "yellow", "red", "info")


def admin_frame(
    *children: Any, title: Any, here: str, is_loaded: Any, is_missing: Any = False
) -> rx.Component:
    """Return a page of the back office; ``is_missing`` says that its address names nothing there is."""
    t = texts().common
    missing = empty_state(t.not_found_title, t.not_found_detail, icon_name="signpost")
    return rx.el.div(
        rx.el.header(
            skip_link(),
            rx.el.div(
                rx.el.div(
                    ReactRouterLink.create(
                        logo(), to=routes.ADMIN, aria_label=texts().admin.home_link, class_name="mr-auto"
                    ),
                    icon_button("sun-moon", texts().common.theme, on_click=rx.toggle_color_mode),
                    sign_out("/api/v1/admin/sign-out", routes.ADMIN_SIGN_IN),
                    class_name="flex items-center gap-1 min-h-14",
                ),
                rx.el.nav(
                    *[_place(route, glyph, name, is_here=route == here) for route, glyph, name in _PLACES],
                    aria_label=texts().admin.navigation,
                    class_name="grid grid-cols-3 sm:flex gap-1 -mx-2 sm:-mx-3 pb-2",
                ),
                class_name="max-w-[1080px] w-full mx-auto px-4 sm:px-6",
            ),
            class_name="border-b border-line",
        ),
        rx.el.main(
            rx.el.h1(title, class_name="text-2xl font-semibold wrap-anywhere"),
            rx.cond(
                is_loaded,
                rx.cond(is_missing, missing, rx.fragment(*children)),
                skeleton("h-8 w-1/2", "h-28", "h-40"),
            ),
            id=CONTENT_ID,
            tab_index=-1,
            class_name=(
                "max-w-[1080px] w-full mx-auto px-4 sm:px-6 pt-6 pb-10 flex flex-col gap-6 outline-none"
            ),
        ),
        class_name="min-h-dvh flex flex-col",
    )


def _place(route: str, glyph: str, name: str, *, is_here: bool) -> rx.Component:
    return ReactRouterLink.create(
        icon(glyph),
        name,
        to=route,
        aria_current="page" if is_here else "false",
        class_name=(
            "inline-flex items-center gap-2 min-h-target px-3 max-sm:px-2 max-sm:justify-center rounded-control "
            "whitespace-nowrap "
            + ("bg-sunken text-ink font-medium" if is_here else "text-muted hover:text-ink")
        ),
    )


def lines(items: Any, *, label: str, empty: str = "", actions: Any = None) -> rx.Component:
    """Return a list; ``actions`` gives what a line offers, from its var; ``empty`` says that there is none."""
    return card_list(
        items,
        lambda line: _line(line, actions),
        label=label,
        empty=empty_state(empty or texts().admin.nothing),
    )


def _line(line: rx.vars.ObjectVar[Line], actions: Any) -> rx.Component:
    title = "font-medium wrap-anywhere"
    return rx.el.li(
        rx.el.div(
            rx.cond(
                line.path != "",
                link(line.title, to=line.path, class_name=title),
                rx.el.span(line.title, class_name=title),
            ),
            rx.cond(
                line.code != "",
                rx.fragment(" ", rx.el.code(line.code, class_name="text-sm text-muted wrap-anywhere")),
            ),
            rx.cond(line.detail != "", rx.el.p(line.detail, class_name="text-sm text-muted wrap-anywhere")),
            class_name="grow min-w-0 basis-52",
        ),
        rx.cond(line.mark != "", mark(line.mark, line.tone)),
        rx.cond(line.at != "", rx.el.span(time_ago(line.at), class_name="text-sm text-muted")),
        actions(line) if actions else rx.fragment(),
        class_name="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2 min-h-14",
    )


def mark(text: Any, tone: Any) -> rx.Component:
    """Return the badge of a state, by the name of its tone (a var)."""
    return rx.match(tone, *[(name, badge(text, tone=name)) for name in _MARKS], badge(text))


def bar_chart(items: Any, *, label: str, is_dense: bool = False) -> rx.Component:
    """Return bars with their numbers; dense ones tell theirs on hover and to screen readers."""
    chart = rx.el.ul(
        rx.foreach(items, lambda bar: _bar(bar, is_dense=is_dense)),
        aria_label=label,
        class_name="flex items-end gap-1 sm:gap-2 h-40 overflow-x-auto"
        + (" border-b border-line" if is_dense else ""),
    )
    return rx.el.div(chart, _from_to(items)) if is_dense else chart


def _from_to(items: Any) -> rx.Component:
    """Return the names of the first and the last bar, which bars without room for names stand between."""
    return rx.cond(
        items.length() > 0,
        rx.el.div(
            rx.el.span(items[0].name),
            rx.el.span(items[-1].name),
            aria_hidden=True,
            class_name="flex justify-between text-sm text-muted pt-1",
        ),
    )


def _bar(bar: rx.vars.ObjectVar[Bar], *, is_dense: bool) -> rx.Component:
    number = "sr-only" if is_dense else "text-sm tabular text-center"
    name = "sr-only" if is_dense else "text-sm text-muted text-center wrap-anywhere"
    return rx.el.li(
        rx.el.span(bar.count, class_name=number),
        rx.el.div(
            rx.el.div(
                style={"height": bar.height, "background": f"var(--{bar.tone})"},
                class_name="w-full rounded-t-control",
                aria_hidden=True,
            ),
            class_name="grow flex items-end w-full min-h-0",
        ),
        rx.el.span(bar.name, class_name=name),
        title=rx.Var.create(bar.name).to(str) + ": " + bar.count.to(str),
        class_name="flex flex-col h-full grow min-w-1 " + ("" if is_dense else "min-w-16 max-w-32"),
    )
