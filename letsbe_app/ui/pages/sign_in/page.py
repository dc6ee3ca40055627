"""Signing up and signing in."""

from typing import Any, Final

import reflex as rx

from letsbe_app.settings import LegalNotice
from letsbe_app.ui import routes
from letsbe_app.ui.components.account_form import account_form, code_field, form_field, mailed_code_field
from letsbe_app.ui.components.button import kept_next_link, link
from letsbe_app.ui.components.card import card
from letsbe_app.ui.components.passkey import passkey_sign_in
from letsbe_app.ui.pages.site.frame import legal_link, public_page
from letsbe_app.ui.text import texts

SIGN_UP_ROUTE: Final = "/api/v1/public/sign-up"
SIGN_IN_ROUTE: Final = "/api/v1/public/sign-in"


def sign_up_page() -> rx.Component:
    """Return the page that makes an account and goes on to the wizard."""
    t = texts().sign_in
    form = account_form(
        SIGN_UP_ROUTE,
        [
            form_field("business_name", t.business, "text", "organization"),
            form_field("email", t.email, "email", "username"),
            form_field("password", t.password, "password", "new-password", t.password_hint),
        ],
        t.sign_up,
        after=routes.ONBOARDING,
    )
    return account_page(
        t.sign_up_title,
        t.sign_up_intro,
        form,
        t.terms_before,
        " ",
        legal_link(LegalNotice.TERMS),
        ", ",
        legal_link(LegalNotice.PRIVACY),
        rx.el.br(),
        t.have_account,
        " ",
        kept_next_link(t.sign_in, routes.SIGN_IN),
    )


def sign_in_page() -> rx.Component:
    """Return the page that signs in and goes to the portal, or back to where one came from."""
    t = texts().sign_in
    form = account_form(
        SIGN_IN_ROUTE,
        [
            # "webauthn": the browser offers passkeys in the menu of this field.
            form_field("email", t.email, "email", "username webauthn"),
            form_field("password", t.password, "password", "current-password"),
        ],
        t.sign_in,
        after=routes.HOME,
        code_field=code_field(),
        mailed_code_field=mailed_code_field(),
    )
    return account_page(
        t.sign_in_title,
        t.sign_in_intro,
        rx.fragment(form, passkey_sign_in()),
        link(t.forgot, to=routes.FORGOT_PASSWORD),
        rx.el.br(),
        t.no_account,
        " ",
        kept_next_link(t.make_account, routes.SIGN_UP),
    )


def account_page(
    title: str, intro: str, form: rx.Component, *below: Any, is_for_staff: bool = False
) -> rx.Component:
    """Return a public page that is one form; ``is_for_staff`` as in ``public_page``."""
    return public_page(
        rx.el.h1(title, class_name="text-3xl font-bold tracking-tight"),
        rx.el.p(intro, class_name="mt-2 text-muted"),
        card(form, class_name="mt-6 shadow-soft"),
        rx.el.p(*below, class_name="mt-5 text-muted"),
        wide=False,
        is_for_staff=is_for_staff,
    )
