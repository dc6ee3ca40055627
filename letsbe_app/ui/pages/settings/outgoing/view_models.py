"""What the sections show."""

from dataclasses import dataclass, field

from letsbe_app.notify.schemas import DeviceView
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
    outcome: str
    """In words, such as ``taken, 204, 31 ms``."""
    at: str
    is_settled: bool


@dataclass(frozen=True)
class WebhookRow:
    """An address for events."""

    id: str
    url: str
    events: str
    state: str
    is_on: bool
    has_problem: bool
    deliveries: list[DeliveryRow] = field(default_factory=list)


def device_row(view: DeviceView) -> DeviceRow:
    """The row of a device."""
    return DeviceRow(view.id, device_of(view.device), view.created_at.isoformat())


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
        events=", ".join(view.event_types) or t.all_events,
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
        view.id, view.event_type, ", ".join(words), view.created_at.isoformat(), view.status != "waiting"
    )
