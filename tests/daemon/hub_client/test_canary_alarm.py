"""A planted secret raises one alarm at each door, whatever disguise it wears."""

import asyncio
import base64
import threading
from pathlib import Path

import pytest

from tenant_daemon.audit import AuditTrail, AuditUnavailable
from tenant_daemon.contracts.secrets import CanarySeen
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.canary_alarm import CanaryAlarm
from tenant_daemon.hub_client.outbox import open_store
from tenant_daemon.kit.at_work import working_for
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.redaction.alarm import QUIET_SECONDS
from tenant_daemon.vault import SecretNotFound, Vault
from tenant_daemon.vault.canary import plant


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    return TenantHome(tmp_path / "home")


@pytest.fixture
def vault(home: TenantHome) -> Vault:
    vault = Vault.open(home)
    vault.put("shop-key", "gT7-quartz-Lamp-42", actor="user:usr_1")
    plant(vault, "old-pay-key", actor="user:usr_1")
    return vault


def value_of(vault: Vault) -> str:
    return dict(vault.known_secrets())["old-pay-key"]


def alarms(home: TenantHome) -> list[str]:
    """Every alarm that was put aside for the hub, once the threads that do so are through."""
    for thread in threading.enumerate():
        if thread.name == "canary-alarm":
            thread.join(5)
    return [message.payload for message in open_store(home.link_db).waiting(after=0, limit=100)]


def test_text_payload_and_stream_raise_it(home: TenantHome, vault: Vault) -> None:
    alarm = CanaryAlarm(home, vault)
    value = value_of(vault)

    assert "SECRET_REF(old-pay-key)" in LiveRedactor(vault, alarm.at("log")).current().redact(f"key={value}")
    hidden = base64.b64encode(f"key={value}".encode()).decode()
    clean = LiveRedactor(vault, alarm.at("model request")).current().redact_payload({"content": hidden})
    stream = LiveRedactor(vault, alarm.at("hub message")).current().stream()
    streamed = stream.feed(f"it is {value[:9]}") + stream.feed(f"{value[9:]} .") + stream.finish()

    told = alarms(home)
    assert value not in streamed + str(clean) + str(told)
    assert sorted(one.split('"door":"')[1].split('"')[0] for one in told) == [
        "hub message",
        "log",
        "model request",
    ]
    events = [entry.record.event for entry in AuditTrail.open(home).entries()]
    assert events.count("canary.seen") == 3


def test_one_alarm_is_enough_for_a_while(home: TenantHome, vault: Vault) -> None:
    now = [0.0]
    redactor = LiveRedactor(vault, CanaryAlarm(home, vault, clock=lambda: now[0]).at("log"))
    for _ in range(5):
        redactor.current().redact(value_of(vault))
    assert len(alarms(home)) == 1

    now[0] += QUIET_SECONDS + 1
    redactor.current().redact(value_of(vault))
    assert len(alarms(home)) == 2


def test_the_owner_hears_of_it_also_where_the_audit_cannot_be_written(
    home: TenantHome, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_trail: AuditTrail, _record: object) -> None:
        raise AuditUnavailable("the disk is full")

    monkeypatch.setattr(AuditTrail, "append", fail)
    LiveRedactor(vault, CanaryAlarm(home, vault).at("log")).current().redact(value_of(vault))
    assert len(alarms(home)) == 1


async def test_it_is_told_in_whose_work_it_was(home: TenantHome, vault: Vault) -> None:
    redactor = LiveRedactor(vault, CanaryAlarm(home, vault).at("tool call"))
    for agent_id in ("sales", "sales", "it-admin"):
        with working_for(agent_id, "cnv_1"):
            await asyncio.to_thread(redactor.current().redact, value_of(vault))

    told = [CanarySeen.model_validate_json(payload) for payload in alarms(home)]
    assert sorted((one.agent_id, one.conversation_id) for one in told) == [
        ("it-admin", "cnv_1"),
        ("sales", "cnv_1"),
    ]
    events = [entry.record for entry in AuditTrail.open(home).entries()]
    assert {(one.actor, one.conversation_id) for one in events if one.event == "canary.seen"} == {
        ("agent:it-admin", "cnv_1"),
        ("agent:sales", "cnv_1"),
    }


def test_other_secrets_raise_none(home: TenantHome, vault: Vault) -> None:
    redactor = LiveRedactor(vault, CanaryAlarm(home, vault).at("log"))

    assert redactor.current().redact("gT7-quartz-Lamp-42") == "SECRET_REF(shop-key)"
    assert alarms(home) == []


def test_canary_planted_later_is_watched_too(home: TenantHome, vault: Vault) -> None:
    redactor = LiveRedactor(vault, CanaryAlarm(home, vault).at("log"))
    redactor.current()
    plant(vault, "older-key", actor="user:usr_1", shape="password")

    redactor.current().redact(f"x {dict(vault.known_secrets())['older-key']} y")

    assert len(alarms(home)) == 1


def test_agent_that_asks_for_it_gets_nothing_and_raises_it(home: TenantHome, vault: Vault) -> None:
    watch = CanaryAlarm(home, vault).at("tool call")
    vault.on_canary_asked = lambda name: watch.seen(frozenset({name}))

    with pytest.raises(SecretNotFound):
        vault.get("old-pay-key", actor="agent:sales", purpose="call c-1")

    assert len(alarms(home)) == 1
    assert vault.get("old-pay-key", actor="user:usr_1", purpose="shown once") == value_of(vault)
