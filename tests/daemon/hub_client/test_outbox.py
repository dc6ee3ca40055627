import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenant_daemon.contracts.chat import ToolStarted
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.hub_client import outbox
from tenant_daemon.hub_client.outbox import LinkStore, OutboxFull

_WRITER = """
import sys
from pathlib import Path
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.hub_client.outbox import LinkStore
store = LinkStore(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    store.put(ConfigApplied(version=number, is_applied=True))
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "link.db"


@pytest.fixture
def store(path: Path) -> LinkStore:
    return LinkStore(path)


def _report(version: int = 1) -> ConfigApplied:
    return ConfigApplied(version=version, is_applied=True)


def _waiting(store: LinkStore) -> list[ConfigApplied]:
    return [
        ConfigApplied.model_validate_json(message.payload) for message in store.waiting(after=0, limit=1000)
    ]


def test_message_waits_until_it_is_confirmed(store: LinkStore) -> None:
    first, second = store.put(_report(1)), store.put(_report(2))
    assert [message.id for message in store.waiting(after=0, limit=10)] == [first, second]
    store.confirm([first])
    assert _waiting(store) == [_report(2)]
    assert store.depth() == 1


def test_message_replaces_the_one_in_its_slot(store: LinkStore) -> None:
    store.put(_report(1), slot="config")
    store.put(_report(2))
    store.put(_report(3), slot="config")
    assert _waiting(store) == [_report(2), _report(3)]


def test_full_outbox_refuses(store: LinkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "OUTBOX_LIMIT", 2)
    store.put(_report(1), slot="config")
    store.put(_report(2))
    with pytest.raises(OutboxFull):
        store.put(_report(3))
    store.put(_report(4), slot="config")
    assert _waiting(store) == [_report(2), _report(4)]


def test_oldest_tool_events_go_when_there_are_too_many(
    store: LinkStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "TOOL_EVENT_LIMIT", 1)
    for number in (1, 2):
        event = ToolStarted(tool_call_id=str(number), tool_name="shell", summary="ls")
        store.put_tool_event(f"cnv{number}", "agent:a:c-cnv", event)
    assert store.conversations_with_tool_events() == ["cnv2"]


@pytest.mark.slow
def test_several_processes_write_at_once(path: Path, store: LinkStore) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(path), "50"]) for _ in range(3)]
    for number in range(50):
        store.put(_report(number))
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    versions = sorted(report.version for report in _waiting(store))
    assert versions == sorted(list(range(50)) * 4)


@pytest.mark.slow
def test_message_survives_the_death_of_its_writer(path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path), "1000000"], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    while int(writer.stdout.readline()) < 20:
        pass
    os.kill(writer.pid, signal.SIGKILL)
    told = [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    stored = [report.version for report in _waiting(LinkStore(path))]
    assert stored[: len(told) + 21] == [*range(21), *told]


def test_file_is_for_this_user_alone(path: Path, store: LinkStore) -> None:
    assert path.stat().st_mode & 0o077 == 0


def test_link_numbers_grow_whatever_the_clock_does(
    store: LinkStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store.next_link_number()
    monkeypatch.setattr(outbox, "utc_now", lambda: datetime(2001, 1, 1, tzinfo=UTC))
    second = store.next_link_number()
    third = LinkStore(path).next_link_number()
    monkeypatch.setattr(outbox, "utc_now", lambda: datetime(2040, 1, 1, tzinfo=UTC))
    assert first < second < third < store.next_link_number()
