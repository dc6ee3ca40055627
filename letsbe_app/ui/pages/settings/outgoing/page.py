"""The sections: how one is told, webhooks, the key of the server."""

import reflex as rx
from reflex.event import no_args_event_spec

from letsbe_app.people.events.catalog import EVENT_TYPES
from letsbe_app.ui.components.account_form import account_form, choices_field, form_field
from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.dialog import dialog
from letsbe_app.ui.components.field import field, field_error
from letsbe_app.ui.components.switch import switch
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.pages.settings.outgoing.state import OutgoingState
from letsbe_app.ui.pages.settings.outgoing.view_models import DeliveryRow, DeviceRow, NamedEvent, WebhookRow
from letsbe_app.ui.pages.settings.parts import folded, part
from letsbe_app.ui.text import texts

_ROUTE = "/api/v1/customer/webhooks"
_LIST = "flex flex-col divide-y divide-line"


class PushDevice(Island):
    """The browser's permission and its subscription; see ``push_device.jsx``."""

    library = island("push_device.jsx")
    tag = "PushDevice"

    words: rx.Var[dict[str, str]]
    on_done: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg, valid-type]


class TimeZoneField(Island):
    """Which clock counts: at first the browser's; see ``time_zone_field.jsx``."""

    library = island("time_zone_field.jsx")
    tag = "TimeZoneField"

    name: rx.Var[str]
    label: rx.Var[str]
    saved: rx.Var[str]
    words: rx.Var[dict[str, str]]


def notices() -> rx.Component:
    """Return how one is told, and where."""
    t = texts().outgoing
    return rx.el.div(
        part(
            t.notices,
            switch(
                t.push,
                is_on=OutgoingState.has_push,
                on_change=OutgoingState.set_push,
                detail=t.push_detail,
            ),
            switch(
                t.email,
                is_on=OutgoingState.has_email,
                on_change=OutgoingState.set_email,
                detail=t.email_detail,
            ),
            _devices(),
            rx.el.div(
                rx.el.p(OutgoingState.quiet_told),
                folded(t.quiet, _quiet()),
            ),
            detail=t.notices_detail,
        ),
        on_mount=OutgoingState.load,
    )


def webhooks() -> rx.Component:
    """Return the addresses for events."""
    t = texts().outgoing
    form = account_form(
        _ROUTE,
        [
            form_field("url", t.webhook_url, "url", "off", t.webhook_url_hint),
            choices_field(
                "event_types", t.webhook_events, {one: t.event(one) for one in EVENT_TYPES}, is_named=True
            ),
        ],
        t.webhook_add,
        prefix="webhook",
        done=t.webhook_secret,
        shown="secret",
        on_done=OutgoingState.load,
    )
    return part(
        t.webhooks,
        rx.cond(
            OutgoingState.webhooks.length() > 0,
            rx.el.ul(rx.foreach(OutgoingState.webhooks, _webhook), aria_label=t.webhooks, class_name=_LIST),
            rx.el.p(t.no_webhooks, class_name="text-muted"),
        ),
        folded(t.webhook_add, form),
        detail=t.webhooks_detail,
    )


def server_key() -> rx.Component:
    """Return what can be done with the key of the server; nothing without one."""
    t = texts().outgoing
    section = part(
        t.server_key,
        rx.el.div(
            button(t.renew, kind="quiet", on_click=OutgoingState.renew_key),
            button(t.revoke, kind="danger", on_click=OutgoingState.ask_to_revoke(True)),
            class_name="flex flex-wrap gap-3",
        ),
        dialog(
            rx.el.p(t.revoke_detail),
            button(t.revoke, kind="danger", class_name="self-start", on_click=OutgoingState.revoke_key),
            title=t.revoke_title,
            is_open=OutgoingState.asks_to_revoke,
            on_dismiss=OutgoingState.ask_to_revoke(False),
        ),
        detail=t.server_key_detail,
    )
    return rx.cond(OutgoingState.frame.has_server, section)


def _devices() -> rx.Component:
    t = texts().outgoing
    words = {
        "add": t.add_device,
        "added": t.device_added,
        "denied": t.device_denied,
        "failed": t.device_failed,
        "cannot": t.device_cannot,
        "working": t.working,
    }
    return rx.el.div(
        rx.cond(
            OutgoingState.devices.length() > 0,
            rx.el.div(
                rx.el.ul(rx.foreach(OutgoingState.devices, _device), aria_label=t.devices, class_name=_LIST),
                button(t.try_it, kind="quiet", on_click=OutgoingState.try_notices),
            ),
            rx.el.p(t.no_devices, class_name="text-muted"),
        ),
        PushDevice.create(words=words, on_done=OutgoingState.load),
        class_name="flex flex-col gap-3",
    )


