"""What is taken from the proxy, which reads what strangers send."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tenant_daemon.audit import AuditTrail
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.contracts.secrets import CanarySeen
from tenant_daemon.contracts.usage import UsageBucket, UsageReported
from tenant_daemon.feed import intake
from tenant_daemon.feed.messages import Confirm, Confirmed, Deliver, Delivered
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.outbox import open_store
from tenant_daemon.vault import Vault
from tenant_daemon.vault.canary import plant
from tests.support.feed import Visitor

Visit = Callable[[], Visitor]
BUCKET = UsageBucket(
    hour=datetime(2026, 11, 21, 9, tzinfo=UTC),
    agent_id="sales",
    model="m",
    revision=1,
    prompt_tokens=7,
    completion_tokens=3,
    cached_tokens=0,
    request_count=1,
)
USAGE = UsageReported(buckets=[BUCKET])


def seen(name: str, door: str = "model request") -> CanarySeen:
    return CanarySeen(alarm_id="cny_1", name=name, door=door, seen_at=utc_now())


def waiting(home: TenantHome) -> list[str]:
    """What waits for the hub, once the threads of alarms are through."""
    for thread in threading.enumerate():
        if thread.name == "canary-alarm":
            thread.join(5)
    store = open_store(home.link_db)
    try:
        return [message.payload for message in store.waiting(after=0, limit=100)]
    finally:
        store.close()


def delivered(visit: Visit, delivery: Deliver) -> str:
    """The problem with it."""
    visitor = visit()
    visitor.greet(is_listening=False)
    visitor.say(delivery)
    # Nothing comes before the answer: who only delivers is told no secret.
    answer = visitor.hear()
    assert isinstance(answer, Delivered)
    return answer.problem


def test_usage_is_kept_for_the_hub_and_a_newer_report_replaces_it(home: TenantHome, visit: Visit) -> None:
    for tokens in (7, 9):
        bucket = BUCKET.model_copy(update={"prompt_tokens": tokens})
        report = UsageReported(buckets=[bucket])
        assert delivered(visit, Deliver(message=report, slot="usage:2026-11-21T09")) == ""
    assert waiting(home) == [report.model_dump_json()]


@pytest.mark.parametrize("slot", [None, "", "budget:x", "approval:1"])
def test_slots_of_others_are_out_of_reach(home: TenantHome, visit: Visit, slot: str | None) -> None:
    assert delivered(visit, Deliver(message=USAGE, slot=slot))
    assert waiting(home) == []


def test_others_find_room_whatever_the_proxy_sends(
    home: TenantHome, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_MOST_WAITING", 2)
    problems = [delivered(visit, Deliver(message=USAGE, slot=f"usage:{n}")) for n in range(4)]
    assert [bool(problem) for problem in problems] == [False, False, True, True]
    assert len(waiting(home)) == 2


def test_planted_secret_raises_one_alarm_and_is_in_the_audit(
    home: TenantHome, vault: Vault, visit: Visit
) -> None:
    plant(vault, "old-pay-key", actor="user:usr_1")
    for _ in range(3):
        assert delivered(visit, Deliver(message=seen("old-pay-key"))) == ""
    assert [payload.count("canary.seen") for payload in waiting(home)] == [1]
    events = [entry.record.event for entry in AuditTrail.open(home).entries()]
    assert events.count("canary.seen") == 1


def test_alarm_names_an_agent_of_this_server_alone(home: TenantHome, visit: Visit, vault: Vault) -> None:
    plant(vault, "old-pay-key", actor="user:usr_1")
    config = TenantConfig(version=1, agents=[AgentConfig(agent_id="sales", name="Sales")])
    home.config_file.write_text(config.model_dump_json())
    for agent_id in ("sales", "made-up-1", "made-up-2"):
        named = seen("old-pay-key").model_copy(update={"agent_id": agent_id})
        assert delivered(visit, Deliver(message=named)) == ""

    told = [CanarySeen.model_validate_json(payload).agent_id for payload in waiting(home)]
    assert sorted(told) == ["", "sales"]


@pytest.mark.parametrize("alarm", [seen("shop-key"), seen("nothing"), seen("old-pay-key", "tool call")])
def test_alarm_about_something_else_is_refused(
    home: TenantHome, vault: Vault, visit: Visit, alarm: CanarySeen
) -> None:
    plant(vault, "old-pay-key", actor="user:usr_1")
    assert delivered(visit, Deliver(message=alarm))
    assert waiting(home) == []


def test_who_only_delivers_has_nothing_confirmed(visit: Visit) -> None:
    visitor = visit()
    visitor.greet(is_listening=False)
    visitor.say(Confirm(number=1))
    assert visitor.hear() == Confirmed(number=1, problem="not listening")
