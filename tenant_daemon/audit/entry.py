"""What the audit trail says of one event."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class AuditEvent(StrEnum):
    """What happened."""

    CALL_REFUSED = "call.refused"
    """A call ended without having run: blocked, denied, expired or cancelled."""
    CALL_BEGUN = "call.begun"
    """Written before anything runs."""
    CALL_ENDED = "call.ended"
    CALL_INTERRUPTED = "call.interrupted"
    """The server restarted while it ran; it is not run again."""
    APPROVAL_REQUESTED = "approval.requested"
    APPROVAL_SETTLED = "approval.settled"
    APPROVAL_WITHDRAWN = "approval.withdrawn"
    """A person took back that a call may run from then on."""
    UNDO_BEGUN = "undo.begun"
    """A person wants a change put back; written before anything is done."""
    UNDO_ENDED = "undo.ended"
    UNDO_REFUSED = "undo.refused"
    AUDIT_PRUNED = "audit.pruned"
    """Entries older than the retention were removed; the summary says how many."""
    SECRET_READ = "secret.read"  # noqa: S105
    """Written before the value is given out."""
    SECRET_STORED = "secret.stored"  # noqa: S105
    SECRET_DELETED = "secret.deleted"  # noqa: S105
    SECRET_ROTATED = "secret.rotated"  # noqa: S105
    SECRET_ROTATION_FAILED = "secret.rotation_failed"  # noqa: S105
    CANARY_SEEN = "canary.seen"
    """A planted value was about to leave, or was asked for."""
    VAULT_REKEYED = "vault.rekeyed"
    VAULT_BACKED_UP = "vault.backed_up"
    VAULT_RESTORED = "vault.restored"


class AuditRecord(BaseModel):
    """One event as its author tells it. Every text is redacted before it comes here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: AuditEvent
    actor: str
    """``agent:<id>``, ``user:<id>``, ``daemon:<part>`` or ``shell:<login>``."""
    subject: str = ""
    """The tool or the name of the secret."""
    summary: str = Field(default="", max_length=2_000)
    """One line: the command, the purpose."""
    call_id: str = ""
    session_id: str = ""
    conversation_id: str = ""
    tier: str = ""
    """As ``tier_label``."""
    is_external: bool = False
    rule_ids: tuple[str, ...] = ()
    decision: str = ""
    """What the gate said: ``run``, ``ask`` or ``deny``."""
    status: str = ""
    """As ``ExecuteStatus`` or ``ApprovalStatus``."""
    reason: str = Field(default="", max_length=2_000)
    approval_id: str = ""
    approver: str = ""
    started_at: AwareDatetime | None = None
    exit_code: int | None = None
    output_digest: str = ""
    """SHA-256 of the redacted output."""


class AuditEntry(BaseModel):
    """A record in its place in the chain."""

    model_config = ConfigDict(frozen=True)

    number: int
    """1, 2, 3 ... without a gap."""
    written_at: AwareDatetime
    record: AuditRecord
    previous_hash: str
    hash: str

    @property
    def id(self) -> str:
        """What others quote: the place and the beginning of the hash."""
        return f"{self.number}-{self.hash[:12]}"
