"""
Signed heads: what the hub holds the trail against, and from where a pruned trail is still verified.

A head is stored before it is sent and is sent again until it was handed over, so that each one the hub gets
continues one that it has.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from tenant_daemon.audit.chain import GENESIS_HASH
from tenant_daemon.audit.entry import AuditEvent, AuditRecord
from tenant_daemon.audit.signing import HeadKey
from tenant_daemon.audit.trail import AuditTrail
from tenant_daemon.contracts.audit import AuditHeadReported
from tenant_daemon.contracts.base import utc_now

KEPT_HEADS: Final = 2_000


class HeadBook:
    """Signs, keeps and hands over heads. One process does (the link)."""

    def __init__(self, trail: AuditTrail, key: HeadKey) -> None:
        self._trail = trail
        self._key = key

    def report(self, send: Callable[[AuditHeadReported], object]) -> int:
        """
        Sign the newest head if there is something new, and hand over what was not; gives how many.

        Args:
            send: Stores a head for the hub; raises when it cannot.

        Raises:
            AuditUnavailable: The trail cannot be read or written.
        """
        self._sign_newest()
        waiting = self._unsent()
        for head in waiting:
            send(head)
            with self._trail.writing() as db:
                db.execute("UPDATE heads SET is_sent = 1 WHERE number = ?", (head.count,))
        return len(waiting)

    def _sign_newest(self) -> None:
        count, head = self._trail.head()
        with self._trail.reading() as db:
            last = db.execute("SELECT number, hash FROM heads ORDER BY number DESC LIMIT 1").fetchone()
        since = int(last["number"]) if last else 0
        if count in (0, since):
            return
        # As the trail has it now; where that entry was pruned, as it was signed.
        since_hash = self._trail.hash_at(since) or (last["hash"] if last else GENESIS_HASH)
        signed = self._key.sign(
            AuditHeadReported(
                count=count,
                head=head,
                since_count=since,
                since_head=since_hash,
                signed_at=utc_now(),
                public_key="",
                signature="",
            )
        )
        with self._trail.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO heads (number, hash, message, is_sent) VALUES (?, ?, ?, 0)",
                (count, head, signed.model_dump_json()),
            )
            db.execute(
                "DELETE FROM heads WHERE is_sent = 1 AND number < ? AND number NOT IN"
                " (SELECT number FROM heads ORDER BY number DESC LIMIT ?)"
                " AND number >= (SELECT COALESCE(MIN(number), 1) FROM entries)",
                (count, KEPT_HEADS),
            )

    def _unsent(self) -> list[AuditHeadReported]:
        with self._trail.reading() as db:
            rows = db.execute("SELECT message FROM heads WHERE is_sent = 0 ORDER BY number").fetchall()
        return [AuditHeadReported.model_validate_json(row["message"]) for row in rows]


def prune(trail: AuditTrail, before: datetime) -> int:
    """
    Remove entries that are older, up to a signed head: from there the rest is still verified.

    Gives how many went; none when no head was signed since, or the trail is not intact.

    Raises:
        AuditUnavailable: The trail cannot be read or written.
    """
    if not trail.verify().is_intact:
        return 0
    with trail.writing() as db:
        row = db.execute(
            "SELECT MAX(number) AS number FROM heads WHERE is_sent = 1 AND number <= ?"
            " AND number < (SELECT MAX(number) FROM entries)",
            (_last_older_than(db, before),),
        ).fetchone()
        if row["number"] is None:
            return 0
        db.execute("DROP TRIGGER entries_are_never_deleted")
        gone = db.execute("DELETE FROM entries WHERE number <= ?", (row["number"],)).rowcount
        db.execute("DELETE FROM heads WHERE number < ?", (row["number"],))
        db.execute(trail.NEVER_DELETED)
    return gone


def let_go(trail: AuditTrail, days: int, *, actor: str) -> int:
    """``prune`` what is older than so many days, and write down that it went; gives how many entries."""
    gone = prune(trail, utc_now() - timedelta(days=days))
    if gone:
        trail.append(
            AuditRecord(
                event=AuditEvent.AUDIT_PRUNED,
                actor=actor,
                summary=f"{gone} entries older than {days} days were removed",
            )
        )
    return gone


def _last_older_than(db: sqlite3.Connection, before: datetime) -> int:
    """Number of the last entry of an unbroken run of old ones. Times stand in the text, as signed."""
    last = 0
    for row in db.execute(
        "SELECT number, json_extract(text, '$.written_at') AS written_at FROM entries ORDER BY number"
    ):
        if datetime.fromisoformat(row["written_at"]) >= before:
            break
        last = int(row["number"])
    return last
