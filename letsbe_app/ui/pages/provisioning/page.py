"""The set-up page: named steps with state and time, and what to do when one stops."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.banner import banner
from letsbe_app.ui.components.button import button, link_button
from letsbe_app.ui.components.card import card
from letsbe_app.ui.components.empty_state import empty_state
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.components.skeleton import skeleton
from letsbe_app.ui.pages.provisioning.state import ProvisioningState
from letsbe_app.ui.pages.provisioning.view_models import StepRow
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.text import texts


def provisioning_page() -> rx.Component:
    """Return the page."""
    return portal_shell(
        rx.cond(
            ProvisioningState.is_missing,
            _missing(),
            rx.cond(ProvisioningState.progress.order_id != "", _set_up(), skeleton("h-8 w-1/2", "h-72")),
        ),
        here=routes.PROVISIONING,
        on_wake=ProvisioningState.woken,
        needs_server=False,
    )


def _missing() -> rx.Component:
    t = texts().common
    return empty_state(
        t.not_found_title,
        t.not_found_detail,
        icon_name="signpost",
        action=link_button(t.home, routes.HOME),
        is_page=True,
    )


def _set_up() -> rx.Component:
    progress = ProvisioningState.progress
    return rx.fragment(
        rx.el.div(
            rx.el.h1(progress.title, class_name="text-2xl sm:text-3xl font-semibold", aria_live="polite"),
            _lead(),
            class_name="flex flex-col gap-2",
        ),
        rx.cond(progress.is_failed, _failure()),
        rx.cond(progress.is_ready, _ready()),
        rx.cond(
            progress.is_cancelled,
            link_button(texts().provisioning.cancelled_action, routes.ONBOARDING, class_name="w-fit"),
            card(
                _bar(),
                _remaining(),
                rx.el.ol(rx.foreach(progress.steps, _step), class_name="flex flex-col divide-y divide-line"),
                class_name="flex flex-col gap-2 max-w-[720px]",
            ),
        ),
    )


def _lead() -> rx.Component:
    t = texts().provisioning
    progress = ProvisioningState.progress
    return rx.el.p(
        rx.cond(
            progress.is_ready,
            t.ready_detail,
            rx.cond(
                progress.is_failed,
                t.failed_detail,
                rx.cond(
                    progress.is_cancelled,
                    rx.fragment(t.cancelled_detail, " ", _order_id(), "."),
                    t.can_close,
                ),
            ),
        ),
        class_name="text-muted max-w-[68ch]",
    )


def _order_id() -> rx.Component:
    return rx.el.code(ProvisioningState.progress.order_id, class_name="font-mono text-sm")


def _failure() -> rx.Component:
    t = texts().provisioning
    progress = ProvisioningState.progress
    return rx.el.div(
        banner(progress.failure, tone="danger"),
        rx.cond(
            progress.can_retry,
            button(t.retry, icon_name="rotate-cw", on_click=ProvisioningState.retry, class_name="w-fit"),
        ),
        rx.el.p(
            t.write_us,
            " ",
            _order_id(),
            ".",
            class_name="text-sm text-muted",
        ),
        class_name="flex flex-col gap-3 max-w-[720px]",
    )


def _ready() -> rx.Component:
    t = texts().provisioning
    return rx.el.div(
        link_button(t.go_chat, routes.chat_with("dispatcher"), icon_name="message-circle"),
        link_button(t.go_home, routes.HOME, kind="quiet"),
        class_name="flex flex-wrap gap-2",
    )


def _bar() -> rx.Component:
    progress = ProvisioningState.progress
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                class_name="h-full rounded-pill bg-accent transition-[width]",
                style={"width": progress.percent.to(str) + "%"},
            ),
            role="progressbar",
            aria_label=progress.title,
            aria_valuenow=progress.percent,
            aria_valuemin="0",
            aria_valuemax="100",
            class_name="h-2 grow rounded-pill bg-sunken border border-line/60 overflow-hidden",
        ),
        rx.el.span(progress.step_text, class_name="text-sm text-muted tabular whitespace-nowrap"),
        class_name="flex items-center gap-3",
    )


def _remaining() -> rx.Component:
    text = ProvisioningState.progress.remaining_text
    return rx.cond(text != "", rx.el.p(text, class_name="text-sm text-muted tabular"))


def _step(step: rx.vars.ObjectVar[StepRow]) -> rx.Component:
    mark = "size-7 shrink-0 rounded-pill inline-flex items-center justify-center "
    return rx.el.li(
        rx.match(
            step.state,
            ("done", rx.el.span(icon("check", 16), class_name=f"{mark} bg-accent text-on-accent")),
            (
                "running",
                rx.el.span(
                    icon("loader", 16, "animate-spin"), class_name=f"{mark} border border-accent text-accent"
                ),
            ),
            ("failed", rx.el.span(icon("x", 16), class_name=f"{mark} border border-red text-red")),
            rx.el.span(class_name=f"{mark} border border-line"),
        ),
        rx.el.div(
            rx.el.p(
                step.title,
                class_name=rx.cond(step.state == "waiting", "text-muted", "font-medium"),
            ),
            rx.cond(step.detail != "", rx.el.p(step.detail, class_name="text-sm text-muted")),
            class_name="grow min-w-0",
        ),
        rx.el.span(
            rx.el.span(step.state_text, class_name=rx.cond(step.time_text != "", "sr-only", "")),
            step.time_text,
            class_name="text-sm text-muted tabular whitespace-nowrap",
        ),
        aria_current=rx.cond(step.state == "running", "step", "false"),
        class_name="flex items-center gap-3 py-2.5",
    )
