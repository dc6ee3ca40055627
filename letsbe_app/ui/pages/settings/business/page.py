"""The sections of the business's people and keys."""

from typing import Any

import reflex as rx

from letsbe_app.db.models import UserRole
from letsbe_app.ui.components.account_form import choices_field, form_field
from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.dialog import dialog
from letsbe_app.ui.components.field import INPUT, field
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.settings.parts import ACCOUNT, confirmed_form, folded, part
from letsbe_app.ui.pages.settings.state import SettingsState
from letsbe_app.ui.pages.settings.view_models import InvitationRow, KeyRow, MemberRow
from letsbe_app.ui.text import texts


def people() -> rx.Component:
    """Return who belongs to the business, and who is invited."""
    t = texts().settings
    return part(
        t.people,
        rx.el.ul(
            rx.foreach(SettingsState.members, _member),
            aria_label=t.people,
            class_name="flex flex-col divide-y divide-line",
        ),
        rx.cond(
            SettingsState.invitations.length() > 0,
            rx.el.div(
                rx.el.h3(t.open_invitations, class_name="font-medium"),
                rx.el.ul(
                    rx.foreach(SettingsState.invitations, _invitation),
                    aria_label=t.open_invitations,
                    class_name="flex flex-col divide-y divide-line",
                ),
            ),
        ),
        _invite(),
        rx.cond(
            SettingsState.demands_second_factor,
            _demand(t.demand_on, t.demand_end, is_wanted=False),
            _demand(t.demand_off, t.demand, is_wanted=True),
        ),
        dialog(
            rx.el.p(t.remove_detail),
            button(t.remove, kind="danger", class_name="self-start", on_click=SettingsState.remove),
            title=t.remove_title,
            is_open=SettingsState.removing_id != "",
            on_dismiss=SettingsState.keep,
        ),
        detail=t.people_detail,
    )


def keys() -> rx.Component:
    """Return the keys for programs."""
    t = texts().settings
    scopes = {
        "read": t.scope_read,
        "chat": t.scope_chat,
        "approve": t.scope_approve,
        "manage": t.scope_manage,
        "buy": t.scope_buy,
    }
    form = confirmed_form(
        "/api/v1/customer/keys",
        [
            form_field("name", t.key_name, "text", "off"),
            choices_field("scopes", t.key_scopes, scopes),
        ],
        t.key_make,
        prefix="key",
        done=t.key_made,
        shown="key",
        on_done=SettingsState.changed,
    )
    return part(
        t.keys,
        rx.cond(
            SettingsState.keys.length() > 0,
            rx.el.ul(
                rx.foreach(SettingsState.keys, _key),
                aria_label=t.keys,
                class_name="flex flex-col divide-y divide-line",
            ),
            rx.el.p(t.no_keys, class_name="text-muted"),
        ),
        folded(t.key_make, form),
        detail=t.keys_detail,
    )


def _demand(state: str, change: str, *, is_wanted: bool) -> rx.Component:
    t = texts().settings
    form = confirmed_form(
        f"{ACCOUNT}/sign-in-rules",
        [],
        change,
        prefix="demand-on" if is_wanted else "demand-off",
        extra={"requires_second_factor": is_wanted},
        done=t.demand_saved,
        on_done=SettingsState.changed,
    )
    return rx.el.div(
        rx.el.p(state),
        folded(change, rx.el.p(t.demand_detail, class_name="text-sm text-muted") if is_wanted else "", form),
    )


def _roles() -> dict[UserRole, str]:
    t = texts().settings
    return {
        UserRole.OWNER: t.owner,
        UserRole.APPROVER: t.approver,
        UserRole.MEMBER: t.member,
        UserRole.READ_ONLY: t.read_only,
    }


def _role_select(**props: Any) -> rx.Component:
    return rx.el.select(
        *[rx.el.option(words, value=role.value) for role, words in _roles().items()],
        aria_label=texts().settings.role,
        class_name=f"{INPUT} cursor-pointer",
        **props,
    )


def _member(row: rx.vars.ObjectVar[MemberRow]) -> rx.Component:
    t = texts().settings
    return rx.el.li(
        rx.el.div(
            rx.el.p(row.email, class_name="font-medium break-all"),
            rx.cond(row.is_self, badge(t.you_mark), rx.fragment()),
            rx.cond(row.has_second_factor, rx.fragment(), badge(t.no_factor)),
            class_name="grow basis-52 flex flex-wrap items-center gap-2 min-w-0",
        ),
        rx.el.div(
            _role_select(value=row.role, on_change=lambda role: SettingsState.set_role(row.user_id, role)),
            class_name="grow basis-full sm:basis-52 min-w-0",
        ),
        rx.cond(
            row.is_self,
            rx.fragment(),
            button(t.remove, kind="quiet", on_click=SettingsState.ask_to_remove(row.user_id)),
        ),
        class_name="flex flex-wrap items-center gap-3 py-3",
    )


def _invitation(row: rx.vars.ObjectVar[InvitationRow]) -> rx.Component:
    t = texts().settings
    return rx.el.li(
        rx.el.p(row.email, class_name="grow min-w-0 break-all"),
        rx.cond(row.is_expired, badge(t.expired)),
        button(t.take_back, kind="quiet", on_click=SettingsState.take_back(row.id)),
        class_name="flex flex-wrap items-center gap-3 py-2",
    )


def _invite() -> rx.Component:
    t = texts().settings
    return folded(
        t.invite,
        rx.el.form(
            field(
                t.invite_email,
                "invite_email",
                kind="email",
                is_required=True,
                error=SettingsState.invite_problem,
            ),
            _role_select(name="invite_role", default_value=UserRole.MEMBER.value),
            button(t.invite, type="submit", class_name="self-start"),
            on_submit=SettingsState.invite,
            reset_on_submit=True,
            class_name="flex flex-col gap-4",
        ),
    )


def _key(row: rx.vars.ObjectVar[KeyRow]) -> rx.Component:
    t = texts().settings
    return rx.el.li(
        rx.el.div(
            rx.el.p(row.name, class_name="font-medium break-words"),
            rx.el.p(
                rx.el.code(row.prefix, "…"), " ", row.scopes, class_name="text-sm text-muted break-words"
            ),
            rx.el.p(
                rx.cond(row.last_used_at != "", time_ago(row.last_used_at, prefix=t.key_used), t.key_unused),
                class_name="text-sm text-muted",
            ),
            class_name="grow min-w-0",
        ),
        button(t.revoke, kind="danger", on_click=SettingsState.revoke_key(row.id)),
        class_name="flex flex-wrap items-center gap-3 py-3",
    )
