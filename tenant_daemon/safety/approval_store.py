"""Approvals in ``safety.db``. The row decides; everything else follows it."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from tenant_daemon.contracts.approvals import ApprovalDecided, ApprovalRequested, ApprovalStatus, Verdict
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.kit.database import Database


class Approval(BaseModel):
    """An approval and how it stands. ``request`` is redacted, as people see it."""

    model_config = ConfigDict(frozen=True)

    position: int = 0
    id: str
    call_key: str
    round: int
    """0 for the call as the agent made it; 1, 2 ... after edits that had to be asked about again."""
    status: ApprovalStatus = ApprovalStatus.PENDING
    request: ApprovalRequested
    normalised_digest: str
    decision: ApprovalDecided | None = None
    detail: str = ""
    settled_at: AwareDatetime | None = None

    @property
    def expires_at(self) -> datetime:
        return self.request.expires_at


class ApprovalNotFound(Exception):
    """No approval has this id."""


class ApprovalSettledAlready(Exception):
    """Somebody was first, or time ran out. Carries the approval as it stands."""

    def __init__(self, approval: Approval) -> None:
        super().__init__(f"approval {approval.id} is {approval.status}")
        self.approval = approval


class ApprovalStore:
    """Rows of approvals and of what is remembered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, approval: Approval) -> None:
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO approvals (id, call_key, round, status, request, normalised_digest, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    approval.id,
                    approval.call_key,
                    approval.round,
                    approval.status,
                    approval.request.model_dump_json(),
                    approval.normalised_digest,
                    approval.expires_at.isoformat(),
                ),
            )

    def get(self, approval_id: str) -> Approval:
        """Raises ApprovalNotFound."""
        with self._database.reading() as db:
            return _get(db, approval_id)

    def of_call(self, call_key: str, round_number: int) -> Approval | None:
        with self._database.reading() as db:
            row = db.execute(
                "SELECT * FROM approvals WHERE call_key = ? AND round = ?", (call_key, round_number)
            ).fetchone()
        return _approval(row) if row else None

    def pending_of_call(self, call_key: str) -> Approval | None:
        """What the call asks now; at most one."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT * FROM approvals WHERE call_key = ? AND status = ?",
                (call_key, ApprovalStatus.PENDING),
            ).fetchone()
        return _approval(row) if row else None

    def last_of_call(self, call_key: str) -> Approval | None:
        """What a person was asked last about the call, however that ended."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT * FROM approvals WHERE call_key = ? ORDER BY round DESC LIMIT 1", (call_key,)
            ).fetchone()
        return _approval(row) if row else None

    def count_pending(self, agent_id: str | None = None) -> int:
        """How many questions wait: all, or those of one agent."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT count(*) FROM approvals WHERE status = ?1"
                " AND (?2 IS NULL OR json_extract(request, '$.agent_id') = ?2)",
                (ApprovalStatus.PENDING, agent_id),
            )
            return int(row.fetchone()[0])

    def page(self, status: ApprovalStatus | None, *, before: int | None, limit: int) -> list[Approval]:
        """Newest first, from below the position ``before``."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT * FROM approvals WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR position < ?2)"
                " ORDER BY position DESC LIMIT ?3",
                (status, before, limit),
            ).fetchall()
        return [_approval(row) for row in rows]

    def settle(
        self,
        approval_id: str,
        status: ApprovalStatus,
        *,
        decision: ApprovalDecided | None,
        detail: str,
        record: Callable[[Approval], object],
    ) -> Approval:
        """
        End a pending approval; the first one to come wins.

        Args:
            record: Writes the audit entry. When it raises, the approval stays pending.

        Raises:
            ApprovalNotFound: No such approval.
            ApprovalSettledAlready: It is not pending any more.
        """
        settled_at = utc_now()
        with self._database.writing() as db:
            held = _get(db, approval_id)
            if held.status is not ApprovalStatus.PENDING:
                raise ApprovalSettledAlready(held)
            db.execute(
                "UPDATE approvals SET status = ?, decision = ?, detail = ?, settled_at = ? WHERE id = ?",
                (
                    status,
                    decision.model_dump_json() if decision else None,
                    detail,
                    settled_at.isoformat(),
                    approval_id,
                ),
            )
            if decision is not None and decision.verdict is Verdict.APPROVE_AND_REMEMBER:
                _remember(db, held, decision)
            settled = _get(db, approval_id)
            record(settled)
        return settled

    def remembered(self, agent_id: str, tool_name: str, normalised_digest: str) -> sqlite3.Row | None:
        """The remembered approval of exactly this call, unless it has run out."""
        with self._database.reading() as db:
            row: sqlite3.Row | None = db.execute(
                "SELECT * FROM remembered WHERE agent_id = ? AND tool_name = ? AND normalised_digest = ?"
                " AND until > ?",
                (agent_id, tool_name, normalised_digest, utc_now().isoformat()),
            ).fetchone()
        return row

    def forget(self, approval: Approval, *, record: Callable[[], object]) -> list[str]:
        """
        Remember the approval's call no more; gives the approvals by which it was remembered.

        Args:
            record: Writes the audit entry. When it raises, the call goes on being remembered.
        """
        named = (approval.request.agent_id, approval.request.tool_name, approval.normalised_digest)
        with self._database.writing() as db:
            rows = db.execute(
                "DELETE FROM remembered WHERE agent_id = ? AND tool_name = ? AND normalised_digest = ?"
                " RETURNING approval_id",
                named,
            ).fetchall()
            record()
        return [row["approval_id"] for row in rows]

    def mark_announced(self, approval_id: str) -> None:
        """The hub will hear of the request."""
        with self._database.writing() as db:
            db.execute("UPDATE approvals SET is_announced = 1 WHERE id = ?", (approval_id,))

    def mark_reported(self, approval_id: str) -> None:
        """The hub will hear of the end."""
        with self._database.writing() as db:
            db.execute("UPDATE approvals SET is_reported = 1 WHERE id = ?", (approval_id,))

    def approved_untold(self, call_key: str) -> list[Approval]:
        """What was approved of a call, as far as the hub has not heard what became of it."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT * FROM approvals WHERE call_key = ? AND status = ?"
                " AND id NOT IN (SELECT approval_id FROM told_outcomes) ORDER BY round",
                (call_key, ApprovalStatus.APPROVED),
            ).fetchall()
        return [_approval(row) for row in rows]

    def mark_told(self, approval_id: str) -> None:
        """The hub will hear what became of the call."""
        with self._database.writing() as db:
            db.execute("INSERT OR IGNORE INTO told_outcomes (approval_id) VALUES (?)", (approval_id,))

    def unannounced(self) -> list[Approval]:
        """Pending ones that a crash kept from the hub."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT * FROM approvals WHERE status = ? AND is_announced = 0", (ApprovalStatus.PENDING,)
            ).fetchall()
        return [_approval(row) for row in rows]

    def unreported(self) -> list[Approval]:
        """Settled ones whose end a crash kept from the hub."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT * FROM approvals WHERE status <> ? AND is_announced = 1 AND is_reported = 0",
                (ApprovalStatus.PENDING,),
            ).fetchall()
        return [_approval(row) for row in rows]


def _remember(db: sqlite3.Connection, held: Approval, decision: ApprovalDecided) -> None:
    assert decision.remember_until is not None
    db.execute(
        "INSERT OR REPLACE INTO remembered (agent_id, tool_name, normalised_digest, tier, is_external,"
        " approval_id, approver, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            held.request.agent_id,
            held.request.tool_name,
            held.normalised_digest,
            int(held.request.tier),
            int(held.request.is_external),
            held.id,
            decision.decided_by,
            decision.remember_until.isoformat(),
        ),
    )


def _get(db: sqlite3.Connection, approval_id: str) -> Approval:
    row = db.execute("SELECT * FROM approvals WHERE id = ?", (approval_id,)).fetchone()
    if row is None:
        raise ApprovalNotFound(approval_id)
    return _approval(row)


def _approval(row: sqlite3.Row) -> Approval:
    return Approval(
        position=row["position"],
        id=row["id"],
        call_key=row["call_key"],
        round=row["round"],
        status=ApprovalStatus(row["status"]),
        request=ApprovalRequested.model_validate_json(row["request"]),
        normalised_digest=row["normalised_digest"],
        decision=ApprovalDecided.model_validate_json(row["decision"]) if row["decision"] else None,
        detail=row["detail"],
        settled_at=datetime.fromisoformat(row["settled_at"]) if row["settled_at"] else None,
    )
