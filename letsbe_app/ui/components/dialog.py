"""A dialog that is a bottom sheet on a phone: same content, by width."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from letsbe_app.ui.components.button import button
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


def question(*said: Any, confirm: Any, title: Any, is_open: Any, on_dismiss: Any) -> rx.Component:
    """Return a dialog that says something and asks; ``confirm`` is the button that says yes."""
    buttons = dialog_buttons(confirm, on_cancel=on_dismiss)
    return dialog(*said, buttons, title=title, is_open=is_open, on_dismiss=on_dismiss)


def dialog_buttons(confirm: Any, *, on_cancel: Any) -> rx.Component:
    """Return the end of a dialog: the way out, and what it is about."""
    return rx.el.div(
        button(texts().common.cancel, kind="quiet", on_click=on_cancel),
        confirm,
        class_name="flex flex-wrap justify-end gap-2",
    )


def dialog(*children: Any, title: Any, is_open: Any, on_dismiss: Any) -> rx.Component:
    """Return a dialog; ``is_open`` decides, and every way of leaving calls ``on_dismiss``."""
    return Dialog.create(
        *children,
        title=title,
        open=is_open,
        close_label=texts().common.close,
        on_dismiss=on_dismiss,
    )
