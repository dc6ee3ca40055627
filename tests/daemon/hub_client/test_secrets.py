"""What the portal asks of the vault, and what it is told."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest

from tenant_daemon.audit import AuditTrail
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.secrets import (
    RevealAsked,
    SecretChange,
    SecretChangeAsked,
    SecretProvided,
    provide_context,
    reveal_context,
)
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.enrolment import sealing_public_key
from tenant_daemon.hub_client.outbox import open_store
from tenant_daemon.hub_client.secrets import SecretDesk, SecretRequest, SecretsReporter
from tenant_daemon.settings import Rotation
from tenant_daemon.vault import Vault
from tenant_daemon.vault.sealing import SealingKey, seal
from tenant_daemon.vault.steps.chosen import steps_by_name, told_tools
from tests.support.password_tool import password_tool

VALUE = "gT7-quartz-Lamp-42"


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    return TenantHome(tmp_path / "home")


@pytest.fixture
def desk(home: TenantHome) -> SecretDesk:
    return SecretDesk(home, Vault.open(home), "ten_1")


def provided(home: TenantHome, name: str = "shop-key", value: str = VALUE, **more: object) -> SecretProvided:
    box = seal(value, sealing_public_key(home), provide_context("ten_1", name))
    values = {"request_id": "sec_1", "name": name, "sealed": box, "asked_by": "usr_1", "expires_at": soon()}
    return SecretProvided.model_validate({**values, **more})


def changed(change: SecretChange, name: str = "shop-key") -> SecretChangeAsked:
    return SecretChangeAsked(
        request_id="sec_2", name=name, change=change, asked_by="usr_1", expires_at=soon()
    )


def soon(**length: float) -> object:
    return utc_now() + timedelta(**(length or {"seconds": 60}))


def refused(desk: SecretDesk, request: SecretRequest) -> str:
    answer = desk.answer(request)
    assert (answer.is_done, answer.sealed) == (False, "")
    return answer.detail


def test_provided_value_is_in_the_vault(desk: SecretDesk, home: TenantHome) -> None:
    assert desk.answer(provided(home, secret_kind="api_key", note="the shop")).is_done

    assert desk.vault.get("shop-key", actor="agent:sales", purpose="a test") == VALUE
    [info] = desk.vault.list()
    assert (info.kind, info.note, info.changed_by) == ("api_key", "the shop", "user:usr_1")


def test_nobody_provides_a_canary(desk: SecretDesk, home: TenantHome) -> None:
    desk.answer(provided(home, secret_kind="canary"))
    assert desk.vault.list()[0].kind == "other"


def test_same_request_after_a_restart_changes_nothing(desk: SecretDesk, home: TenantHome) -> None:
    request = provided(home)
    assert desk.answer(request).is_done
    assert desk.answer(request).is_done
    assert desk.vault.list()[0].version == 1


@pytest.mark.parametrize("is_new", [True, False])
def test_box_that_is_delivered_again_does_not_undo_what_came_after(
    desk: SecretDesk, home: TenantHome, is_new: bool
) -> None:
    if not is_new:
        desk.vault.put("shop-key", "the-very-First-1", actor="user:usr_1")
    first = provided(home, is_new=is_new)
    desk.answer(first)
    desk.answer(provided(home, value="another-Value-1", is_new=False))

    desk.answer(first.model_copy(update={"request_id": "sec_9", "is_new": False}))
    desk.answer(first)

    assert desk.vault.get("shop-key", actor="user:usr_1", purpose="a test") == "another-Value-1"
    # The same value in a box of its own is meant.
    desk.answer(provided(home, is_new=False))
    assert desk.vault.get("shop-key", actor="user:usr_1", purpose="a test") == VALUE


def test_new_value_for_an_existing_name_must_be_meant(desk: SecretDesk, home: TenantHome) -> None:
    assert "No secret named shop-key" in refused(desk, provided(home, is_new=False))
    desk.answer(provided(home))

    assert "already" in refused(desk, provided(home, value="another-Value-1"))
    assert desk.answer(provided(home, value="another-Value-1", is_new=False)).is_done
    assert desk.vault.get("shop-key", actor="user:usr_1", purpose="a test") == "another-Value-1"


def test_box_for_another_name_or_server_is_refused(desk: SecretDesk, home: TenantHome) -> None:
    box = provided(home, name="mail-key").sealed
    assert "did not arrive" in refused(desk, provided(home).model_copy(update={"sealed": box}))
    elsewhere = SecretDesk(home, desk.vault, "ten_2")
    assert "did not arrive" in refused(elsewhere, provided(home))


def test_unfit_value_is_refused_with_the_reason_and_without_the_value(
    desk: SecretDesk, home: TenantHome
) -> None:
    detail = refused(desk, provided(home, value="summer"))
    assert "ordinary word" in detail
    assert "summer" not in detail


def test_late_request_is_refused(desk: SecretDesk, home: TenantHome) -> None:
    assert "too long" in refused(desk, provided(home, expires_at=soon(seconds=-1)))


@pytest.mark.parametrize("name", ["hub-api-key", "model-upstream-key"])
def test_servers_own_keys_are_out_of_reach(desk: SecretDesk, home: TenantHome, name: str) -> None:
    desk.vault.put(name, VALUE, actor="daemon:enrol")
    for request in (provided(home, name=name), changed(SecretChange.DELETE, name), asked(home, name)[1]):
        assert "keeps this name" in refused(desk, request)
    assert desk.listing().secrets == []


def asked(home: TenantHome, name: str = "shop-key") -> tuple[SealingKey, RevealAsked]:
    key = SealingKey(b"\x07" * 32)
    request = RevealAsked(
        request_id="sec_3",
        name=name,
        public_key=base64.b64encode(key.public).decode(),
        asked_by="usr_1",
        expires_at=soon(),
    )
    return key, request


def test_revealed_value_is_for_the_browser_alone_and_audited(desk: SecretDesk, home: TenantHome) -> None:
    desk.answer(provided(home))
    key, request = asked(home)

    answer = desk.answer(request)

    assert key.open(answer.sealed, reveal_context("sec_3", "shop-key")) == VALUE
    assert VALUE not in answer.model_dump_json()
    last = [entry.record for entry in AuditTrail.open(home).entries()][-1]
    assert (last.event, last.actor, last.summary) == (
        "secret.read",
        "user:usr_1",
        "shown in the portal once, sec_3",
    )


def test_changes(desk: SecretDesk) -> None:
    assert "No secret named" in refused(desk, changed(SecretChange.ROTATE))
    assert desk.answer(changed(SecretChange.GENERATE)).is_done
    assert "already" in refused(desk, changed(SecretChange.GENERATE))
    before = desk.vault.get("shop-key", actor="user:usr_1", purpose="a test")
    assert desk.answer(changed(SecretChange.ROTATE)).is_done
    assert desk.vault.get("shop-key", actor="user:usr_1", purpose="a test") != before
    assert desk.answer(changed(SecretChange.DELETE)).is_done
    assert desk.answer(changed(SecretChange.PLANT_CANARY, "old-pay-key")).is_done
    assert desk.vault.canaries() == {"old-pay-key"}


def test_hub_is_told_of_every_change_and_only_of_changes(desk: SecretDesk, home: TenantHome) -> None:
    store = open_store(home.link_db)
    reporter = SecretsReporter(desk, store, lambda text: text.replace("hidden", "[REDACTED]"))
    desk.vault.put("shop-key", VALUE, actor="user:usr_1", note="hidden")

    assert (reporter.look(), reporter.look()) == (True, False)
    desk.vault.get("shop-key", actor="agent:sales", purpose="a test")
    assert reporter.look()

    [message] = store.waiting(after=0, limit=10)
    assert '"used_by":"agent:sales"' in message.payload
    assert '"note":"[REDACTED]"' in message.payload
    assert VALUE not in message.payload


@pytest.mark.slow
def test_rotating_tells_the_tool_that_knows_it(home: TenantHome, tmp_path: Path) -> None:
    tool = password_tool(tmp_path / "tool", VALUE)
    vault = Vault.open(home)
    vault.put("shop-key", VALUE, actor="user:usr_1")
    known = steps_by_name([Rotation(secret="shop-key", program=[str(tool.program)])], vault)
    desk = SecretDesk(home, vault, "ten_1", known)

    assert desk.answer(changed(SecretChange.ROTATE)).is_done
    now = vault.get("shop-key", actor="user:usr_1", purpose="a test")
    assert now == tool.password != VALUE

    tool.break_down()
    told = refused(desk, changed(SecretChange.ROTATE))
    # A name stays as it is written, also where a sentence begins.
    assert told.startswith("Nothing was changed, shop-key keeps its value")
    assert vault.get("shop-key", actor="user:usr_1", purpose="a test") == tool.password == now


def test_the_list_says_who_is_told_and_which_rotation_is_open(home: TenantHome, tmp_path: Path) -> None:
    tool = password_tool(tmp_path / "tool", VALUE)
    vault = Vault.open(home)
    vault.put("shop-key", VALUE, actor="user:usr_1")
    vault.put("other-key", "Another+Value/77", actor="user:usr_1")
    rotations = [Rotation(secret="shop-key", program=[str(tool.program)])]
    desk = SecretDesk(home, vault, "ten_1", steps_by_name(rotations, vault), told_tools(rotations))

    def listed() -> dict[str, tuple[str, bool]]:
        return {one.name: (one.told_tool, one.is_unsettled) for one in desk.listing().secrets}

    assert listed() == {"other-key": ("", False), "shop-key": ("its tool", False)}

    vault.stage("shop-key", length=32, actor="user:usr_1")
    assert listed()["shop-key"] == ("its tool", True)

    # Asked again, it finds out which value the tool takes, and the rotation is over.
    assert desk.answer(changed(SecretChange.ROTATE)).is_done
    assert listed()["shop-key"] == ("its tool", False)
