"""What a server is told of its own questions."""

from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Approval
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.errors import NotFound
from letsbe_app.workforce.approvals.content import ApprovalContent
from tenant_daemon.contracts.approvals import ApprovalDecided, ApprovalStatus
from tenant_daemon.contracts.reports import ApprovalResponse


async def response_for(
    session: AsyncSession, content: TenantContent, tenant_id: str, approval_id: str
) -> ApprovalResponse:
    """Where a question of this server's stands; raises NotFound for another one's."""
    row = await session.get(Approval, approval_id)
    if row is None or row.tenant_id != tenant_id:
        raise NotFound("There is no such approval.")
    decision = ApprovalContent(await content.of(session, tenant_id)).decision(row)
    return ApprovalResponse(
        approval_id=row.id,
        status=ApprovalStatus(row.status),
        decision=ApprovalDecided.model_validate(decision) if decision else None,
    )
