"""The audit trail after a kill at every write: intact, with the old entries or one more."""

from pathlib import Path

import pytest

from tenant_daemon.audit import AuditEvent, AuditRecord, AuditTrail
from tenant_daemon.audit.heads import HeadBook, prune
from tenant_daemon.audit.signing import HeadKey
from tenant_daemon.contracts.audit import AuditHeadReported
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.home import TenantHome
from tests.support.power_cut import cut_everywhere


@pytest.fixture(autouse=True)
def quick_disk() -> None:
    """Not here: before a sync, too, the power can go."""


def record(summary: str) -> AuditRecord:
    return AuditRecord(event=AuditEvent.CALL_BEGUN, actor="agent:a", summary=summary)


def prepared(folder: Path) -> Path:
    home = TenantHome(folder / "template")
    home.create()
    trail = AuditTrail.open(home)
    for number in range(3):
        trail.append(record(f"step {number}"))
    HeadBook(trail, HeadKey.load_or_make(home)).report(lambda _head: None)
    trail.append(record("the newest"))
    trail.close()
    return home.root


@pytest.mark.slow
def test_entry_is_there_or_not_and_the_chain_holds(tmp_path: Path) -> None:
    def append(home: Path) -> None:
        AuditTrail.open(TenantHome(home)).append(record("one more"))

    def check(home: Path, is_done: bool) -> None:
        trail = AuditTrail.open(TenantHome(home))
        found = trail.verify()
        assert found.is_intact, found.problem
        assert found.count == 5 if is_done else found.count in {4, 5}
        trail.append(record("life goes on"))
        assert trail.verify().is_intact
        trail.close()

    assert cut_everywhere(prepared(tmp_path), tmp_path, append, check) > 5


@pytest.mark.slow
def test_pruning_is_done_or_not(tmp_path: Path) -> None:
    def let_go(home: Path) -> None:
        assert prune(AuditTrail.open(TenantHome(home)), utc_now()) == 3

    def check(home: Path, is_done: bool) -> None:
        trail = AuditTrail.open(TenantHome(home))
        found = trail.verify()
        assert (found.is_intact, found.count) == (True, 4)
        assert found.pruned == 3 if is_done else found.pruned in {0, 3}
        trail.close()

    assert cut_everywhere(prepared(tmp_path), tmp_path, let_go, check) > 5


@pytest.mark.flow
def test_heads_that_the_hub_gets_continue_each_other(tmp_path: Path) -> None:
    def report(home: Path) -> None:
        trail = AuditTrail.open(TenantHome(home))
        key = HeadKey.load_or_make(TenantHome(home))
        # What was handed over is on the disk, as in the outbox.
        HeadBook(trail, key).report(
            lambda head: (home / f"sent-{head.count}").write_text(head.model_dump_json())
        )

    def check(home: Path, is_done: bool) -> None:
        report(home)
        trail = AuditTrail.open(TenantHome(home))
        trail.append(record("later"))
        report(home)
        sent = [
            AuditHeadReported.model_validate_json(path.read_text()) for path in sorted(home.glob("sent-*"))
        ]
        assert [(head.since_count, head.count) for head in sent] == [(3, 4), (4, 5)]
        assert sent[1].since_head == sent[0].head
        trail.close()

    assert cut_everywhere(prepared(tmp_path), tmp_path, report, check) > 5
