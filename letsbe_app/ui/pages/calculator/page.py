"""The bundle calculator for everybody."""

import reflex as rx

from letsbe_app.shop.catalog.service import Catalog
from letsbe_app.ui.components.button import button
from letsbe_app.ui.pages.calculator.choices import bundle_choices, tool_choices
from letsbe_app.ui.pages.calculator.state import CalculatorState
from letsbe_app.ui.pages.calculator.summary import summary
from letsbe_app.ui.pages.site.frame import public_page
from letsbe_app.ui.text import texts


def calculator_page() -> rx.Component:
    """Return the calculator."""
    t = texts().calculator
    catalog = Catalog.load()
    return public_page(
        rx.el.h1(t.title, class_name="text-3xl font-bold tracking-tight"),
        rx.el.p(t.intro, class_name="mt-2 text-muted max-w-measure"),
        rx.el.div(
            rx.el.div(
                rx.el.h2(t.bundles, class_name="text-lg font-semibold"),
                rx.el.div(bundle_choices(catalog.bundles, CalculatorState.take_bundle), class_name="mt-3"),
                rx.el.h2(t.tools, class_name="mt-8 mb-4 text-lg font-semibold"),
                tool_choices(catalog.tools, CalculatorState.tool_ids, CalculatorState.toggle),
            ),
            summary(
                CalculatorState.quote,
                button(
                    t.build,
                    on_click=CalculatorState.build,
                    disabled=CalculatorState.quote.plan_id == "",
                ),
                button(
                    t.clear,
                    kind="bare",
                    on_click=CalculatorState.clear,
                    disabled=CalculatorState.quote.tool_count == 0,
                    class_name="max-lg:hidden",
                ),
            ),
            class_name="mt-8 grid gap-8 lg:grid-cols-[1fr_20rem] max-lg:pb-40",
        ),
    )
