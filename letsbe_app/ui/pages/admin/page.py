"""The back office's pages."""

from typing import Any

import reflex as rx

from letsbe_app.db.models import StaffRole
from letsbe_app.ui import routes
from letsbe_app.ui.components.account_form import account_form, form_field, select_field
from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.card import card, section
from letsbe_app.ui.components.card_list import load_more
from letsbe_app.ui.components.curve import curve
from letsbe_app.ui.components.dialog import dialog
from letsbe_app.ui.components.field import field
from letsbe_app.ui.components.fold import fold
from letsbe_app.ui.pages.admin.frame import admin_frame, bar_chart, lines
from letsbe_app.ui.pages.admin.state import (
    AuditState,
    CustomersState,
    CustomerState,
    OverviewState,
    RunsState,
    ServersState,
    ServerState,
    StaffListState,
)
from letsbe_app.ui.pages.admin.view_models import Figure, Line
from letsbe_app.ui.text import texts

_t = texts().admin


def overview_page() -> rx.Component:
    """Return the fleet at a glance."""
    state = OverviewState
    return admin_frame(
        # First, for whoever was woken by it.
        section(state.sick_title, lines(state.sick, label=_t.attention, empty=_t.all_well)),
        rx.el.dl(
            rx.foreach(state.figures, _figure),
            aria_label=_t.figures,
            class_name="grid grid-cols-2 sm:grid-cols-4 gap-3",
        ),
        rx.el.div(
            card(section(_t.health, bar_chart(state.health, label=_t.health))),
            card(section(_t.versions, bar_chart(state.versions, label=_t.versions))),
            class_name="grid sm:grid-cols-2 gap-3",
        ),
        card(section(_t.sign_ups, bar_chart(state.sign_ups, label=_t.sign_ups, is_dense=True))),
        title=_t.overview,
        here=routes.ADMIN,
        is_loaded=state.is_loaded,
    )


def customers_page() -> rx.Component:
    """Return the list of customers."""
    return _found(CustomersState, _t.customers, _t.search_customers, here=routes.ADMIN_CUSTOMERS)


def servers_page() -> rx.Component:
    """Return the list of servers."""
    return _found(ServersState, _t.servers, _t.search_servers, here=routes.ADMIN_SERVERS)


def _found(
    state: type[CustomersState] | type[ServersState], title: str, search: str, *, here: str
) -> rx.Component:
    """Return a long list that can be searched."""
    return admin_frame(
        _search(search, state.search),
        lines(state.rows, label=title, empty=_t.nothing_found),
        load_more(state.cursor, state.more),
        title=title,
        here=here,
        is_loaded=state.is_loaded,
    )


def customer_page() -> rx.Component:
    """Return one customer."""
    state = CustomerState
    visit = rx.el.div(
        rx.el.p(state.allowed_text, class_name="font-medium"),
        rx.el.p(_t.visit_detail, class_name="text-sm text-muted max-w-measure"),
        rx.el.div(
            account_form(
                f"/api/v1/admin/customers/{state.id}/visit",
                [form_field("reason", _t.reason, "text", "off", _t.reason_hint)],
                _t.visit,
                prefix="visit",
                after=routes.HOME,
            ),
            class_name="max-w-md",
        ),
        class_name="flex flex-col gap-3",
    )
    return admin_frame(
        card(
            section(
                _t.visit,
                rx.cond(state.allowed_text != "", visit, rx.el.p(_t.visit_closed, class_name="text-muted")),
            )
        ),
        section(_t.servers, lines(state.servers, label=_t.servers)),
        section(_t.people, lines(state.people, label=_t.people, actions=_person_actions)),
        section(_t.orders, lines(state.orders, label=_t.orders)),
        title=rx.cond(state.name != "", state.name, _t.customers),
        here=routes.ADMIN_CUSTOMERS,
        is_loaded=state.is_loaded,
        is_missing=state.is_missing,
    )


def server_page() -> rx.Component:
    """Return one server with its parts and how it went."""
    state = ServerState
    return admin_frame(
        lines(state.rows, label=_t.servers),
        section(
            _t.history,
            rx.cond(
                state.curves.length() > 0,
                rx.el.div(rx.foreach(state.curves, curve), class_name="grid sm:grid-cols-3 gap-3"),
                rx.el.p(_t.no_history, class_name="text-muted"),
            ),
        ),
        section(_t.parts, lines(state.parts, label=_t.parts)),
        rx.cond(state.may_operate, section(_t.key, _key_acts())),
        title=rx.cond(state.name != "", state.name, _t.servers),
        here=routes.ADMIN_SERVERS,
        is_loaded=state.is_loaded,
        is_missing=state.is_missing,
    )


def _key_acts() -> rx.Component:
    """Return what cuts a server off, and what lets it come back."""
    server = f"/api/v1/admin/servers/{ServerState.id}"
    revoke = _confirmed(f"{server}/key/revoke", _t.key_revoke, "revoke", done=_t.key_revoked)
    enrol = _confirmed(f"{server}/enrolment", _t.key_enrol, "enrol", done=_t.key_enrolled, shown="token")
    return card(
        rx.el.p(_t.key_detail, class_name="text-sm text-muted max-w-measure"),
        fold(_t.key_revoke, revoke, class_name="max-w-md pt-3 pb-4"),
        fold(_t.key_enrol, enrol, class_name="max-w-md pt-3"),
    )


def _confirmed(action: Any, verb: str, prefix: Any, **props: Any) -> rx.Component:
    """Return a form that asks why, and for the password."""
    fields = [
        form_field("reason", _t.reason, "text", "off", _t.reason_hint),
        form_field("password", _t.password, "password", "current-password"),
    ]
    return account_form(action, fields, verb, prefix=prefix, is_danger=True, **props)


