"""An agent's face: its own colour and glyph."""

from typing import Any, Final

import reflex as rx

from letsbe_app.ui.components.icon import icon

FACES: Final[dict[str, tuple[str, int]]] = {
    "dispatcher": ("waypoints", 1),
    "it-admin": ("wrench", 2),
    "marketing": ("megaphone", 3),
    "secretary": ("calendar-days", 4),
    "sales": ("handshake", 5),
}
"""Agent id -> glyph and the number of its colour in ``theme.css``; others share the last."""

OTHER_COLOUR: Final = 6


def avatar(agent_id: Any, *, size: str = "size-9", glyph_size: int = 18) -> rx.Component:
    """Return an agent's avatar, by its id (a var)."""
    return rx.match(
        agent_id,
        *[(known, _face(glyph, colour, size, glyph_size)) for known, (glyph, colour) in FACES.items()],
        _face("bot", OTHER_COLOUR, size, glyph_size),
    )


def _face(glyph: str, colour: int, size: str, glyph_size: int) -> rx.Component:
    return rx.el.span(
        icon(glyph, glyph_size),
        aria_hidden="true",
        class_name=f"{size} shrink-0 rounded-pill inline-flex items-center justify-center",
        style={
            "color": f"var(--agent-{colour})",
            "background": f"color-mix(in srgb, var(--agent-{colour}) 14%, var(--card))",
        },
    )
