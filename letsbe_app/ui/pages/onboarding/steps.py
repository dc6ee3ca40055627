"""One function per step of the wizard."""

from typing import Any

import reflex as rx

from letsbe_app.shop.catalog.service import Catalog
from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.components.button import button, button_class
from letsbe_app.ui.components.card import card
from letsbe_app.ui.components.choice_card import choice_card
from letsbe_app.ui.components.field import field, field_error, text_area
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.meter import meter
from letsbe_app.ui.pages.calculator.choices import bundle_choices, tool_choices
from letsbe_app.ui.pages.onboarding.state import OnboardingState
from letsbe_app.ui.pages.onboarding.view_models import BundleView, PlanView
from letsbe_app.ui.text import texts


def business_step() -> rx.Component:
    """Return the question for the business, and the classifier's suggestion."""
    t = texts().onboarding
    return _step(
        t.business_title,
        rx.el.form(
            text_area(
                t.business_label,
                "business_description",
                hint=t.business_hint,
                error=OnboardingState.errors["business_description"],
                default_value=OnboardingState.description,
                max_length=4_000,
            ),
            rx.el.div(
                button(t.suggest, type="submit", icon_name="sparkles"),
                button(
                    t.choose_myself,
                    kind="bare",
                    on_click=OnboardingState.choose_myself,
                    class_name="max-sm:-ml-4",
                ),
                class_name="mt-4 flex flex-wrap gap-3",
            ),
            on_submit=OnboardingState.suggest,
        ),
        rx.el.div(
            rx.cond(OnboardingState.suggestion.bundle.bundle_id != "", _suggestion()),
            aria_live="polite",
        ),
    )


def _suggestion() -> rx.Component:
    t = texts().onboarding
    suggestion = OnboardingState.suggestion
    return rx.el.div(
        card(
            rx.el.p(t.suggestion_title, class_name="text-sm text-muted"),
            rx.el.h3(suggestion.bundle.name, class_name="text-xl font-semibold"),
            rx.el.p(suggestion.bundle.description, class_name="mt-1"),
            rx.el.div(
                meter(t.sureness, value_text=suggestion.sure_text, percent=suggestion.percent),
                class_name="mt-4 max-w-xs",
            ),
            rx.el.ul(
                rx.foreach(suggestion.reasons, lambda reason: rx.el.li(reason)),
                class_name="mt-4 flex flex-col gap-1 text-muted",
            ),
            button(
                t.next,
                on_click=OnboardingState.take_bundle(suggestion.bundle.bundle_id),
                class_name="mt-5",
            ),
            class_name="rise shadow-soft",
        ),
        rx.cond(
            suggestion.others.length() > 0,
            rx.el.div(
                rx.el.p(t.others, class_name="font-medium"),
                rx.el.div(
                    rx.foreach(suggestion.others, _other_bundle), class_name="mt-2 flex flex-wrap gap-2"
                ),
                class_name="mt-5",
            ),
        ),
        class_name="mt-6",
    )


def _other_bundle(bundle: BundleView) -> rx.Component:
    return button(
        bundle.name,
        kind="quiet",
        title=bundle.description,
        on_click=OnboardingState.take_bundle(bundle.bundle_id),
    )


def tools_step() -> rx.Component:
    """Return all tools, the chosen ones ticked."""
    t = texts()
    catalog = Catalog.load()
    return _step(
        t.onboarding.tools_title,
        rx.el.div(
            rx.el.p(t.calculator.bundles, class_name="font-medium mb-2"),
            bundle_choices(catalog.bundles, OnboardingState.replace_by_bundle),
            class_name="mb-6",
        ),
        field_error("tool_ids", OnboardingState.errors["tool_ids"]),
        tool_choices(catalog.tools, OnboardingState.tool_ids, OnboardingState.toggle),
        _moves(is_in_bar=True),
    )


def plan_step() -> rx.Component:
    """Return the four plans, each with whether it fits and why."""
    return _step(
        texts().onboarding.plan_title,
        field_error("plan_id", OnboardingState.errors["plan_id"]),
        rx.el.fieldset(
            rx.el.legend(texts().onboarding.plan_title, class_name="sr-only"),
            rx.foreach(OnboardingState.plans, _plan),
            class_name="flex flex-col gap-3",
        ),
        _moves(is_in_bar=True),
    )


