"""A link that saves a file and looks like a button."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from letsbe_app.ui.components.button import Kind, button_class
from letsbe_app.ui.islands import Island, island


class DownloadLink(Island):
    """The page stays where it is; its name is the server's to give."""

    library = island("download_link.jsx")
    tag = "DownloadLink"

    text: rx.Var[str]
    href: rx.Var[str]
    on_save: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg, valid-type]


def download_link(text: str, href: str | rx.Var[str], *, kind: Kind = "quiet", **events: Any) -> rx.Component:
    """Return the link; ``text`` is a verb. ``on_save`` is called when the saving begins."""
    return DownloadLink.create(text=text, href=href, class_name=button_class(kind), **events)
