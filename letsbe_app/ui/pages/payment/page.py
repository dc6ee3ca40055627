"""The practice payment: labelled as such, with nothing to type."""

import reflex as rx

from letsbe_app.ui.components.banner import banner
from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.card import card
from letsbe_app.ui.pages.payment.state import PaymentState
from letsbe_app.ui.pages.site.frame import public_page
from letsbe_app.ui.text import texts


def payment_page() -> rx.Component:
    """Return the payment page."""
    t = texts().onboarding
    return public_page(
        rx.el.h1(t.pay_title, class_name="text-3xl font-bold tracking-tight"),
        rx.el.div(
            banner(
                t.pay_practice,
                detail=t.pay_practice_detail,
                icon_name="flask-conical",
                is_detail_kept=True,
            ),
            class_name="mt-5",
        ),
        card(
            rx.el.p(t.order_of, class_name="text-sm text-muted"),
            rx.el.p(PaymentState.order_name, class_name="text-lg font-semibold min-h-7"),
            rx.el.p(PaymentState.price_text, class_name="mt-1 text-xl font-bold tabular min-h-8"),
            button(
                t.pay,
                on_click=PaymentState.pay,
                disabled=PaymentState.order_name == "",
                class_name="mt-5 w-full",
            ),
            class_name="mt-5 shadow-soft",
        ),
        wide=False,
        is_signed_in=True,
    )
