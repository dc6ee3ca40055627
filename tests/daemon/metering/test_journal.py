"""What was noted before it was sent is counted once, wherever the process was killed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenant_daemon.metering import Closed, Meter, OpenRequest, Usage


def running(identifier: str) -> OpenRequest:
    return OpenRequest(identifier, "sales", "m", 100, datetime(2026, 11, 21, 9, 30, tzinfo=UTC))


@pytest.fixture
def meter(tmp_path: Path) -> Meter:
    meter = Meter(tmp_path / "m.db")
    meter.recover()
    return meter


def after_a_kill(tmp_path: Path) -> tuple[int, int]:
    """Requests and tokens that a new process knows of."""
    meter = Meter(tmp_path / "m.db")
    meter.recover()
    meter.recover()
    buckets = meter.unreported()
    return sum(b.request_count for b in buckets), sum(b.prompt_tokens for b in buckets)


def test_what_was_only_noted_is_counted_once(meter: Meter, tmp_path: Path) -> None:
    meter.note(running("a"))
    meter.note(running("b"))
    assert after_a_kill(tmp_path) == (2, 200)
    assert after_a_kill(tmp_path) == (2, 200)


def test_what_was_closed_is_not_counted_again_from_the_journal(meter: Meter, tmp_path: Path) -> None:
    closed, open_still = meter.note(running("a")), meter.note(running("b"))
    meter.write([closed, Closed(closed.request, Usage(7, 1))])
    # The journal still has both lines, since the second was not written down.
    assert (tmp_path / "m.journal").read_bytes().count(b"sales") == 2
    meter.write([])
    assert open_still.number > closed.number
    assert after_a_kill(tmp_path) == (2, 107)


def test_journal_is_emptied_once_the_database_has_all_of_it(meter: Meter, tmp_path: Path) -> None:
    first, second = meter.note(running("a")), meter.note(running("b"))
    meter.write([first, second])
    assert (tmp_path / "m.journal").read_bytes() == b""
    assert meter.note(running("c")).number == second.number + 1
    assert after_a_kill(tmp_path) == (3, 300)


def test_torn_line_spoils_no_other(meter: Meter, tmp_path: Path) -> None:
    with (tmp_path / "m.journal").open("ab") as journal:
        journal.write(b'\n[1,"torn"')
    meter.note(running("a"))
    assert after_a_kill(tmp_path) == (1, 100)
