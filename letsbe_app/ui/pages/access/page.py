"""A new password, a confirmed address, an accepted invitation."""

from typing import Final

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.account_form import account_form, also_end_field, form_field
from letsbe_app.ui.components.button import link
from letsbe_app.ui.components.passkey import passkey_add
from letsbe_app.ui.components.second_factor import second_factor_setup
from letsbe_app.ui.components.sign_out import sign_out
from letsbe_app.ui.pages.sign_in.page import account_page
from letsbe_app.ui.text import texts

_PUBLIC: Final = "/api/v1/public"


def forgot_password_page() -> rx.Component:
    """Return the page that asks for a mail with a link."""
    t = texts().access
    form = account_form(
        f"{_PUBLIC}/password-reset",
        [form_field("email", texts().sign_in.email, "email", "username")],
        t.send_link,
        done=t.link_sent,
    )
    return account_page(t.forgot_title, t.forgot_intro, form, link(t.to_sign_in, to=routes.SIGN_IN))


def new_password_page() -> rx.Component:
    """Return the page behind that link."""
    t = texts().access
    form = account_form(
        f"{_PUBLIC}/password-reset/finish",
        [
            form_field("password", t.new_password, "password", "new-password", texts().sign_in.password_hint),
            also_end_field(),
        ],
        t.save_password,
        takes_token=True,
        done=t.password_saved,
        after=routes.SIGN_IN,
        after_label=t.to_sign_in,
    )
    return account_page(t.new_title, t.new_intro, form, link(t.ask_again, to=routes.FORGOT_PASSWORD))


def second_step_page() -> rx.Component:
    """Return the page for somebody whose business demands a second factor, and who has none yet."""
    t = texts().access
    return account_page(
        t.factor_title,
        t.factor_intro,
        rx.el.div(
            _way(t.factor_app, second_factor_setup()),
            _way(t.factor_passkey, passkey_add()),
            class_name="flex flex-col gap-6",
        ),
        # A new document: Reflex's socket and the page before knew of no second step.
        rx.el.a(t.factor_done, href=routes.HOME, class_name="text-accent underline underline-offset-2"),
        rx.el.br(),
        sign_out(),
    )


def _way(title: str, content: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h2(title, class_name="text-lg font-semibold mb-3"), content, aria_label=title)


def confirm_email_page() -> rx.Component:
    """Return the page that confirms an address. A button, since programs open links in mails as well."""
    t = texts().access
    form = account_form(
        f"{_PUBLIC}/email-confirmation",
        [],
        t.confirm,
        takes_token=True,
        done=t.confirmed,
        after=routes.HOME,
        after_label=t.to_portal,
    )
    return account_page(t.confirm_title, t.confirm_intro, form)


def join_page() -> rx.Component:
    """Return the page that accepts an invitation."""
    t = texts().access
    form = account_form(
        f"{_PUBLIC}/invitation/accept",
        [form_field("password", t.your_password, "password", "new-password", texts().sign_in.password_hint)],
        t.join,
        takes_token=True,
        after=routes.HOME,
    )
    return account_page(t.join_title, t.join_intro, form, link(t.to_sign_in, to=routes.SIGN_IN))
