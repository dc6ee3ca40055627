"""The section of the second step at sign-in."""

import reflex as rx
from reflex.event import no_args_event_spec

from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.pages.settings.parts import ACCOUNT, confirmed_form, folded, part
from letsbe_app.ui.pages.settings.state import SettingsState
from letsbe_app.ui.text import texts


class SecondFactorSetup(Island):
    """Password, picture, first code, recovery codes; see ``second_factor.jsx``."""

    library = island("second_factor.jsx")
    tag = "SecondFactorSetup"

    routes: rx.Var[dict[str, str]]
    words: rx.Var[dict[str, str]]
    working: rx.Var[str]
    failed: rx.Var[str]
    on_done: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg, valid-type]


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
        rx.el.div(folded(t.factor_begin, _setup()), hidden=SettingsState.hides_setup),
        rx.cond(SettingsState.has_second_factor, folded(t.factor_disable, _disable())),
        detail=t.factor_detail,
    )


def _setup() -> rx.Component:
    t, s = texts().settings, texts().sign_in
    return SecondFactorSetup.create(
        routes={"begin": f"{ACCOUNT}/second-factor", "enable": f"{ACCOUNT}/second-factor/enable"},
        words={
            "password": t.password,
            "begin": t.factor_begin,
            "scan": t.factor_scan,
            "picture": t.factor_picture,
            "by_hand": t.factor_by_hand,
            "code": t.factor_code,
            "enable": t.factor_enable,
            "keep_codes": t.factor_keep,
        },
        working=s.working,
        failed=s.failed,
        on_done=SettingsState.switched_on,
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
