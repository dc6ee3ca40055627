"""Signed heads continue each other, and a pruned trail is verified from the last of them."""

import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tenant_daemon.audit import AuditEvent, AuditRecord, AuditTrail
from tenant_daemon.audit.heads import HeadBook, prune
from tenant_daemon.audit.signing import HeadKey, KeyUnusable, is_signed_by
from tenant_daemon.contracts.audit import AuditHeadReported
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.audit_heads import AuditHeads
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.settings import Audit


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    home = TenantHome(tmp_path)
    home.create()
    return home


@pytest.fixture
def trail(home: TenantHome) -> AuditTrail:
    return AuditTrail.open(home)


@pytest.fixture
def book(home: TenantHome, trail: AuditTrail) -> HeadBook:
    return HeadBook(trail, HeadKey.load_or_make(home))


def write(trail: AuditTrail, count: int) -> None:
    for number in range(count):
        trail.append(AuditRecord(event=AuditEvent.CALL_BEGUN, actor="agent:a", summary=f"step {number}"))


def test_heads_continue_each_other_and_are_signed(
    home: TenantHome, trail: AuditTrail, book: HeadBook
) -> None:
    sent: list[AuditHeadReported] = []
    assert book.report(sent.append) == 0
    write(trail, 3)
    book.report(sent.append)
    book.report(sent.append)
    write(trail, 2)
    book.report(sent.append)

    first, second = sent
    assert (first.since_count, first.since_head, first.count) == (0, "0" * 64, 3)
    assert (second.since_count, second.since_head, second.count) == (3, first.head, 5)
    key = HeadKey.load(home)
    assert key is not None
    assert all(is_signed_by(head, key.public_text) for head in sent)
    assert not is_signed_by(second.model_copy(update={"count": 6}), key.public_text)
    assert stat.S_IMODE((home.keys_dir / "audit.key").stat().st_mode) == 0o600


def test_rewritten_trail_names_another_hash_than_was_signed(
    home: TenantHome, trail: AuditTrail, book: HeadBook
) -> None:
    sent: list[AuditHeadReported] = []
    write(trail, 3)
    book.report(sent.append)
    with sqlite3.connect(home.audit_db) as db:
        db.execute("DROP TRIGGER entries_are_never_changed")
        db.execute("UPDATE entries SET hash = substr(hash, 2) || substr(hash, 1, 1) WHERE number = 3")
    write(trail, 1)
    book.report(sent.append)

    assert sent[1].since_head != sent[0].head


def test_head_that_could_not_be_handed_over_goes_before_the_next(trail: AuditTrail, book: HeadBook) -> None:
    sent: list[AuditHeadReported] = []

    def refuse(_head: AuditHeadReported) -> None:
        raise RuntimeError("full")

    write(trail, 1)
    with pytest.raises(RuntimeError):
        book.report(refuse)
    write(trail, 1)
    book.report(sent.append)

    assert [(head.since_count, head.count) for head in sent] == [(0, 1), (1, 2)]


def test_pruned_trail_is_verified_from_its_signed_head(
    home: TenantHome, trail: AuditTrail, book: HeadBook
) -> None:
    write(trail, 4)
    book.report(lambda _head: None)
    write(trail, 3)
    everything = utc_now() + timedelta(hours=1)

    assert prune(trail, everything) == 4
    assert prune(trail, everything) == 0
    write(trail, 1)

    found = trail.verify()
    assert (found.is_intact, found.count, found.pruned) == (True, 8, 4)
    assert [entry.number for entry in trail.entries()] == [5, 6, 7, 8]
    sent: list[AuditHeadReported] = []
    book.report(sent.append)
    assert (sent[0].since_count, sent[0].count) == (4, 8)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), sqlite3.connect(home.audit_db) as db:
        db.execute("DELETE FROM entries")


def test_what_is_young_stays(trail: AuditTrail, book: HeadBook) -> None:
    write(trail, 4)
    book.report(lambda _head: None)
    write(trail, 1)

    assert prune(trail, utc_now() - timedelta(days=1)) == 0
    assert trail.verify().pruned == 0


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM heads",
        "UPDATE heads SET message = replace(message, '\"count\":4', '\"count\":3')",
        "UPDATE heads SET message = replace(message, substr(hash, 1, 8), '00000000')",
    ],
)
def test_cut_without_a_signature_is_found(
    home: TenantHome, trail: AuditTrail, book: HeadBook, tampering: str
) -> None:
    write(trail, 4)
    book.report(lambda _head: None)
    write(trail, 3)
    prune(trail, utc_now() + timedelta(hours=1))
    with sqlite3.connect(home.audit_db) as db:
        db.execute(tampering)

    assert not trail.verify().is_intact


def test_cut_by_hand_is_found(home: TenantHome, trail: AuditTrail, book: HeadBook) -> None:
    write(trail, 4)
    book.report(lambda _head: None)
    write(trail, 3)
    with sqlite3.connect(home.audit_db) as db:
        db.execute("DROP TRIGGER entries_are_never_deleted")
        db.execute("DELETE FROM entries WHERE number <= 3")

    found = AuditTrail.open(home).verify()
    assert (found.is_intact, found.problem) == (False, "the entries up to 3 are missing")


def test_damaged_key_is_not_replaced(home: TenantHome) -> None:
    (home.keys_dir / "audit.key").write_text("not a key")

    with pytest.raises(KeyUnusable):
        HeadKey.load_or_make(home)


def test_link_sends_heads_and_keeps_to_the_retention(home: TenantHome, trail: AuditTrail) -> None:
    store = LinkStore(home.link_db)
    heads = AuditHeads(home, trail, store, Audit(keep_days=1), lambda: None)
    write(trail, 2)

    assert (heads.report(), heads.report()) == (1, 0)
    assert store.depth() == 1
    assert heads.let_go() == 0
