"""Changes that were asked for with an idempotency key, and how they were answered."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field


class IdempotentRequest(Table, table=True):
    """
    One key of one person, API key or server. Without an answer it is being worked on, or its worker died.
    """

    __tablename__ = "idempotent_request"

    id: str = id_field()
    """Derived from who asked and the key, so that the second of two equal ones cannot be added."""
    customer_id: str | None = ref("customer.id", nullable=True)
    """None where staff asked."""
    digest: str = Field(max_length=64)
    """SHA-256 of method, address and body."""
    holder: str = Field(max_length=40)
    """The request that works on it."""
    status: int | None = Field(default=None)
    answer: str = Field(default="", sa_type=Text)
    """The body, sealed: it may hold what is shown only once."""
    held_until: datetime = time_field()
    expires_at: datetime = time_field(index=True)
    created_at: datetime = time_field()
