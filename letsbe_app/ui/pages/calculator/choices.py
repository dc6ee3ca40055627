"""Bundles and tools to choose from. The lists are the same for everybody, so they are part of the page itself."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import reflex as rx

from letsbe_app.shop.catalog.schemas import Bundle, Tool
from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.choice_card import choice_card
from letsbe_app.ui.text import texts


def bundle_choices(bundles: Sequence[Bundle], on_choose: Callable[[str], Any]) -> rx.Component:
    """Return one button per bundle."""
    return rx.el.ul(
        *[
            rx.el.li(
                button(bundle.name, kind="quiet", on_click=on_choose(bundle.id), title=bundle.description)
            )
            for bundle in bundles
        ],
        class_name="flex flex-wrap gap-2",
    )


def tool_choices(tools: Sequence[Tool], chosen: Any, on_toggle: Callable[[str], Any]) -> rx.Component:
    """Return the tools by category; ``chosen`` is a var with the ids of those that are taken."""
    by_category = groupby(sorted(tools, key=lambda tool: tool.category), key=lambda tool: tool.category)
    return rx.el.div(
        *[_category(name, list(group), chosen, on_toggle) for name, group in by_category],
        class_name="sm:columns-2 gap-4",
    )


def _category(name: str, tools: list[Tool], chosen: Any, on_toggle: Callable[[str], Any]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(name, class_name="font-semibold"),
        rx.el.div(
            *[_tool(tool, chosen, on_toggle) for tool in tools],
            class_name="mt-2 grid gap-3",
        ),
        class_name="break-inside-avoid pb-6",
    )


def _tool(tool: Tool, chosen: Any, on_toggle: Callable[[str], Any]) -> rx.Component:
    t = texts().calculator
    return choice_card(
        tool.name,
        rx.fragment(
            tool.description,
            rx.el.span(t.tool_needs(tool.ram_mb, tool.disk_gb), class_name="block mt-1 tabular"),
        ),
        name="tools",
        value=tool.id,
        is_chosen=chosen.contains(tool.id),
        is_single=False,
        on_choose=on_toggle(tool.id),
    )
