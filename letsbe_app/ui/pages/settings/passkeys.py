"""The section of one's passkeys."""

import reflex as rx

from letsbe_app.ui.components.passkey import passkey_add
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.settings.parts import ACCOUNT, confirmed_form, folded, part
from letsbe_app.ui.pages.settings.state import SettingsState
from letsbe_app.ui.pages.settings.view_models import PasskeyRow
from letsbe_app.ui.text import texts


def passkeys() -> rx.Component:
    """Return the section."""
    t = texts().settings
    return part(
        t.passkeys,
        rx.cond(
            SettingsState.has_passkeys,
            rx.el.ul(
                rx.foreach(SettingsState.passkeys, _passkey),
                aria_label=t.passkeys,
                class_name="flex flex-col divide-y divide-line",
            ),
            rx.el.p(t.passkeys_none, class_name="text-muted"),
        ),
        folded(t.passkey_add, passkey_add(on_done=SettingsState.changed)),
        detail=t.passkeys_detail,
    )


def _passkey(row: rx.vars.ObjectVar[PasskeyRow]) -> rx.Component:
    t = texts().settings
    return rx.el.li(
        rx.el.div(
            rx.el.p(row.name, class_name="font-medium break-words"),
            rx.el.p(
                rx.cond(
                    row.last_used_at != "",
                    time_ago(row.last_used_at, prefix=t.passkey_used),
                    t.passkey_unused,
                ),
                class_name="text-sm text-muted",
            ),
            class_name="min-w-0",
        ),
        folded(
            t.passkey_remove,
            confirmed_form(
                f"{ACCOUNT}/passkeys/{row.id}/remove",
                [],
                t.passkey_remove,
                prefix=row.id,
                is_danger=True,
                done=t.passkey_removed,
                on_done=SettingsState.changed,
            ),
        ),
        class_name="py-2",
    )
