"""A button for what cannot be undone: it must be held for a moment."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from letsbe_app.ui.islands import Island, island


class HoldButton(Island):
    """Fires ``on_confirm`` after it was held for 1.2 seconds."""

    library = island("hold_button.jsx")
    tag = "HoldButton"

    label: rx.Var[str]
    disabled: rx.Var[bool]
    submits: rx.Var[bool]
    on_confirm: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg, valid-type]


def hold_button(
    label: str, *, on_confirm: Any = None, is_submit: bool = False, is_disabled: Any = False
) -> rx.Component:
    """Return a button that must be held; ``is_submit`` makes it the one that sends its form."""
    events = {} if on_confirm is None else {"on_confirm": on_confirm}
    return HoldButton.create(label=label, disabled=is_disabled, submits=is_submit, **events)
