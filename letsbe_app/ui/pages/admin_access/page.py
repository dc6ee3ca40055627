"""Staff's own sign-in, and joining with a link."""

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.account_form import account_form, form_field
from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.pages.sign_in.page import account_page
from letsbe_app.ui.text import texts


class StaffJoin(Island):
    """Authenticator app, password, first code; see ``staff_join.jsx``."""

    library = island("staff_join.jsx")
    tag = "StaffJoin"

    route: rx.Var[str]
    words: rx.Var[dict[str, str]]
    working: rx.Var[str]
    failed: rx.Var[str]
    after: rx.Var[str]


def staff_sign_in_page() -> rx.Component:
    """Return the page that signs staff in."""
    t, s = texts().admin, texts().sign_in
    form = account_form(
        "/api/v1/public/staff/sign-in",
        [
            form_field("email", s.email, "email", "username"),
            form_field("password", s.password, "password", "current-password"),
            form_field("code", t.code, "text", "one-time-code"),
        ],
        s.sign_in,
        after=routes.ADMIN,
    )
    return account_page(t.sign_in_title, t.sign_in_intro, form, is_for_staff=True)


def staff_join_page() -> rx.Component:
    """Return the page behind the link that an admin hands over."""
    t, s = texts().admin, texts().sign_in
    form = StaffJoin.create(
        route="/api/v1/public/staff/join",
        words={
            "picture": t.join_picture,
            "by_hand": t.join_by_hand,
            "password": texts().access.new_password,
            "code": t.code,
            "join": t.join,
        },
        working=s.working,
        failed=s.failed,
        after=routes.ADMIN,
    )
    return account_page(t.join_title, t.join_intro, form, is_for_staff=True)
