"""Signing up and signing in."""

from typing import Final

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.button import link
from letsbe_app.ui.components.card import card
from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.pages.site.frame import public_page
from letsbe_app.ui.text import texts

SIGN_UP_ROUTE: Final = "/api/v1/public/sign-up"
SIGN_IN_ROUTE: Final = "/api/v1/public/sign-in"


class AccountForm(Island):
    """A form that posts to the hub's REST route, which sets the session cookie."""

    library = island("account_form.jsx")
    tag = "AccountForm"

    action: rx.Var[str]
    fields: rx.Var[list[dict[str, str]]]
    submit_label: rx.Var[str]
    working_label: rx.Var[str]
    failed_text: rx.Var[str]
    after: rx.Var[str]


def sign_up_page() -> rx.Component:
    """Return the page that makes an account and goes on to the wizard."""
    t = texts().sign_in
    form = _form(
        SIGN_UP_ROUTE,
        [
            _field("business_name", t.business, "text", "organization"),
            _field("email", t.email, "email", "username"),
            _field("password", t.password, "password", "new-password", t.password_hint),
        ],
        t.sign_up,
        routes.ONBOARDING,
    )
    return _account_page(t.sign_up_title, t.sign_up_intro, form, t.have_account, t.sign_in, routes.SIGN_IN)


def sign_in_page() -> rx.Component:
    """Return the page that signs in and goes to the portal, or back to where one came from."""
    t = texts().sign_in
    form = _form(
        SIGN_IN_ROUTE,
        [
            _field("email", t.email, "email", "username"),
            _field("password", t.password, "password", "current-password"),
        ],
        t.sign_in,
        routes.HOME,
    )
    return _account_page(t.sign_in_title, t.sign_in_intro, form, t.no_account, t.make_account, routes.SIGN_UP)


def _account_page(
    title: str, intro: str, form: rx.Component, question: str, other: str, other_route: str
) -> rx.Component:
    return public_page(
        rx.el.h1(title, class_name="text-3xl font-bold tracking-tight"),
        rx.el.p(intro, class_name="mt-2 text-muted"),
        card(form, class_name="mt-6 shadow-soft"),
        rx.el.p(question, " ", link(other, to=other_route), class_name="mt-5 text-muted"),
        wide=False,
    )


def _form(action: str, fields: list[dict[str, str]], submit: str, after: str) -> rx.Component:
    t = texts().sign_in
    return AccountForm.create(
        action=action,
        fields=fields,
        submit_label=submit,
        working_label=t.working,
        failed_text=t.failed,
        after=after,
    )


def _field(name: str, label: str, kind: str, autocomplete: str, hint: str = "") -> dict[str, str]:
    return {"name": name, "label": label, "type": kind, "autocomplete": autocomplete, "hint": hint}
