"""The section of support's looks, and the way to the activity log."""

import reflex as rx

from letsbe_app.people.support.service import HOURS
from letsbe_app.ui import routes
from letsbe_app.ui.components.button import button, link
from letsbe_app.ui.components.field import INPUT
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.settings.parts import part
from letsbe_app.ui.pages.settings.state import SettingsState
from letsbe_app.ui.text import texts


def support() -> rx.Component:
    """Return the section."""
    t = texts().settings
    return part(
        t.support,
        rx.cond(
            SettingsState.support_until != "",
            rx.el.div(
                rx.el.p(
                    time_ago(SettingsState.support_until, prefix=t.support_open), class_name="font-medium"
                ),
                button(t.support_end, kind="danger", on_click=SettingsState.end_support),
                class_name="flex flex-wrap items-center gap-3",
            ),
            _allow(),
        ),
        link(texts().activity.open, to=routes.ACTIVITY),
        detail=t.support_detail,
    )


def _allow() -> rx.Component:
    t = texts().settings
    return rx.el.form(
        rx.el.p(t.support_closed, class_name="text-muted basis-full"),
        rx.el.label(t.support_hours, html_for="support_hours", class_name="font-medium"),
        rx.el.select(
            *[rx.el.option(t.hours(count), value=str(count)) for count in HOURS],
            id="support_hours",
            name="support_hours",
            default_value="4",
            class_name=f"{INPUT} cursor-pointer max-w-40",
        ),
        button(t.support_allow, kind="quiet", type="submit"),
        on_submit=SettingsState.allow_support,
        class_name="flex flex-wrap items-center gap-3",
    )
