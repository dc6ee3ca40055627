"""Secrets as their rows say them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from letsbe_app.fleet.secrets.schemas import AlarmView, RequestView, SecretView
from letsbe_app.ui.pages.secrets.view_models import SecretRow, alarm_row, matching, outcome_text, secret_row
from letsbe_app.ui.text import texts
from tests.support.ui_samples import agent_view

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
        rotate_detail=texts().secrets.rotate_alone_detail,
    )


def test_secrets_are_found_by_all_words_in_name_or_note() -> None:
    rows = [
        secret_row(replace(SECRET, name=name, note=note), "usr_1", {})
        for name, note in (("shop-key", "Kasse Nord"), ("till-key", "KASSE Süd"), ("mail", ""))
    ]

    def found(words: str) -> list[str]:
        return [row.name for row in matching(rows, words)]

    assert found("") == ["shop-key", "till-key", "mail"]
    assert found(" kasse  key ") == ["shop-key", "till-key"]
    assert found("süd") == ["till-key"]
    assert found("nowhere") == []


def test_row_says_who_takes_a_new_value_as_well() -> None:
    row = secret_row(replace(SECRET, told_tool="PostgreSQL", is_unsettled=True), "usr_1", {})
    program = secret_row(replace(SECRET, told_tool="its tool"), "usr_1", {})

    assert (row.told_tool, row.is_unsettled) == ("PostgreSQL takes a new value as well", True)
    assert row.rotate_detail == "PostgreSQL takes the new value as well, or nothing changes."
    assert program.rotate_detail.startswith("Its tool takes the new value")


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
    row = alarm_row(
        AlarmView("cny_1", "old-key", "model request", AT, is_open=True), {}, is_all_stopped=False
    )
    assert "an agent was about to send to its AI model" in row.detail
    assert "did not leave" in row.detail


def test_alarm_names_the_agent_and_where_it_was() -> None:
    alarm = AlarmView("cny_1", "old-key", "tool call", AT, True, agent_id="sales", conversation_id="cnv_1")

    row = alarm_row(alarm, {"sales": agent_view("sales")}, is_all_stopped=False)

    assert "something Sales was doing on your server" in row.detail
    assert row.conversation_id == "cnv_1"


@pytest.mark.parametrize(
    ("agent_id", "is_stopped", "is_all_stopped", "offered"),
    [
        ("sales", False, False, ("sales", "Stop Sales")),
        ("sales", True, False, ("sales", "")),
        ("sales", False, True, ("sales", "")),
        ("", False, False, ("", "Stop all agents")),
        ("removed", False, False, ("", "Stop all agents")),
        ("", False, True, ("", "")),
    ],
)
def test_an_alarm_offers_to_stop_whoever_touched_the_trap(
    agent_id: str, is_stopped: bool, is_all_stopped: bool, offered: tuple[str, str]
) -> None:
    alarm = AlarmView("cny_1", "old-key", "tool call", AT, is_open=True, agent_id=agent_id)
    agents = {"sales": agent_view("sales", is_stopped=is_stopped)}

    row = alarm_row(alarm, agents, is_all_stopped=is_all_stopped)

    assert (row.agent_id, row.stop) == offered


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
