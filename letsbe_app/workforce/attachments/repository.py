"""Rows of attachments."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Attachment, AttachmentStatus

WITH_BOX = (AttachmentStatus.UPLOADED, AttachmentStatus.SENT)


async def waiting_bytes(session: AsyncSession, tenant_id: str) -> int:
    """The size of what waits for the server."""
    statement = select(func.coalesce(func.sum(Attachment.size_bytes), 0)).where(
        Attachment.tenant_id == tenant_id, col(Attachment.status).in_(WITH_BOX)
    )
    return int((await session.exec(statement)).one())


async def of_tenant(
    session: AsyncSession, tenant_id: str, ids: Sequence[str], *, lock: bool = False
) -> dict[str, Attachment]:
    """Those of these attachments that are for this server, by id."""
    statement = select(Attachment).where(Attachment.tenant_id == tenant_id, col(Attachment.id).in_(ids))
    if lock:
        statement = statement.with_for_update()
    return {row.id: row for row in (await session.exec(statement)).all()}


async def drop_boxes_before(session: AsyncSession, now: datetime) -> int:
    """Throw away boxes whose time is over; how many there were."""
    result = await session.exec(
        update(Attachment)
        .where(col(Attachment.expires_at) <= now, col(Attachment.box).is_not(None))
        .values(box=None, status=AttachmentStatus.EXPIRED)
    )
    return result.rowcount
