"""The section of the second step at sign-in."""

import reflex as rx

from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.components.second_factor import second_factor_setup
from letsbe_app.ui.pages.settings.parts import ACCOUNT, confirmed_form, folded, part
from letsbe_app.ui.pages.settings.state import SettingsState
from letsbe_app.ui.text import texts


def second_factor() -> rx.Component:
    """Return the section."""
    t = texts().settings
    return part(
        t.factor,
        rx.el.div(
            rx.cond(
                SettingsState.has_second_factor,
                badge(t.factor_on, tone="green", icon_name="shield-check"),
                badge(t.factor_off, icon_name="shield-off"),
            )
        ),
        # Not chosen by a var: the recovery codes must stay in sight when it has just been switched on.
        rx.el.div(
            folded(t.factor_begin, second_factor_setup(on_done=SettingsState.switched_on)),
            hidden=SettingsState.hides_setup,
        ),
        rx.cond(SettingsState.has_second_factor, folded(t.factor_disable, _disable())),
        detail=t.factor_detail,
    )


def _disable() -> rx.Component:
    t = texts().settings
    return confirmed_form(
        f"{ACCOUNT}/second-factor/disable",
        [],
        t.factor_disable,
        prefix="disable",
        is_danger=True,
        done=t.factor_disabled,
        on_done=SettingsState.changed,
    )
