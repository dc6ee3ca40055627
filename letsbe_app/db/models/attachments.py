"""Files on their way to a server, as boxes that only it can open."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field


class AttachmentStatus(StrEnum):
    """``uploaded`` -> ``sent`` with a message -> ``taken``; or ``expired``. Only the first two have a box."""

    UPLOADED = "uploaded"
    SENT = "sent"
    TAKEN = "taken"
    EXPIRED = "expired"


class Attachment(Table, table=True):
    """A file of a message. The box goes as soon as the server has it."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_waiting", "tenant_id", "status"),)

    id: str = id_field()
    """Chosen by the browser, since the box is bound to it."""
    tenant_id: str = ref("tenant.id", index=False)
    user_id: str = ref("user_account.id", index=False)
    message_id: str | None = Field(default=None, max_length=40, index=True)
    name: str = Field(sa_type=Text)
    """Sealed with the server's key for texts."""
    media_type: str = Field(max_length=100)
    size_bytes: int
    """Of the file."""
    box: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Sealed by the browser to the server's public key; the hub cannot open it."""
    status: str = Field(default=AttachmentStatus.UPLOADED, max_length=20)
    created_at: datetime = time_field()
    expires_at: datetime = time_field(index=True)