def runs_page() -> rx.Component:
    """Return the list of set-ups."""
    state = RunsState
    return admin_frame(
        lines(state.rows, label=_t.runs, actions=_run_actions),
        load_more(state.cursor, state.more),
        *_run_dialogs(),
        title=_t.runs,
        here=routes.ADMIN_RUNS,
        is_loaded=state.is_loaded,
    )


def run_page() -> rx.Component:
    """Return one set-up with its steps."""
    state = RunsState
    return admin_frame(
        lines(state.rows, label=_t.runs, actions=_run_actions),
        section(_t.steps, lines(state.steps, label=_t.steps)),
        *_run_dialogs(),
        title=rx.cond(state.name != "", state.name, _t.runs),
        here=routes.ADMIN_RUNS,
        is_loaded=state.is_loaded,
        is_missing=state.is_missing,
    )


def staff_page() -> rx.Component:
    """Return who belongs, and the way to add somebody."""
    state = StaffListState
    add = account_form(
        "/api/v1/admin/staff",
        [
            form_field("email", texts().sign_in.email, "email", "off"),
            select_field(
                "role",
                _t.role,
                {
                    StaffRole.SUPPORT: _t.role_support,
                    StaffRole.OPERATOR: _t.role_operator,
                    StaffRole.ADMIN: _t.role_admin,
                },
            ),
            form_field("password", _t.password, "password", "current-password"),
        ],
        _t.add_staff,
        prefix="add",
        done=_t.add_staff_done,
        shown="url",
        on_done=state.load,
    )
    return admin_frame(
        lines(state.rows, label=_t.staff, actions=_staff_actions),
        rx.cond(
            state.may_administer,
            card(section(_t.add_staff, rx.el.div(add, class_name="max-w-md"))),
        ),
        title=_t.staff,
        here=routes.ADMIN_STAFF,
        is_loaded=state.is_loaded,
    )


def audit_page() -> rx.Component:
    """Return who did what."""
    state = AuditState
    return admin_frame(
        _search(_t.search_audit, state.search),
        lines(state.rows, label=_t.audit, empty=_t.nothing_found),
        load_more(state.cursor, state.more),
        title=_t.audit,
        here=routes.ADMIN_AUDIT,
        is_loaded=state.is_loaded,
    )


def _search(hint: str, on_search: Any) -> rx.Component:
    return rx.el.form(
        rx.el.div(field(_t.search, "words", hint=hint), class_name="grow max-w-md"),
        button(_t.search, kind="quiet", type="submit"),
        on_submit=on_search,
        role="search",
        class_name="flex items-end gap-3",
    )


def _figure(figure: rx.vars.ObjectVar[Figure]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(figure.name, class_name="text-sm text-muted"),
        rx.el.dd(figure.value, class_name="text-xl sm:text-2xl font-semibold tabular whitespace-nowrap"),
        class_name="bg-card border border-line rounded-card p-4 flex flex-col-reverse justify-end",
    )


def _run_actions(line: rx.vars.ObjectVar[Line]) -> rx.Component:
    return rx.cond(
        line.can_act & RunsState.may_operate,
        rx.el.div(
            button(_t.retry, kind="quiet", on_click=RunsState.ask_retry(line.id)),
            button(_t.cancel, kind="danger", on_click=RunsState.ask_cancel(line.id)),
            class_name="flex flex-wrap gap-2",
        ),
    )


def _run_dialogs() -> list[rx.Component]:
    state = RunsState
    return [
        _reason_dialog(_t.retry_title, _t.retry, "retry", state.retrying != "", state.retry),
        _reason_dialog(
            _t.cancel_title,
            _t.cancel,
            "cancel",
            state.cancelling != "",
            state.cancel,
            detail=_t.cancel_detail,
        ),
    ]


def _reason_dialog(
    title: str, verb: str, name: str, is_open: Any, on_submit: Any, *, detail: str = ""
) -> rx.Component:
    label = rx.el.label(_t.reason, html_for=f"reason-{name}", class_name="font-medium")
    hint = rx.el.p(_t.reason_hint, class_name="text-sm text-muted")
    given = rx.el.input(
        id=f"reason-{name}",
        name="reason",
        required=True,
        min_length=8,
        max_length=300,
        class_name="w-full min-h-target px-3 py-2 rounded-control bg-card border border-muted/70",
    )
    return dialog(
        rx.el.p(detail, class_name="text-muted mb-3") if detail else rx.fragment(),
        rx.el.form(
            label,
            hint,
            given,
            button(verb, type="submit", class_name="self-start mt-2"),
            on_submit=on_submit,
            class_name="flex flex-col gap-2",
        ),
        title=title,
        is_open=is_open,
        on_dismiss=RunsState.close,
    )


def _person_actions(line: rx.vars.ObjectVar[Line]) -> rx.Component:
    form = _confirmed(
        f"/api/v1/admin/people/{line.id}/sign-out", _t.sign_out_person, line.id, done=_t.signed_out_person
    )
    return rx.cond(CustomerState.may_operate, fold(_t.sign_out_person, form, class_name="max-w-md pt-3"))


def _staff_actions(line: rx.vars.ObjectVar[Line]) -> rx.Component:
    form = _confirmed(
        f"/api/v1/admin/staff/{line.id}/remove",
        _t.remove,
        line.id,
        done=_t.removed,
        on_done=StaffListState.load,
    )
    return rx.cond(
        line.can_act & StaffListState.may_administer,
        fold(_t.remove, form, class_name="max-w-md pt-3"),
    )
