"""What the hub hands to a tab besides the state of its page."""

from collections.abc import Mapping

import reflex as rx
from reflex.event import EventSpec


def tell(name: str, value: Mapping[str, str | bool]) -> EventSpec:
    """
    Return the event that hands a value to whoever hears this name in the tab; see ``islands/told.js``.

    In place of ``rx.call_script``, which the browser would have to evaluate: the content policy lets nothing be
    evaluated.
    """
    return rx.set_value(name, dict(value))
