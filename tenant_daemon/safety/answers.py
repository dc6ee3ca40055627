"""What the wrapper's HTTP answers look like: the product's envelope."""

from starlette.responses import JSONResponse, Response

from tenant_daemon.contracts.errors import ErrorCode
from tenant_daemon.contracts.tiers import tier_label
from tenant_daemon.safety.approval_store import Approval
from tenant_daemon.safety.previews import exact


class Refusal(Exception):
    """An answer that is an error; ``held`` is what is there instead."""

    def __init__(self, status: int, code: ErrorCode, message: str, held: object = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.held = held


def done(data: object, *, next_cursor: str | None = None) -> Response:
    """The answer when it worked."""
    return JSONResponse({"success": True, "data": data, "meta": {"next_cursor": next_cursor}})


def refused(refusal: Refusal) -> Response:
    """The answer when it did not."""
    error: dict[str, object] = {"code": refusal.code, "message": refusal.message, "details": []}
    if refusal.held is not None:
        error["held"] = refusal.held
    return JSONResponse({"success": False, "error": error}, status_code=refusal.status)


def approval_view(approval: Approval) -> dict[str, object]:
    """An approval as the command line and the link see it; redacted when it was made."""
    view = approval.request.model_dump(mode="json", exclude={"kind"})
    decision = approval.decision
    return {
        **view,
        "tier_label": tier_label(approval.request.tier, external=approval.request.is_external),
        "exactly": exact(approval.request),
        "status": approval.status,
        "verdict": decision.verdict if decision else None,
        "decided_by": decision.decided_by if decision else "",
        "detail": approval.detail,
        "settled_at": approval.settled_at.isoformat() if approval.settled_at else None,
    }
