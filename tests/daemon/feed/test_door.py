"""Who is told what is secret, and when."""

import os
import resource
import stat
from collections.abc import Callable

import pytest
import structlog

from tenant_daemon.audit import AuditTrail
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.feed import door as door_module
from tenant_daemon.feed.door import MOST_VISITORS, FeedDoor
from tenant_daemon.feed.messages import Confirm, Confirmed, Registry, Ruling, Trouble, Welcome
from tenant_daemon.feed.opening import open_feed
from tenant_daemon.home import TenantHome
from tenant_daemon.kit.frames import framed
from tenant_daemon.kit.users import User
from tenant_daemon.local_tokens import local_token
from tenant_daemon.vault import Vault, VaultLocked
from tenant_daemon.vault.canary import plant
from tests.support.feed import CONFIG, SETTINGS, Visitor

Visit = Callable[[], Visitor]


def test_a_proxy_is_told_everything_at_once(home: TenantHome, vault: Vault, visit: Visit) -> None:
    plant(vault, "old-pay-key", actor="user:usr_1")
    visitor = visit()
    visitor.greet()
    assert visitor.hear() == Welcome(proxy_token=local_token(home, "proxy"))
    ruling = visitor.hear()
    assert isinstance(ruling, Ruling)
    assert ruling.config is not None
    # Not what the agents are told.
    assert [(agent.agent_id, agent.soul_md) for agent in ruling.config.agents] == [("sales", "")]
    registry = visitor.hear()
    assert isinstance(registry, Registry)
    assert sorted(registry.secrets) == sorted(vault.known_secrets())
    assert registry.canaries == {"old-pay-key"}
    assert registry.keys == {"model-upstream-key": "upstream-Key-4711-abcdef"}
    read = [entry.record for entry in AuditTrail.open(home).entries() if entry.record.event == "secret.read"]
    assert [(record.actor, record.subject) for record in read] == [("proxy", "model-upstream-key")]


def test_what_another_process_stores_is_told_unasked(home: TenantHome, visit: Visit) -> None:
    visitor = visit()
    visitor.greet()
    visitor.hear_until(Registry)
    Vault.open(home).put("new-key", "nQ4-violet-Crane-77", actor="user:usr_1")
    assert ("new-key", "nQ4-violet-Crane-77") in visitor.hear_until(Registry).secrets


def test_what_was_stored_before_the_question_is_told_before_the_answer(
    home: TenantHome, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "_LOOK_SECONDS", 600.0)
    visitor = visit()
    visitor.greet()
    visitor.hear_until(Registry)
    visitor.say(Confirm(number=1))
    assert visitor.hear() == Confirmed(number=1)
    for number in range(2, 12):
        Vault.open(home).put("new-key", f"nQ4-violet-Crane-{number}", actor="user:usr_1")
        visitor.say(Confirm(number=number))
        told = visitor.hear()
        assert isinstance(told, Registry)
        assert ("new-key", f"nQ4-violet-Crane-{number}") in told.secrets
        assert visitor.hear() == Confirmed(number=number)


def test_kill_switch_is_told_as_soon_as_the_daemon_hears_of_it(
    home: TenantHome, door: FeedDoor, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "_LOOK_SECONDS", 600.0)
    visitor = visit()
    visitor.greet()
    visitor.hear_until(Registry)
    home.config_file.write_text(TenantConfig(version=2, is_stopped=True).model_dump_json())
    door.look()
    ruling = visitor.hear()
    assert isinstance(ruling, Ruling)
    assert ruling.config is not None
    assert ruling.config.is_stopped


def test_last_good_configuration_stays_in_force(home: TenantHome, visit: Visit) -> None:
    visitor = visit()
    visitor.greet()
    visitor.hear_until(Registry)
    home.config_file.write_text("{")
    visitor.say(Confirm(number=1))
    assert visitor.hear() == Confirmed(number=1)
    home.config_file.write_text(CONFIG.model_copy(update={"version": 3}).model_dump_json())
    assert visitor.hear_until(Ruling).config.version == 3


