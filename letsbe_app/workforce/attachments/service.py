"""
Attachments: taken from browsers as boxes, handed to the server, and thrown away.

A box is sealed in the browser to the server's own key. The hub sees the file's name, its kind and its size,
and never a byte of what is in it.
"""

from collections.abc import Sequence

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Attachment, AttachmentStatus
from letsbe_app.db.session import Database
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.errors import Conflict, InvalidInput, NotFound, RateLimited
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.ownership import owned_tenant
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.workforce.attachments import repository
from letsbe_app.workforce.attachments.schemas import (
    KEPT_FOR,
    MAX_WAITING_BYTES,
    AttachmentView,
    NewAttachment,
    checked,
    media_type_of,
)
from tenant_daemon.contracts.chat import MAX_ATTACHMENTS, AttachedFile

log = structlog.get_logger()


class AttachmentService:
    """With an actor for people; with a server's id for its daemon."""

    def __init__(self, database: Database, content: TenantContent, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._content = content
        self._clock = clock

    # For people

    async def upload(self, actor: Actor, tenant_id: str, new: NewAttachment, box: bytes) -> AttachmentView:
        """
        Take a file for one of the actor's servers; the same id twice is one file.

        Raises:
            NotFound: No such server of the actor's.
            InvalidInput: It cannot be such a file; names the field.
            TooLarge: It is over the limit.
            Conflict: The id is another file's.
            RateLimited: Too much waits for the server already.
        """
        require(actor, Permission.CHAT)
        fine = checked(new, len(box))
        now = self._clock()
        async with self._database.write() as session:
            await owned_tenant(session, actor, tenant_id)
            earlier = await session.get(Attachment, fine.id)
            if earlier is not None:
                return self._again(earlier, actor, tenant_id, fine)
            if await repository.waiting_bytes(session, tenant_id) + fine.size_bytes > MAX_WAITING_BYTES:
                raise RateLimited("Too many files wait for this server. Wait until it is back.", 60)
            content = await self._content.for_writing(session, tenant_id)
            row = Attachment(
                id=fine.id,
                tenant_id=tenant_id,
                user_id=actor.user_id,
                name=content.seal(fine.name, _place(fine.id)),
                media_type=media_type_of(fine.name) or "",
                size_bytes=fine.size_bytes,
                box=box,
                created_at=now,
                expires_at=now + KEPT_FOR,
            )
            session.add(row)
        log.info("attachment.uploaded", attachment_id=row.id, tenant_id=tenant_id, size_bytes=row.size_bytes)
        return _view(row, fine.name)

    async def drop(self, actor: Actor, tenant_id: str, attachment_id: str) -> None:
        """
        Throw away a file that was not sent with a message yet.

        Raises:
            NotFound: There is none of the actor's that waits.
        """
        require(actor, Permission.CHAT)
        async with self._database.write() as session:
            await owned_tenant(session, actor, tenant_id)
            row = (await repository.of_tenant(session, tenant_id, [attachment_id], lock=True)).get(
                attachment_id
            )
            if row is None or row.user_id != actor.user_id or row.status != AttachmentStatus.UPLOADED:
                raise NotFound("There is no such file.")
            await session.delete(row)

    # For conversations

    async def claim(
        self, session: AsyncSession, actor: Actor, tenant_id: str, ids: Sequence[str], message_id: str
    ) -> list[AttachedFile]:
        """
        Bind the actor's uploaded files to a message, in the caller's unit of work.

        Raises:
            InvalidInput: One of them is not there, or there are too many.
        """
        if not ids:
            return []
        if len(set(ids)) != len(ids) or len(ids) > MAX_ATTACHMENTS:
            raise InvalidInput.of_field("attachments", f"At most {MAX_ATTACHMENTS} files, each once.")
        rows = await repository.of_tenant(session, tenant_id, ids, lock=True)
        content = await self._content.for_writing(session, tenant_id)
        files = []
        for attachment_id in ids:
            row = rows.get(attachment_id)
            if row is None or row.user_id != actor.user_id or row.status != AttachmentStatus.UPLOADED:
                raise InvalidInput.of_field("attachments", "A file is not there any more. Add it again.")
            row.status, row.message_id = AttachmentStatus.SENT, message_id
            files.append(
                AttachedFile(
                    attachment_id=row.id,
                    name=content.open(row.name, _place(row.id)),
                    media_type=row.media_type,
                    size_bytes=row.size_bytes,
                )
            )
        return files

    # For servers

    async def box(self, tenant_id: str, attachment_id: str) -> bytes:
        """The box of a file that was sent to this server; raises NotFound when it is not here any more."""
        async with self._database.read() as session:
            row = (await repository.of_tenant(session, tenant_id, [attachment_id])).get(attachment_id)
        if row is None or row.box is None or row.status != AttachmentStatus.SENT:
            raise NotFound("There is no such file.")
        return row.box

    async def taken(self, tenant_id: str, attachment_id: str) -> None:
        """The server has the file: the box is thrown away. Again changes nothing; raises NotFound."""
        async with self._database.write() as session:
            row = (await repository.of_tenant(session, tenant_id, [attachment_id], lock=True)).get(
                attachment_id
            )
            if row is None:
                raise NotFound("There is no such file.")
            row.box, row.status = None, AttachmentStatus.TAKEN
        log.info("attachment.taken", attachment_id=attachment_id, tenant_id=tenant_id)

    # For jobs

    async def drop_expired(self) -> int:
        """Throw away boxes that nobody fetched in time; how many there were."""
        async with self._database.write() as session:
            count = await repository.drop_boxes_before(session, self._clock())
        if count:
            log.info("attachment.expired", count=count)
        return count

    def _again(self, row: Attachment, actor: Actor, tenant_id: str, fine: NewAttachment) -> AttachmentView:
        is_same = (row.tenant_id, row.user_id, row.size_bytes) == (
            tenant_id,
            actor.user_id,
            fine.size_bytes,
        )
        if not is_same:
            raise Conflict("This file's id is in use. Add the file again.")
        return _view(row, fine.name)


def _place(attachment_id: str) -> str:
    return f"attachment.name:{attachment_id}"


def _view(row: Attachment, name: str) -> AttachmentView:
    return AttachmentView(row.id, name, row.media_type, row.size_bytes, row.status)
