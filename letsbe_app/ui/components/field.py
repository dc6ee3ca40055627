"""Fields: label above, hint between, error below; what was typed stays."""

from typing import Any, Final

import reflex as rx

from letsbe_app.ui.components.icon import icon

INPUT: Final = (
    "w-full min-h-target px-3 py-2 rounded-control bg-card text-ink border border-muted/70 "
    "placeholder:text-muted focus:border-accent aria-invalid:border-red"
)


def field(
    label: str,
    name: str,
    *,
    hint: str = "",
    error: Any = "",
    kind: str = "text",
    is_required: bool = False,
    **props: Any,
) -> rx.Component:
    """Return a one-line input with everything that belongs to it. ``error`` may be a var."""
    control = rx.el.input(
        id=name,
        name=name,
        type=kind,
        required=is_required,
        **_described(name, hint, error),
        class_name=INPUT,
        **props,
    )
    return _frame(label, name, hint, error, control)


def text_area(
    label: str, name: str, *, hint: str = "", error: Any = "", rows: int = 4, **props: Any
) -> rx.Component:
    """Return an input of several lines."""
    control = rx.el.textarea(
        id=name,
        name=name,
        rows=str(rows),
        **_described(name, hint, error),
        class_name=INPUT,
        **props,
    )
    return _frame(label, name, hint, error, control)


def field_error(name: str, error: Any) -> rx.Component:
    """Return the line that says what is wrong with a field; empty, it takes no room."""
    return rx.cond(
        error,
        rx.el.p(
            icon("circle-alert", 16),
            error,
            id=f"{name}-error",
            class_name="flex items-center gap-1.5 text-sm text-red",
        ),
    )


def _described(name: str, hint: str, error: Any) -> dict[str, Any]:
    described_by = f"{name}-hint {name}-error" if hint else f"{name}-error"
    return {"aria_describedby": described_by, "aria_invalid": rx.cond(error, "true", "false")}


def _frame(label: str, name: str, hint: str, error: Any, control: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="font-medium"),
        rx.el.p(hint, id=f"{name}-hint", class_name="text-sm text-muted") if hint else rx.fragment(),
        control,
        field_error(name, error),
        class_name="flex flex-col gap-1.5",
    )
