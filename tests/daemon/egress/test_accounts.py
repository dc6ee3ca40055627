"""What is written down of requests, when, and that nothing of it is lost or counted twice."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenant_daemon.egress.accounts import Accounts
from tenant_daemon.hub_client.outbox import open_store
from tenant_daemon.metering import Closed, Meter, Noted, OpenRequest, Usage, UsageReporter
from tenant_daemon.metering.entries import Entry


class Disk(Meter):
    """Remembers what was written together, and may be full."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.is_full = False
        self.written: list[list[Entry]] = []

    def write(self, entries: Sequence[Entry]) -> None:
        if self.is_full:
            raise sqlite3.OperationalError("database or disk is full")
        super().write(entries)
        self.written.append(list(entries))


@pytest.fixture
def meter(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "m.db")


@pytest.fixture
def accounts(meter: Disk, tmp_path: Path) -> Iterator[Accounts]:
    store = open_store(tmp_path / "link.db")
    opened = Accounts(meter, UsageReporter(meter, store))
    opened.start()
    yield opened
    opened.close()
    store.close()


def request(identifier: str) -> OpenRequest:
    return OpenRequest(identifier, "sales", "m", 100, datetime(2026, 11, 21, 9, 30, tzinfo=UTC))


def counted(tmp_path: Path) -> int:
    """Tokens that a process which starts now knows of."""
    meter = Meter(tmp_path / "m.db")
    meter.recover()
    tokens = sum(one.tokens for one in meter.spent())
    meter.close()
    return tokens


async def test_running_request_waits_for_nothing_and_survives_a_kill(
    accounts: Accounts, meter: Disk, tmp_path: Path
) -> None:
    assert accounts.open(request("a")) is None
    assert meter.written == []
    assert counted(tmp_path) == 100


async def test_notes_go_with_the_next_entry_and_before_it(
    accounts: Accounts, meter: Disk, tmp_path: Path
) -> None:
    for name in "ab":
        accounts.open(request(name))
    await accounts.settle(request("a"), Usage(7, 1))
    [batch] = meter.written
    assert [type(entry) for entry in batch] == [Noted, Noted, Closed]
    assert (tmp_path / "m.journal").read_bytes() == b""
    assert counted(tmp_path) == 108


async def test_notes_that_could_not_be_written_stay_for_the_next_time(
    accounts: Accounts, meter: Disk, tmp_path: Path
) -> None:
    meter.is_full = True
    accounts.open(request("a"))
    with pytest.raises(sqlite3.OperationalError):
        await accounts.settle(request("a"), Usage(7, 1))
    # From now on a request waits for the commit before it is sent.
    waiting = accounts.open(request("b"))
    assert waiting is not None
    with pytest.raises(sqlite3.OperationalError):
        await waiting
    meter.is_full = False
    await accounts.settle(request("a"), Usage(7, 1))
    [batch] = meter.written
    assert [type(entry) for entry in batch] == [Noted, Closed]
    assert accounts.open(request("c")) is None
    assert counted(tmp_path) == 8 + 100
