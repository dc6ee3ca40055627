"""Customers, their users, and how users sign in."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field


class UserRole(StrEnum):
    """What a user may do within their customer."""

    OWNER = "owner"
    APPROVER = "approver"
    MEMBER = "member"
    READ_ONLY = "read_only"


class Customer(Table, table=True):
    """A business: who pays, who owns servers."""

    __tablename__ = "customer"

    id: str = id_field()
    name: str = Field(max_length=120)
    retention_days: int | None = Field(default=None)
    """How long what was said is kept at the hub; None: until it is deleted."""
    requires_second_factor: bool = Field(default=False)
    """Whether each of its people needs an authenticator app or a passkey."""
    created_at: datetime = time_field()


class User(Table, table=True):
    """A person of a customer."""

    __tablename__ = "user_account"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    email: str = Field(max_length=254, unique=True)
    """Lower case; unique over all customers."""
    password_hash: str = Field(max_length=255)
    """Argon2id in PHC form."""
    role: str = Field(default=UserRole.OWNER, max_length=20)
    locale: str = Field(default="en", max_length=10)
    email_confirmed_at: datetime | None = time_field(nullable=True)
    removed_at: datetime | None = time_field(nullable=True)
    """Left the business; the row stays for what names it, without address and password."""
    created_at: datetime = time_field()


class UserSession(Table, table=True):
    """A signed-in browser. The cookie holds the token, the row its hash."""

    __tablename__ = "user_session"

    id: str = id_field()
    user_id: str = ref("user_account.id")
    token_hash: str = Field(max_length=64, unique=True)
    user_agent: str = Field(default="", max_length=300)
    device_hash: str = Field(default="", max_length=64)
    """Of the cookie by which a browser is known again, over all of its sessions."""
    created_at: datetime = time_field()
    last_seen_at: datetime = time_field()
    expires_at: datetime = time_field(index=True)
    revoked_at: datetime | None = time_field(nullable=True)
