"""Header and footer of the public pages."""

from typing import Any

import reflex as rx

from letsbe_app.settings import LegalNotice
from letsbe_app.ui import routes
from letsbe_app.ui.components.button import link, link_button
from letsbe_app.ui.components.skip_link import CONTENT_ID, skip_link
from letsbe_app.ui.text import texts


def public_page(
    *children: Any, wide: bool = True, is_signed_in: bool = False, is_for_staff: bool = False
) -> rx.Component:
    """
    Return a page outside the portal: header, main, footer.

    Args:
        children: What stands in it.
        wide: The page brings its own measure.
        is_signed_in: Only signed-in people get here, so the header leads to the portal.
        is_for_staff: A door of the back office: nothing around it leads to where customers go.
    """
    measure = "max-w-6xl" if wide else "max-w-xl"
    return rx.fragment(
        _staff_header() if is_for_staff else _header(is_signed_in=is_signed_in),
        rx.el.main(
            *children,
            id=CONTENT_ID,
            tab_index=-1,
            class_name=f"outline-none mx-auto w-full {measure} px-4 sm:px-6 py-8 sm:py-12",
        ),
        rx.fragment() if is_for_staff else _footer(is_signed_in=is_signed_in),
    )


def wordmark(to: str = routes.LANDING) -> rx.Component:
    """Return the product's name as a link."""
    return link(
        rx.el.img(src="/icon.svg", alt="", class_name="size-7"),
        texts().common.product,
        to=to,
        class_name="inline-flex items-center gap-2 font-semibold !no-underline !text-ink min-h-target",
    )


def _header(*, is_signed_in: bool) -> rx.Component:
    t = texts()
    door = (t.site.to_portal, routes.HOME) if is_signed_in else (t.common.sign_in, routes.SIGN_IN)
    return rx.el.header(
        skip_link(),
        rx.el.div(
            wordmark(),
            rx.el.nav(
                link_button(
                    t.calculator.title_short, routes.CALCULATOR, kind="bare", class_name="max-sm:hidden"
                ),
                link_button(*door, kind="quiet"),
                aria_label=t.common.main_navigation,
                class_name="flex items-center gap-2",
            ),
            class_name="mx-auto max-w-6xl px-4 sm:px-6 py-3 flex items-center justify-between gap-4",
        ),
        class_name="border-b border-line bg-paper",
    )


def legal_link(notice: LegalNotice) -> rx.Component:
    """
    Return a link to one of the notices.

    In a tab of its own: whoever reads it while signing up keeps what they typed. Within this tab the link
    would moreover look for a page of ours, and it is the hub that knows where the notice is.
    """
    return rx.el.a(
        texts().site.legal(notice),
        href=routes.legal(notice),
        target="_blank",
        rel="noopener",
        class_name=(
            "inline-flex items-center min-h-target min-w-target text-accent underline underline-offset-2 "
            "hover:brightness-110"
        ),
    )


def _staff_header() -> rx.Component:
    return rx.el.header(
        skip_link(),
        rx.el.div(
            wordmark(routes.ADMIN_SIGN_IN),
            rx.el.span(texts().admin.title, class_name="text-muted"),
            class_name="mx-auto max-w-6xl px-4 sm:px-6 py-3 flex items-center gap-3",
        ),
        class_name="border-b border-line bg-paper",
    )


def _footer(*, is_signed_in: bool) -> rx.Component:
    t = texts()
    door = (t.site.to_portal, routes.HOME) if is_signed_in else (t.common.sign_in, routes.SIGN_IN)
    return rx.el.footer(
        rx.el.div(
            rx.el.p(t.site.footer),
            rx.el.nav(
                link(t.calculator.title_short, to=routes.CALCULATOR),
                link(door[0], to=door[1]),
                *(legal_link(notice) for notice in LegalNotice),
                aria_label=t.site.footer_navigation,
                class_name="flex flex-wrap gap-x-6",
            ),
            class_name=(
                "mx-auto max-w-6xl px-4 sm:px-6 py-8 flex flex-wrap items-center justify-between gap-x-6 gap-y-2 "
                "text-sm text-muted"
            ),
        ),
        class_name="border-t border-line mt-8",
    )