def _device(row: rx.vars.ObjectVar[DeviceRow]) -> rx.Component:
    t = texts().outgoing
    return rx.el.li(
        rx.el.div(
            rx.el.p(row.device, class_name="font-medium"),
            rx.el.p(time_ago(row.added_at, prefix=t.added_at), class_name="text-sm text-muted"),
            class_name="grow min-w-0",
        ),
        button(t.remove, kind="quiet", on_click=OutgoingState.remove_device(row.id)),
        class_name="flex flex-wrap items-center gap-3 py-2",
    )


def _quiet() -> rx.Component:
    t = texts().outgoing
    return rx.el.form(
        rx.el.p(t.quiet_hint, class_name="text-sm text-muted"),
        rx.el.div(
            field(t.quiet_from, "quiet_from", kind="time", default_value=OutgoingState.quiet_from),
            field(t.quiet_until, "quiet_until", kind="time", default_value=OutgoingState.quiet_until),
            class_name="grid grid-cols-2 gap-3",
        ),
        TimeZoneField.create(
            name="time_zone",
            label=t.time_zone,
            saved=OutgoingState.time_zone,
            words={"own": t.use_own_zone, "now": t.now_there},
        ),
        field_error("time_zone", OutgoingState.quiet_problem),
        button(t.quiet_save, type="submit", class_name="self-start"),
        on_submit=OutgoingState.save_quiet,
        class_name="flex flex-col gap-4",
    )


def _webhook(row: rx.vars.ObjectVar[WebhookRow]) -> rx.Component:
    t = texts().outgoing
    rotate = account_form(
        _ROUTE + "/" + row.id + "/secret",
        [],
        t.webhook_rotate,
        prefix="rotate-" + row.id,
        done=t.webhook_secret,
        shown="secret",
    )
    return rx.el.li(
        rx.el.p(row.url, class_name="font-medium break-all"),
        rx.el.div(
            rx.cond(row.has_problem, badge(row.state, tone="red"), badge(row.state)),
            rx.cond(
                row.events.length() == 0,
                rx.el.span(t.all_events, class_name="text-sm text-muted"),
            ),
            class_name="flex flex-wrap items-center gap-2",
        ),
        rx.cond(
            row.events.length() > 0,
            rx.el.ul(rx.foreach(row.events, _event), class_name="flex flex-wrap gap-x-5 gap-y-1 text-sm"),
        ),
        rx.el.div(
            rx.cond(
                row.is_on,
                rx.fragment(
                    button(t.try_it, kind="quiet", on_click=OutgoingState.test_webhook(row.id)),
                    button(t.pause, kind="quiet", on_click=OutgoingState.switch_webhook(row.id, False)),
                ),
                button(t.resume, kind="quiet", on_click=OutgoingState.switch_webhook(row.id, True)),
            ),
            button(t.remove, kind="danger", on_click=OutgoingState.remove_webhook(row.id)),
            class_name="flex flex-wrap gap-2",
        ),
        folded(t.deliveries, _deliveries(row)),
        folded(t.webhook_rotate, rx.el.p(t.webhook_rotate_detail), rotate),
        class_name="flex flex-col gap-2 py-4",
    )


def _event(event: rx.vars.ObjectVar[NamedEvent]) -> rx.Component:
    return rx.el.li(event.words, " ", rx.el.code(event.type, class_name="text-muted wrap-anywhere"))


def _deliveries(row: rx.vars.ObjectVar[WebhookRow]) -> rx.Component:
    t = texts().outgoing

    def one(delivery: rx.vars.ObjectVar[DeliveryRow]) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.p(
                    rx.el.span(delivery.event, class_name="font-medium"),
                    " ",
                    rx.el.code(delivery.event_type, class_name="text-sm text-muted wrap-anywhere"),
                ),
                rx.el.p(delivery.outcome, " · ", time_ago(delivery.at), class_name="text-sm text-muted"),
                class_name="grow min-w-0",
            ),
            rx.cond(
                delivery.is_settled,
                button(t.again, kind="quiet", on_click=OutgoingState.redeliver(row.id, delivery.id)),
            ),
            class_name="flex flex-wrap items-center gap-3 py-2",
        )

    return rx.cond(
        row.deliveries.length() > 0,
        rx.el.ul(rx.foreach(row.deliveries, one), aria_label=t.deliveries, class_name=_LIST),
        rx.el.p(t.no_deliveries, class_name="text-muted"),
    )
