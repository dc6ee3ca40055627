"""The landing page: one promise, shown before it is explained. Static: it needs no state and no socket."""

from collections.abc import Sequence

import reflex as rx

from letsbe_app.shop.catalog.schemas import Plan, Tool
from letsbe_app.shop.catalog.service import Catalog
from letsbe_app.ui import routes
from letsbe_app.ui.components.avatar import avatar
from letsbe_app.ui.components.badge import tier_badge
from letsbe_app.ui.components.button import link_button
from letsbe_app.ui.components.card import card
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.pages.site.frame import public_page
from letsbe_app.ui.text import texts

_BLOCK = "mt-16 sm:mt-24"


def landing_page() -> rx.Component:
    """Return the landing page."""
    catalog = Catalog.load()
    return public_page(
        _promise(),
        _how(),
        _privacy(),
        _plans(catalog.plans),
        _tools(catalog.tools),
        _questions(),
        _last_call(),
    )


def _promise() -> rx.Component:
    t = texts().site
    return rx.el.section(
        rx.el.div(
            rx.el.h1(t.promise, class_name="text-3xl sm:text-4xl font-bold tracking-tight"),
            rx.el.p(t.promise_detail, class_name="mt-5 text-lg text-muted max-w-[46ch]"),
            rx.el.div(
                link_button(t.build, routes.SIGN_UP),
                link_button(t.calculate, routes.CALCULATOR, kind="quiet"),
                class_name="mt-8 flex flex-wrap gap-3",
            ),
        ),
        _sample_approval(),
        class_name="grid gap-10 lg:grid-cols-[1.1fr_1fr] items-center",
    )


def _sample_approval() -> rx.Component:
    """Return a miniature of an approval. It says of itself that it is a picture; nothing in it can be pressed."""
    t = texts().site
    return rx.el.figure(
        card(
            rx.el.div(
                avatar("it-admin"),
                rx.el.p(t.approval_who, class_name="font-medium grow"),
                tier_badge("RED"),
                class_name="flex items-center gap-3",
            ),
            rx.el.p(t.approval_what, class_name="mt-4 text-lg font-medium"),
            rx.el.pre(
                rx.el.code(t.approval_command),
                class_name="mt-3 px-3 py-2 rounded-control bg-sunken border border-line font-mono text-sm",
            ),
            rx.el.p(t.approval_why, class_name="mt-3 text-sm text-muted"),
            rx.el.div(
                _picture_button(t.approve, "bg-accent text-on-accent"),
                _picture_button(t.deny, "border border-line"),
                aria_hidden="true",
                class_name="mt-5 flex gap-3",
            ),
            class_name="shadow-soft",
        ),
        rx.el.figcaption(t.approval_caption, class_name="mt-3 text-sm text-muted"),
    )


def _picture_button(text: str, look: str) -> rx.Component:
    return rx.el.span(
        text, class_name=f"min-h-target px-4 inline-flex items-center rounded-control font-medium {look}"
    )


def _heading(title: str, detail: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.h2(title, class_name="text-2xl font-semibold tracking-tight"),
        rx.el.p(detail, class_name="mt-2 text-muted max-w-measure") if detail else rx.fragment(),
    )


def _how() -> rx.Component:
    t = texts().site
    return rx.el.section(
        _heading(t.how_title),
        rx.el.ol(
            *[
                rx.el.li(
                    rx.el.span(
                        str(number),
                        aria_hidden="true",
                        class_name="size-9 rounded-pill border-2 border-accent text-accent font-semibold tabular "
                        "inline-flex items-center justify-center",
                    ),
                    rx.el.h3(title, class_name="mt-4 text-lg font-semibold"),
                    rx.el.p(detail, class_name="mt-1 text-muted"),
                )
                for number, (title, detail) in enumerate(t.how, start=1)
            ],
            class_name="mt-8 grid gap-8 sm:grid-cols-3",
        ),
        class_name=_BLOCK,
    )


