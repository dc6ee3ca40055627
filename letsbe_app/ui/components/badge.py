"""Badges, and the tiers' own: colour, icon and word together, never colour alone."""

from typing import Any, Final, Literal

import reflex as rx

from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.text import texts

Tone = Literal["muted", "green", "yellow", "external", "red", "critical", "info", "accent"]

_TONES: Final[dict[Tone, str]] = {
    "muted": "text-muted border-line",
    "green": "text-green border-green/50",
    "yellow": "text-yellow border-yellow/50",
    "external": "text-external border-external/50",
    "red": "text-red border-red/50",
    "critical": "text-critical border-critical/60",
    "info": "text-info border-info/50",
    "accent": "text-accent border-accent/50",
}


def badge(text: Any, *, tone: Tone = "muted", icon_name: str = "", class_name: str = "") -> rx.Component:
    """Return a small label."""
    return rx.el.span(
        icon(icon_name, 14) if icon_name else rx.fragment(),
        text,
        class_name=(
            "inline-flex items-center gap-1.5 px-2.5 py-0.5 rounded-pill border text-sm font-medium "
            f"whitespace-nowrap bg-card {_TONES[tone]} {class_name}"
        ),
    )


def tier_badge(tier_label: Any) -> rx.Component:
    """Return the badge of a tier, by its label such as ``YELLOW_EXTERNAL`` (a var)."""
    t = texts().approvals
    return rx.match(
        tier_label,
        ("GREEN", badge(t.tier_green, tone="green", icon_name="eye")),
        ("YELLOW", badge(t.tier_yellow, tone="yellow", icon_name="pencil")),
        ("YELLOW_EXTERNAL", badge(t.tier_yellow_external, tone="external", icon_name="send")),
        ("RED", badge(t.tier_red, tone="red", icon_name="triangle-alert")),
        ("CRITICAL_RED", badge(t.tier_critical_red, tone="critical", icon_name="octagon-alert")),
        badge(tier_label),
    )
