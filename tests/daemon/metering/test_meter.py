"""The meter counts everything once and forgets nothing."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenant_daemon.contracts.usage import UsageReported
from tenant_daemon.metering import Meter, OpenRequest, Usage, UsageReporter, open_request


def at(hour: int, identifier: str, agent: str = "sales") -> OpenRequest:
    return OpenRequest(identifier, agent, "m", 100, datetime(2026, 11, 21, hour, 30, tzinfo=UTC))


class FakeOutbox:
    def __init__(self) -> None:
        self.slots: dict[str | None, UsageReported] = {}

    def put(self, payload: UsageReported, *, slot: str | None = None) -> str:
        self.slots[slot] = payload
        return "out_1"


def totals(meter: Meter) -> list[tuple[int, str, int, int, int, int, int, int]]:
    return [
        (
            *(b.hour.hour, b.agent_id, b.revision, b.prompt_tokens, b.completion_tokens, b.cached_tokens),
            *(b.request_count, b.estimated_count),
        )
        for b in meter.unreported()
    ]


def test_requests_add_up_by_hour_and_agent(tmp_path: Path) -> None:
    meter = Meter(tmp_path / "m.db")
    requests = [at(9, "a"), at(9, "b"), at(10, "c"), at(9, "d", "it-admin")]
    for request in requests:
        meter.open(request)
        meter.close_request(request, Usage(10, 4, 3))
    assert totals(meter) == [
        (9, "it-admin", 1, 10, 4, 3, 1, 0),
        (9, "sales", 2, 20, 8, 6, 2, 0),
        (10, "sales", 1, 10, 4, 3, 1, 0),
    ]


def test_request_is_counted_once(tmp_path: Path) -> None:
    meter = Meter(tmp_path / "m.db")
    request = open_request("sales", "m", 10)
    meter.open(request)
    meter.close_request(request, Usage(10, 4))
    meter.close_request(request, Usage(10, 4))
    assert meter.unreported()[0].request_count == 1


def test_request_that_was_never_served_costs_nothing(tmp_path: Path) -> None:
    meter = Meter(tmp_path / "m.db")
    request = open_request("sales", "m", 10)
    meter.open(request)
    meter.close_request(request, None)
    assert (meter.unreported(), meter.recover()) == ([], 0)


@pytest.mark.slow
def test_kill_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    script = (
        "import os, sys, pathlib\n"
        "from tenant_daemon.metering import *\n"
        "meter = Meter(pathlib.Path(sys.argv[1]))\n"
        "done, running = open_request('sales', 'm', 5), open_request('sales', 'm', 70)\n"
        "meter.open(done); meter.close_request(done, Usage(11, 3)); meter.open(running)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "m.db")], env=environment, timeout=120
    )
    assert ended.returncode == -9
    meter = Meter(tmp_path / "m.db")
    assert meter.recover() == 1
    [bucket] = meter.unreported()
    assert (bucket.prompt_tokens, bucket.completion_tokens, bucket.estimated_count) == (81, 3, 1)


def test_reports_carry_running_totals_and_replace_each_other(tmp_path: Path) -> None:
    meter, outbox = Meter(tmp_path / "m.db"), FakeOutbox()
    reporter = UsageReporter(meter, outbox)
    for identifier in "ab":
        request = at(9, identifier)
        meter.open(request)
        meter.close_request(request, Usage(10, 4))
        assert reporter.report() == 1
    assert reporter.report() == 0
    [report] = outbox.slots.values()
    assert [(b.revision, b.prompt_tokens) for b in report.buckets] == [(2, 20)]


def test_report_of_an_hour_holds_all_its_buckets(tmp_path: Path) -> None:
    meter, outbox = Meter(tmp_path / "m.db"), FakeOutbox()
    reporter = UsageReporter(meter, outbox)
    for identifier, agent in (("a", "sales"), ("b", "it-admin")):
        request = at(9, identifier, agent)
        meter.open(request)
        meter.close_request(request, Usage(10, 4))
        reporter.report()
    [report] = outbox.slots.values()
    assert {bucket.agent_id for bucket in report.buckets} == {"sales", "it-admin"}
    meter.open(later := at(10, "c"))
    meter.close_request(later, Usage(10, 4))
    reporter.report()
    assert len(outbox.slots) == 2


def test_budget_counts_from_the_moment_a_version_is_seen(tmp_path: Path) -> None:
    meter = Meter(tmp_path / "m.db")
    spend = Usage(10, 5)
    assert meter.used_before(1) == 0
    for identifier, version, expected in (("a", 1, 0), ("b", 1, 0)):
        request = at(9, identifier)
        meter.open(request)
        meter.close_request(request, spend)
        assert meter.used_before(version) == expected
    assert meter.used_before(2) == 30