def _privacy() -> rx.Component:
    t = texts().site
    return rx.el.section(
        _heading(t.privacy_title, t.privacy_detail),
        rx.el.div(
            _side(t.privacy_server, t.privacy_server_text, "server"),
            _side(t.privacy_model, t.privacy_model_text, "cloud"),
            class_name="mt-8 grid gap-5 md:grid-cols-2 *:min-w-0",
        ),
        class_name=_BLOCK,
    )


def _side(title: str, text: str, icon_name: str) -> rx.Component:
    return card(
        rx.el.h3(icon(icon_name), title, class_name="flex items-center gap-2 font-semibold"),
        rx.el.pre(
            rx.el.code(text),
            class_name="mt-3 p-3 rounded-control bg-sunken border border-line font-mono text-sm whitespace-pre-wrap wrap-anywhere",
        ),
    )


def _plans(plans: Sequence[Plan]) -> rx.Component:
    t = texts().site
    return rx.el.section(
        _heading(t.plans_title, t.plans_detail),
        rx.el.ul(
            *[_plan(plan) for plan in plans],
            class_name="mt-8 grid gap-5 sm:grid-cols-2 lg:grid-cols-4",
        ),
        rx.el.div(
            rx.el.p(icon("gift"), t.founding, class_name="flex items-center gap-2 text-muted"),
            link_button(t.which_plan, routes.CALCULATOR, kind="quiet", icon_name="calculator"),
            class_name="mt-6 flex flex-wrap items-center justify-between gap-4",
        ),
        class_name=_BLOCK,
    )


def _plan(plan: Plan) -> rx.Component:
    t = texts().site
    facts = (
        t.tokens(plan.tokens_millions),
        t.machine(plan.vcpus, plan.ram_gb, plan.disk_gb),
        t.tool_range(plan.tools_advice),
    )
    return rx.el.li(
        card(
            rx.el.h3(plan.name, class_name="text-lg font-semibold"),
            rx.el.p(
                rx.el.span(t.price(plan.price_cents), class_name="text-2xl font-bold tabular"),
                rx.el.span(f" {t.per_month}", class_name="text-sm text-muted whitespace-nowrap"),
                class_name="mt-1",
            ),
            rx.el.ul(
                *[
                    rx.el.li(
                        icon("check", 16, class_name="mt-1 text-accent"),
                        rx.el.span(fact),
                        class_name="flex items-start gap-2 text-sm",
                    )
                    for fact in facts
                ],
                class_name="mt-4 flex flex-col gap-2",
            ),
            class_name="h-full",
        )
    )


def _tools(tools: Sequence[Tool]) -> rx.Component:
    t = texts().site
    return rx.el.section(
        _heading(t.tools_title, t.tools_detail),
        rx.el.ul(
            *[_tool(tool) for tool in tools],
            class_name="mt-8 grid gap-x-8 gap-y-4 sm:grid-cols-2 lg:grid-cols-3",
        ),
        class_name=_BLOCK,
    )


def _tool(tool: Tool) -> rx.Component:
    return rx.el.li(
        rx.el.p(tool.name, class_name="font-medium"),
        rx.el.p(tool.description, class_name="text-sm text-muted"),
        class_name="border-t border-line pt-3",
    )


def _questions() -> rx.Component:
    t = texts().site
    return rx.el.section(
        _heading(t.questions_title),
        rx.el.div(
            *[
                rx.el.details(
                    rx.el.summary(
                        question, class_name="min-h-target flex items-center font-medium cursor-pointer py-3"
                    ),
                    rx.el.p(answer, class_name="pb-4 text-muted max-w-measure"),
                    class_name="border-t border-line last:border-b",
                )
                for question, answer in t.questions
            ],
            class_name="mt-6",
        ),
        class_name=_BLOCK,
    )


def _last_call() -> rx.Component:
    t = texts().site
    return rx.el.section(
        rx.el.p(texts().common.tagline, class_name="text-2xl font-semibold tracking-tight"),
        rx.el.div(
            link_button(t.build, routes.SIGN_UP),
            class_name="mt-5",
        ),
        class_name=f"{_BLOCK} text-center",
    )
