"""What the sections of webhooks and devices show."""

from datetime import UTC, datetime

import pytest

from letsbe_app.notify.schemas import DeviceView, Preferences
from letsbe_app.people.events.catalog import EVENT_TYPES, WebhookTest
from letsbe_app.ui.pages.settings.outgoing.view_models import (
    delivery_row,
    device_row,
    quiet_words,
    webhook_row,
)
from letsbe_app.ui.text import texts
from letsbe_app.webhooks.schemas import DeliveryView, EndpointView, TryView

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def endpoint(state: str, *types: str) -> EndpointView:
    return EndpointView("whe_1", "https://shop.example/", "", list(types), state, None, None, AT)


def delivery(status: str, *tries: TryView) -> DeliveryView:
    return DeliveryView("whd_1", "evt_1", "usage.alert", status, len(tries), list(tries), None, AT)


@pytest.mark.parametrize(
    ("state", "is_on", "has_problem"),
    [
        ("active", True, False),
        ("failing", True, True),
        ("paused", False, False),
        ("disabled", False, True),
    ],
)
def test_a_webhook_says_how_it_is(state: str, is_on: bool, has_problem: bool) -> None:
    row = webhook_row(endpoint(state), [delivery("delivered")])

    assert (row.is_on, row.has_problem, row.events) == (is_on, has_problem, [])
    assert [one.event for one in row.deliveries] == ["A part of a budget is used up"]


def test_chosen_events_are_told_in_words_and_by_name() -> None:
    [event] = webhook_row(endpoint("active", "usage.alert"), []).events

    assert (event.words, event.type) == ("A part of a budget is used up", "usage.alert")


def test_every_event_has_words() -> None:
    assert texts().outgoing.events.keys() == {*EVENT_TYPES, WebhookTest.type}


@pytest.mark.parametrize(
    ("begin", "zone", "told"),
    [
        ("", "Europe/Berlin", "There are no quiet hours: you are told at any time."),
        ("22:00", "Europe/Berlin", "Quiet from 22:00 to 07:00, Berlin time."),
        ("22:00", "America/Argentina/Buenos_Aires", "Quiet from 22:00 to 07:00, Buenos Aires time."),
        ("22:00", "Europe/Kiev", "Quiet from 22:00 to 07:00, Kyiv time."),
        ("22:00", "UTC", "Quiet from 22:00 to 07:00, UTC."),
    ],
)
def test_quiet_hours_are_told_with_the_clock_that_counts(begin: str, zone: str, told: str) -> None:
    wanted = Preferences(has_push=True, has_email=True, quiet_from=begin, quiet_until="07:00", time_zone=zone)

    assert quiet_words(wanted) == told


def test_a_delivery_says_what_came_of_it() -> None:
    taken = delivery_row(delivery("delivered", TryView(AT, 500, 9, ""), TryView(AT, 204, 31, "")))
    lost = delivery_row(delivery("failed", TryView(AT, None, None, "timeout")))
    fresh = delivery_row(delivery("waiting"))

    assert (taken.outcome, taken.is_settled) == ("taken, 204, 31 ms", True)
    assert (lost.outcome, lost.is_settled) == ("given up, timeout", True)
    assert (fresh.outcome, fresh.is_settled) == ("on its way", False)


def test_a_device_is_named_as_people_do() -> None:
    row = device_row(DeviceView("psh_1", "Mozilla/5.0 (Android 15) Firefox/140.0", AT, None))

    assert row.device == "Firefox, Android"
