"""A link that saves a file and looks like a button."""

import reflex as rx

from letsbe_app.ui.components.button import Kind, button_class
from letsbe_app.ui.islands import Island, island


class DownloadLink(Island):
    """The page stays where it is; its name is the server's to give."""

    library = island("download_link.jsx")
    tag = "DownloadLink"

    text: rx.Var[str]
    href: rx.Var[str]


def download_link(text: str, href: str | rx.Var[str], *, kind: Kind = "quiet") -> rx.Component:
    """Return the link; ``text`` is a verb."""
    return DownloadLink.create(text=text, href=href, class_name=button_class(kind))
