from pathlib import Path

import pytest

from tenant_daemon.contracts.chat import StopRun
from tenant_daemon.hub_client import inbox
from tenant_daemon.hub_client.inbox import InboxFull
from tenant_daemon.hub_client.outbox import LinkStore


@pytest.fixture
def store(tmp_path: Path) -> LinkStore:
    return LinkStore(tmp_path / "link.db")


def _stop(number: int) -> StopRun:
    return StopRun(conversation_id=f"cnv{number}")


def test_message_is_accepted_once(store: LinkStore) -> None:
    first = store.inbox.accept("m1", _stop(1))
    assert first is not None
    assert store.inbox.accept("m1", _stop(1)) is None
    assert store.inbox.pending() == [first]


def test_message_that_is_done_is_still_known(store: LinkStore) -> None:
    store.inbox.accept("m1", _stop(1))
    store.inbox.done("m1")
    assert store.inbox.pending() == []
    assert store.inbox.accept("m1", _stop(1)) is None


def test_full_inbox_refuses(store: LinkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PENDING_LIMIT", 1)
    store.inbox.accept("m1", _stop(1))
    with pytest.raises(InboxFull):
        store.inbox.accept("m2", _stop(2))
    store.inbox.done("m1")
    assert store.inbox.accept("m2", _stop(2)) is not None


def test_old_ids_are_forgotten_but_nothing_undone(store: LinkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "KEPT_IDS", 2)
    for number in range(5):
        store.inbox.accept(f"m{number}", _stop(number))
        if number != 1:
            store.inbox.done(f"m{number}")
    assert [message.id for message in store.inbox.pending()] == ["m1"]
    assert store.inbox.accept("m4", _stop(4)) is None
    assert store.inbox.accept("m0", _stop(0)) is not None
