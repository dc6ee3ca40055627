"""Secrets as their rows say them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from letsbe_app.fleet.secrets.schemas import AlarmView, RequestView, SecretView
from letsbe_app.ui.pages.secrets.view_models import SecretRow, alarm_row, outcome_text, secret_row

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET = SecretView(
    name="shop-key",
    secret_kind="api_key",
    version=2,
    note="the shop",
    changed_at=AT,
    changed_by="user:usr_1",
    used_at=None,
    used_by="",
)
REQUEST = RequestView("sec_1", "ten_1", "rotate", "shop-key", "done", "", AT, AT)


def test_row_says_it_in_words() -> None:
    assert secret_row(SECRET, "usr_1", {}) == SecretRow(
        name="shop-key",
        kind="Key for another service",
        is_canary=False,
        note="the shop",
        changed_at="2026-11-21T12:00:00+00:00",
        changed_by="you",
        used_at="",
        used_by="",
        reference="SECRET_REF(shop-key)",
    )


@pytest.mark.parametrize(
    ("actor", "told"),
    [
        ("user:usr_2", "someone in your business"),
        ("agent:sales", "Sam"),
        ("agent:gone", "gone"),
        ("shell:root", "someone at your server’s command line"),
        ("daemon:enrol", "your server"),
    ],
)
def test_who_used_it(actor: str, told: str) -> None:
    row = secret_row(replace(SECRET, used_at=AT, used_by=actor), "usr_1", {"sales": "Sam"})
    assert row.used_by == told


def test_alarm_names_the_door_in_words() -> None:
    row = alarm_row(AlarmView("cny_1", "old-key", "model request", AT, is_open=True), {})
    assert "an agent was about to send to its AI model" in row.detail
    assert "did not leave" in row.detail


def test_alarm_names_the_agent_and_where_it_was() -> None:
    alarm = AlarmView("cny_1", "old-key", "tool call", AT, True, agent_id="sales", conversation_id="cnv_1")

    row = alarm_row(alarm, {"sales": "Sales"})

    assert "something Sales was doing on your server" in row.detail
    assert row.conversation_id == "cnv_1"


@pytest.mark.parametrize(
    ("action", "status", "detail", "told"),
    [
        ("rotate", "done", "", "It has a new value."),
        ("rotate", "waiting", "", ""),
        ("reveal", "done", "", ""),
        ("provide", "refused", "An ordinary word.", "An ordinary word."),
        ("provide", "expired", "", "Your server did not answer in time. Nothing was changed."),
    ],
)
def test_outcome(action: str, status: str, detail: str, told: str) -> None:
    assert outcome_text(replace(REQUEST, action=action, status=status, detail=detail)) == told
