"""A dialog that is a bottom sheet on a phone: same content, by width."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts


class Dialog(Island):
    """The native dialog element, opened by a prop."""

    library = island("dialog.jsx")
    tag = "Dialog"

    open: rx.Var[bool]
    title: rx.Var[str]
    close_label: rx.Var[str]
    on_dismiss: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg, valid-type]


def dialog(*children: Any, title: Any, is_open: Any, on_dismiss: Any) -> rx.Component:
    """Return a dialog; ``is_open`` decides, and every way of leaving calls ``on_dismiss``."""
    return Dialog.create(
        *children,
        title=title,
        open=is_open,
        close_label=texts().common.close,
        on_dismiss=on_dismiss,
    )