def test_vault_that_cannot_be_read_confirms_nothing(
    vault: Vault, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit()
    visitor.greet()
    visitor.hear_until(Registry)

    def locked() -> int:
        raise VaultLocked("somebody changed it")

    monkeypatch.setattr(vault, "version", locked)
    # Told unasked, since a proxy does not ask while the notice says that nothing has changed.
    assert visitor.hear() == Trouble(problem="VaultLocked")
    visitor.say(Confirm(number=1))
    assert visitor.hear() == Confirmed(number=1, problem="VaultLocked")
    monkeypatch.undo()
    assert visitor.hear() == Trouble(problem="")
    visitor.say(Confirm(number=2))
    assert visitor.hear() == Confirmed(number=2)


def test_another_user_is_turned_away(home: TenantHome, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenant_daemon.feed.opening.user_named", lambda _name: User(4_711, 0))
    with open_feed(home, SETTINGS, vault):
        assert stat.S_IMODE(home.feed_socket.stat().st_mode) == 0o660
        visitor = Visitor(home)
        visitor.greet()
        assert visitor.is_turned_away()


def test_our_own_user_needs_the_token(home: TenantHome, visit: Visit) -> None:
    assert stat.S_IMODE(home.feed_socket.stat().st_mode) == 0o600
    for wrong in ("", "x", local_token(home, "proxy"), "é"):
        visitor = visit()
        visitor.greet(wrong)
        assert visitor.is_turned_away()


@pytest.mark.parametrize(
    "said",
    [
        framed(b'{"kind": "confirm", "number": 1}'),
        framed(b'{"kind": "registry", "secrets": []}'),
        framed(b"{"),
        framed(b""),
        b"\xff\xff\xff\xff",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_who_says_something_else_is_turned_away_and_the_next_one_served(visit: Visit, said: bytes) -> None:
    visitor = visit()
    visitor.send(said)
    assert visitor.is_turned_away()
    other = visit()
    other.greet()
    other.hear_until(Registry)
    other.send(said if b"confirm" not in said else framed(b'{"kind": "hello"}'))
    with pytest.raises((AssertionError, ConnectionResetError)):
        other.hear()


def test_daemon_with_many_open_files_tells_all_the_same(home: TenantHome, vault: Vault) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4_096:
        pytest.skip("needs a limit of open files above what select takes")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4_096), hard))
    handles = [os.dup(0) for _ in range(1_100)]
    try:
        with open_feed(home, SETTINGS, vault):
            visitor = Visitor(home)
            visitor.greet()
            visitor.hear_until(Registry)
            visitor.close()
    finally:
        for handle in handles:
            os.close(handle)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_there_is_room_for_a_few_only(visit: Visit) -> None:
    for _ in range(MOST_VISITORS):
        visitor = visit()
        visitor.greet()
        visitor.hear_until(Registry)
    assert visit().is_turned_away()
    visitor.close()


def test_daemon_that_ends_leaves_and_nothing_is_left_of_it(home: TenantHome, vault: Vault) -> None:
    with open_feed(home, SETTINGS, vault):
        visitor = Visitor(home)
        visitor.greet()
        visitor.hear_until(Registry)
    assert visitor.is_turned_away()
    assert not home.feed_socket.exists()
    with open_feed(home, SETTINGS, vault):
        visitor = Visitor(home)
        visitor.greet()
        visitor.hear_until(Registry)


def test_no_value_is_in_what_is_logged(vault: Vault, visit: Visit) -> None:
    with structlog.testing.capture_logs() as logged:
        visitor = visit()
        visitor.greet()
        told = visitor.hear_until(Registry)
        visitor.send(framed(b'{"kind": "deliver", "message": {"kind": "gT7-quartz-Lamp-42"}}'))
        with pytest.raises((AssertionError, ConnectionResetError)):
            visitor.hear()
    assert logged
    assert not [value for _, value in vault.known_secrets() if value in str(logged) + repr(told)]
