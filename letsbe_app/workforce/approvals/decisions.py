"""A person's choice as the message to the server. Pure."""

from datetime import datetime, timedelta
from typing import Final, assert_never

from letsbe_app.errors import InvalidInput
from letsbe_app.workforce.approvals.schemas import Choice
from tenant_daemon.contracts.approvals import ApprovalDecided, Verdict

DEFAULT_REMEMBER_DAYS: Final = 7
MAX_REMEMBER_DAYS: Final = 90
MAX_REASON_LENGTH: Final = 500


def decision_for(approval_id: str, user_id: str, choice: Choice, now: datetime) -> ApprovalDecided:
    """
    The decision to send.

    Raises:
        InvalidInput: The choice does not hold together; names the field.
    """
    remember_until: datetime | None = None
    match choice.verdict:
        case Verdict.APPROVE | Verdict.DENY:
            pass
        case Verdict.EDIT_AND_APPROVE:
            if not choice.edited_args:
                raise InvalidInput.of_field(
                    "edited_args", "Change the arguments, or approve them as they are."
                )
        case Verdict.APPROVE_AND_REMEMBER:
            remember_until = now + timedelta(days=_days(choice.remember_days))
        case _:
            assert_never(choice.verdict)
    if len(choice.deny_reason) > MAX_REASON_LENGTH:
        raise InvalidInput.of_field("deny_reason", f"At most {MAX_REASON_LENGTH} characters.")
    return ApprovalDecided(
        approval_id=approval_id,
        verdict=choice.verdict,
        decided_by=user_id,
        deny_reason=choice.deny_reason if choice.verdict is Verdict.DENY else "",
        edited_args=choice.edited_args if choice.verdict is Verdict.EDIT_AND_APPROVE else None,
        remember_until=remember_until,
    )


def _days(wanted: int | None) -> int:
    days = DEFAULT_REMEMBER_DAYS if wanted is None else wanted
    if not 1 <= days <= MAX_REMEMBER_DAYS:
        raise InvalidInput.of_field("remember_days", f"Between 1 and {MAX_REMEMBER_DAYS} days.")
    return days