def _plan(plan: PlanView) -> rx.Component:
    t = texts().onboarding
    return choice_card(
        rx.fragment(plan.name, ", ", plan.price_text),
        rx.fragment(
            rx.el.span(plan.facts, class_name="block"),
            rx.el.span(plan.why, class_name="block mt-1"),
        ),
        name="plan",
        value=plan.plan_id,
        is_chosen=OnboardingState.plan_id == plan.plan_id,
        disabled=~plan.is_fit,
        aside=rx.cond(
            plan.is_recommended,
            badge(t.plan_recommended, tone="accent", icon_name="check"),
            rx.cond(plan.is_fit, rx.fragment(), badge(t.plan_too_small)),
        ),
        on_choose=OnboardingState.choose_plan(plan.plan_id),
    )


def name_step() -> rx.Component:
    """Return the question for the server's name."""
    t = texts().onboarding
    return _step(
        t.name_title,
        rx.el.form(
            field(
                t.name_label,
                "server_name",
                hint=t.name_hint,
                error=OnboardingState.errors["server_name"],
                default_value=OnboardingState.server_name,
                is_required=True,
                max_length=40,
                auto_complete="off",
            ),
            _moves(is_submit=True),
            on_submit=OnboardingState.keep_name,
        ),
    )


def check_step() -> rx.Component:
    """Return the whole order, each line with the way to change it."""
    t = texts().onboarding
    check = OnboardingState.check
    return _step(
        t.check_title,
        rx.el.dl(
            _line(t.check_tools, check.tools, "tools"),
            _line(t.check_plan, rx.fragment(check.plan, rx.el.br(), check.tokens), "plan"),
            _line(t.check_name, OnboardingState.server_name, "name"),
            _line(t.check_team, t.check_team_value),
            _line(t.check_price, rx.el.span(check.price_text, class_name="font-semibold tabular")),
            class_name="border-t border-line",
        ),
        rx.el.div(
            button(t.back, kind="quiet", on_click=OnboardingState.go_back),
            _order("max-lg:hidden"),
            class_name="mt-8 flex flex-wrap justify-between gap-3",
        ),
    )


def bar_action() -> rx.Component:
    """Return a phone's way on: on its small screen the end of the question is far below."""
    return rx.match(
        OnboardingState.step,
        ("tools", _next("lg:hidden w-full")),
        ("plan", _next("lg:hidden w-full")),
        ("check", _order("lg:hidden w-full")),
        rx.fragment(),
    )


def _order(class_name: str) -> rx.Component:
    return button(
        texts().onboarding.order,
        on_click=OnboardingState.place_order,
        icon_name="lock",
        disabled=OnboardingState.plan_id == "",
        class_name=class_name,
    )


def _line(name: str, value: Any, step: str = "") -> rx.Component:
    t = texts().onboarding
    change = button(
        t.change, kind="bare", on_click=OnboardingState.go_to(step), aria_label=f"{t.change}: {name}"
    )
    return rx.el.div(
        rx.el.dt(name, class_name="max-sm:basis-full sm:w-28 shrink-0 text-muted max-sm:text-sm"),
        rx.el.dd(value, class_name="grow min-w-0 basis-0"),
        rx.el.dd(change) if step else rx.fragment(),
        class_name="flex flex-wrap items-center gap-x-4 min-h-14 py-2 border-b border-line",
    )


def _step(title: str, *children: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="text-xl font-semibold mb-5"), *children, class_name="min-w-0"
    )


def _moves(*, is_in_bar: bool = False, is_submit: bool = False) -> rx.Component:
    t = texts().onboarding
    return rx.el.div(
        button(t.back, kind="quiet", on_click=OnboardingState.go_back),
        _next("max-lg:hidden" if is_in_bar else "", is_submit=is_submit),
        class_name="mt-8 flex justify-between gap-3",
    )


def _next(class_name: str, *, is_submit: bool = False) -> rx.Component:
    state = OnboardingState
    is_off = ((state.step == "tools") & (state.quote.plan_id == "")) | (
        (state.step == "plan") & (state.plan_id == "")
    )
    on_next = {"type": "submit"} if is_submit else {"type": "button", "on_click": state.go_on}
    return rx.el.button(
        texts().onboarding.next,
        icon("arrow-right"),
        disabled=is_off,
        class_name=button_class("primary", class_name),
        **on_next,
    )
