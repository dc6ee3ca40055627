"""The back office says in words what the database names, and tells the name beside it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from letsbe_app.backoffice.schemas import Act, Component, Count, Overview, Run, RunStep, ServerRow
from letsbe_app.db.models import OrderStatus, StaffRole, StepState, TenantStatus, UserRole
from letsbe_app.fleet.provisioning.steps import StepName
from letsbe_app.ui.pages.admin.view_models import (
    act_line,
    attention_title,
    day_bars,
    hub_lines,
    part_line,
    role_words,
    run_line,
    server_head,
    server_line,
    step_line,
)
from letsbe_app.ui.text import texts
from tenant_daemon.contracts.distress import VaultTrouble

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def run(step: str, status: str = "provisioning") -> Run:
    return Run("ord_1", "ten_1", "cus_1", "Ada's", "ada-s", status, 1, step, "", False, AT)


def test_steps_are_told_as_customers_read_them() -> None:
    for name in StepName:
        line = step_line(RunStep(name, StepState.RUNNING, "", 1))
        assert (line.code, line.mark) == (name, "Now")
        assert line.title not in {name, name.replace("_", " ")}
        assert line.title in run_line(run(name)).detail


def test_a_step_of_a_later_version_is_told_by_its_name() -> None:
    assert step_line(RunStep("moon_landing", "stepping", "", 2)).title == "moon_landing"


def test_every_state_and_role_has_words() -> None:
    t = texts().admin

    assert t.states.keys() >= {*OrderStatus, *TenantStatus, *StepState}
    assert t.roles.keys() == {*UserRole, *StaffRole}
    assert role_words("read_only") == "Looks only"


def test_an_act_is_told_in_words_and_by_name() -> None:
    act = Act("aud_1", "stf_1", "grace@x", "staff.added", "stf_2", None, None, "She asked.", {}, AT)
    line = act_line(act)

    assert line.title == "grace@x · asked somebody to join the staff"
    assert (line.code, line.detail) == ("staff.added", "She asked. · stf_2")


def test_parts_of_a_server_have_names() -> None:
    line = part_line(Component("wrapper", is_healthy=False))

    assert (line.title, line.code, line.tone) == ("Safety Wrapper", "wrapper", "red")


def test_days_are_told_as_people_write_them() -> None:
    first, last = day_bars([Count("2026-10-30", 0), Count("2026-11-02", 3)])

    assert (first.name, first.height, last.name, last.height) == ("30 Oct", "0%", "2 Nov", "100%")


def server(**changes: Any) -> ServerRow:
    row = ServerRow(
        id="ten_1",
        name="ada-s",
        customer_id="cus_1",
        customer_name="Ada's",
        order_id="ord_1",
        status="active",
        health="well",
        health_since=None,
        is_online=True,
        last_seen_at=AT,
        daemon_version="1.2.0",
        openclaw_version="",
        cpu_percent=None,
        memory_percent=None,
        disk_percent=None,
        is_config_pending=False,
    )
    return replace(row, **changes)


def test_the_page_of_a_server_leads_to_whose_it_is() -> None:
    row = server()
    head = server_head(row)

    assert (head.title, head.path, head.detail) == ("Ada's", "/admin/customers/cus_1", "daemon 1.2.0")
    assert head.mark == server_line(row).mark


def test_a_server_that_is_well_and_has_an_alarm_is_marked_by_the_alarm() -> None:
    touched = server_line(server(touched_traps=1))
    both = server_head(server(touched_traps=2, has_audit_problem=True))

    assert (touched.mark, touched.tone, both.mark, both.tone) == ("Alarm", "red", "Alarm", "red")
    assert "a trap was touched, and the customer has not looked into it · Well" in touched.detail
    assert "traps were touched 2 times" in both.detail
    assert "does not continue what it sent before" in both.detail
    assert server_line(server()).mark == "Well"


def overview(servers: int, offline: int, shown: int = 0) -> Overview:
    rows = [server(health="offline")] * (shown or offline)
    counts = [Count("offline", offline), Count("well", servers - offline)]
    return Overview(servers, servers, 0, 0, 0, 0, counts, [], [], [], rows, offline, [])


def test_half_of_the_fleet_silent_at_once_leads_to_the_hub_first() -> None:
    assert [line.title for line in hub_lines(overview(20, 11))] == ["Most servers are offline together"]
    assert hub_lines(overview(20, 10)) == []
    assert hub_lines(overview(4, 4)) == []


def test_what_needs_attention_is_counted_also_where_it_is_not_all_shown() -> None:
    assert attention_title(overview(3, 0)) == "Needs attention"
    assert attention_title(overview(3, 1)) == "Needs attention: 1 server"
    assert attention_title(overview(120, 117, 100)) == (
        "Needs attention: 117 servers, the first 100 of them here"
    )


def test_a_locked_vault_is_an_alarm_that_says_what_opens_it() -> None:
    for trouble in VaultTrouble:
        row = server(health="offline", vault_trouble=trouble.value)
        line = server_line(row)
        assert row.has_alarm
        assert line.tone == "red"
        assert "vault locked: " in line.detail
