"""Icons: always beside a word, hidden from screen readers."""

import reflex as rx


def icon(name: str, size: int = 18, class_name: str = "") -> rx.Component:
    """Return a line icon."""
    return rx.icon(name, size=size, aria_hidden="true", class_name=f"shrink-0 {class_name}".strip())
