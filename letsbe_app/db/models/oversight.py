"""Who did what at the hub."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from letsbe_app.db.append_only import append_only
from letsbe_app.db.models.base import Table, id_field, ref, time_field


class AuditEntry(Table, table=True):
    """One act of a person or of the system. Appended, never changed: the database refuses it."""

    __tablename__ = "audit_entry"

    id: str = id_field()
    customer_id: str | None = ref("customer.id", nullable=True)
    tenant_id: str | None = ref("tenant.id", nullable=True)
    actor: str = Field(max_length=60)
    """A user's id, ``tenant:<id>`` or ``system``."""
    action: str = Field(max_length=80)
    """Dotted: ``approval.decided``, ``order.paid`` ..."""
    subject: str = Field(default="", max_length=120)
    """Id of what was acted on."""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Ids, counts and settings; never content or secrets."""
    created_at: datetime = time_field(index=True)


append_only(AuditEntry.__table__)  # type: ignore[attr-defined]
