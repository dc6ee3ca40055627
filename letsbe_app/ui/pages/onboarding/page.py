"""The wizard: left the question, right a summary that is always true."""

import reflex as rx

from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.stepper import stepper
from letsbe_app.ui.pages.calculator.summary import summary
from letsbe_app.ui.pages.onboarding.state import OnboardingState
from letsbe_app.ui.pages.onboarding.steps import (
    bar_action,
    business_step,
    check_step,
    name_step,
    plan_step,
    tools_step,
)
from letsbe_app.ui.pages.site.frame import public_page
from letsbe_app.ui.text import texts


def onboarding_page() -> rx.Component:
    """Return the wizard."""
    t = texts().onboarding
    return public_page(
        rx.el.div(
            rx.el.h1(t.title, class_name="text-2xl font-bold tracking-tight"),
            button(t.later, kind="bare", on_click=OnboardingState.finish_later, class_name="-mx-4"),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.el.div(stepper(t.steps, OnboardingState.position, label=t.progress), class_name="mt-4"),
        rx.cond(
            OnboardingState.is_loaded,
            rx.el.div(
                rx.match(
                    OnboardingState.step,
                    ("tools", tools_step()),
                    ("plan", plan_step()),
                    ("name", name_step()),
                    ("check", check_step()),
                    business_step(),
                ),
                rx.cond(OnboardingState.step != "business", summary(OnboardingState.quote, bar_action())),
                class_name="mt-8 grid gap-8 lg:grid-cols-[1fr_20rem] max-lg:pb-44",
            ),
            rx.el.div(class_name="skeleton mt-8 h-72"),
        ),
        is_signed_in=True,
    )
