"""What the sections show."""

from dataclasses import dataclass, field

from letsbe_app.notify.schemas import DeviceView, Preferences
from letsbe_app.people.accounts.devices import device_of
from letsbe_app.ui.text import texts
from letsbe_app.webhooks.schemas import DeliveryView, EndpointState, EndpointView


@dataclass(frozen=True)
class DeviceRow:
    """A browser that tells somebody."""

    id: str
    device: str
    added_at: str


@dataclass(frozen=True)
class DeliveryRow:
    """One event for one address."""

    id: str
    event_type: str
    event: str
    """The same in words."""
    outcome: str
    """In words, such as ``taken, 204, 31 ms``."""
    at: str
    is_settled: bool


@dataclass(frozen=True)
class NamedEvent:
    """A kind of event, in words and as programs name it."""

    words: str
    type: str


@dataclass(frozen=True)
class WebhookRow:
    """An address for events."""

    id: str
    url: str
    events: list[NamedEvent]
    """None for all."""
    state: str
    is_on: bool
    has_problem: bool
    deliveries: list[DeliveryRow] = field(default_factory=list)


def device_row(view: DeviceView) -> DeviceRow:
    """The row of a device."""
    return DeviceRow(view.id, device_of(view.device), view.created_at.isoformat())


def quiet_words(wanted: Preferences) -> str:
    """When somebody is left alone."""
    t = texts().outgoing
    if not wanted.quiet_from:
        return t.quiet_none
    return t.quiet_hours(wanted.quiet_from, wanted.quiet_until, wanted.time_zone)


def webhook_row(view: EndpointView, deliveries: list[DeliveryView]) -> WebhookRow:
    """The row of an address."""
    t = texts().outgoing
    words = {
        EndpointState.ACTIVE: t.active,
        EndpointState.FAILING: t.failing,
        EndpointState.PAUSED: t.paused,
        EndpointState.DISABLED: t.disabled,
    }
    state = EndpointState(view.state)
    return WebhookRow(
        id=view.id,
        url=view.url,
        events=[NamedEvent(t.event(one), one) for one in view.event_types],
        state=words[state],
        is_on=state in {EndpointState.ACTIVE, EndpointState.FAILING},
        has_problem=state in {EndpointState.FAILING, EndpointState.DISABLED},
        deliveries=[delivery_row(one) for one in deliveries],
    )


def delivery_row(view: DeliveryView) -> DeliveryRow:
    """The row of a delivery."""
    t = texts().outgoing
    words = [{"delivered": t.delivered, "waiting": t.waiting, "failed": t.failed}[view.status]]
    if view.tries:
        last = view.tries[-1]
        words.append(str(last.status) if last.status is not None else last.problem)
        if last.milliseconds is not None:
            words.append(f"{last.milliseconds} ms")
    return DeliveryRow(
        id=view.id,
        event_type=view.event_type,
        event=t.event(view.event_type),
        outcome=", ".join(words),
        at=view.created_at.isoformat(),
        is_settled=view.status != "waiting",
    )
