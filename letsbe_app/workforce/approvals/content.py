"""What an approval asks, as it is kept: sealed with the server's key, opened for those who may look."""

from typing import Any, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field

from letsbe_app.db.models import Approval
from letsbe_app.db.tenant_content import Content
from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalDecided,
    ApprovalRequested,
    ApprovalSettledReport,
)

_TABLE: Final = "command_approval"
DETAIL_LENGTH: Final = 500


class Asked(BaseModel):
    """The question's words and the exact call. Ignores what a newer version added."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    summary: str = ""
    reason: str = ""
    risk: str = ""
    argv: list[str] = Field(default_factory=list)
    tool_args: dict[str, Any] = Field(default_factory=dict)
    diff: str = ""

    @classmethod
    def of(cls, message: ApprovalRequested) -> "Asked":
        """The part of a server's question that is kept sealed."""
        return cls.model_validate(message.model_dump(mode="json", include=set(cls.model_fields)))


class Became(BaseModel):
    """What became of an approved call, in the server's words. Ignores what a newer version added."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    detail: str = ""
    """Why it did not work."""
    changed_to: str = ""
    """What was done instead, where a person changed the call."""


class ApprovalContent:
    """Seals and opens the texts of one server's approvals. Opening raises CannotOpen."""

    def __init__(self, content: Content) -> None:
        self._content = content

    def seal_asked(self, approval_id: str, asked: Asked) -> str:
        return self._content.seal(asked.model_dump_json(), _place("content", approval_id))

    def asked(self, row: Approval) -> Asked:
        return Asked.model_validate_json(self._content.open(row.content, _place("content", row.id)) or "{}")

    def seal_decision(self, decision: ApprovalDecided) -> str:
        place = _place("decision", decision.approval_id)
        return self._content.seal(decision.model_dump_json(), place)

    def decision(self, row: Approval) -> dict[str, Any]:
        """As ``ApprovalDecided``; empty while nobody has decided here."""
        text = self._content.open(row.decision or "", _place("decision", row.id))
        decision: dict[str, Any] = orjson.loads(text) if text else {}
        return decision

    def seal_settled(self, row: Approval, report: ApprovalSettledReport) -> str | None:
        """
        The row's decision without what the person typed; None where nobody has decided here.

        People type secrets into edits and reasons. The server, which knows what is one, has said in its own
        words what it made of them, and those alone are needed from now on.
        """
        decision = self.decision(row)
        if not decision:
            return None
        reason = report.detail[:DETAIL_LENGTH] if decision.get("deny_reason") else ""
        return self.seal_decision(
            ApprovalDecided.model_validate({**decision, "deny_reason": reason, "edited_args": None})
        )

    def seal_detail(self, approval_id: str, detail: str) -> str:
        return self._content.seal(detail[:DETAIL_LENGTH], _place("detail", approval_id))

    def seal_outcome(self, report: ApprovalCarriedOut) -> str:
        text = Became.model_validate(report.model_dump(include=set(Became.model_fields))).model_dump_json()
        return self._content.seal(text, _place("became", report.approval_id))

    def became(self, row: Approval) -> "Became":
        """Empty until the server has said."""
        return Became.model_validate_json(self._content.open(row.became, _place("became", row.id)) or "{}")

    def detail(self, row: Approval) -> str:
        return self._content.open(row.detail, _place("detail", row.id))


def _place(column: str, approval_id: str) -> str:
    return f"{_TABLE}.{column}:{approval_id}"
