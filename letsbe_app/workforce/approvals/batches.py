"""Approvals that are alike, and deciding them with one tap. Pure."""

from collections.abc import Sequence
from typing import Final

from letsbe_app.errors import InvalidInput
from letsbe_app.workforce.approvals.schemas import ApprovalView, BatchItem
from tenant_daemon.contracts.approvals import Verdict

MAX_BATCH: Final = 50


def group_key(approval: ApprovalView) -> tuple[str, str, str]:
    """What makes approvals alike: the same agent, with the same program or tool, as risky."""
    program = approval.argv[0] if approval.argv else approval.tool_name
    return (approval.agent_id, program, approval.tier)


def fits_batch(approval: ApprovalView) -> bool:
    """Whether it may be approved together with others: not what cannot be undone, which wants a look each."""
    return approval.is_open and approval.tier != "CRITICAL_RED"


def check_batch(items: Sequence[BatchItem], verdict: Verdict) -> None:
    """Raises InvalidInput for what cannot be decided together."""
    if verdict not in {Verdict.APPROVE, Verdict.DENY}:
        raise InvalidInput.of_field("verdict", "Several can only be approved or refused.")
    if not 1 <= len(items) <= MAX_BATCH:
        raise InvalidInput.of_field("items", f"Between 1 and {MAX_BATCH} approvals.")
    if any(not item.call_digest for item in items):
        raise InvalidInput.of_field("items", "Each approval needs the digest of the call that was shown.")


def check_fits_batch(approval: ApprovalView) -> None:
    """Raises InvalidInput for an approval that must be looked at alone."""
    if approval.tier == "CRITICAL_RED":
        raise InvalidInput.of_field("items", "This cannot be undone, so it is approved by itself.")
