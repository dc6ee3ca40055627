"""Those who run the hub, apart from its customers; and when they may look into a customer's account."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field


class StaffRole(StrEnum):
    """What a member of staff may do; each role includes the ones before."""

    SUPPORT = "support"
    OPERATOR = "operator"
    ADMIN = "admin"


class StaffMember(Table, table=True):
    """One of us. Before ``joined_at`` there is only a link that was handed over."""

    __tablename__ = "staff_member"

    id: str = id_field()
    email: str = Field(max_length=254, unique=True)
    role: str = Field(max_length=20)
    password_hash: str = Field(default="", max_length=255)
    factor_secret: str = Field(default="", max_length=255)
    """Of the authenticator app, without which there is no signing in; sealed."""
    factor_step: int = Field(default=0)
    join_token_hash: str | None = Field(default=None, max_length=64, unique=True)
    join_expires_at: datetime | None = time_field(nullable=True)
    joined_at: datetime | None = time_field(nullable=True)
    removed_at: datetime | None = time_field(nullable=True)
    created_at: datetime = time_field()


class StaffSession(Table, table=True):
    """A browser in which one of us is signed in."""

    __tablename__ = "staff_session"

    id: str = id_field()
    staff_id: str = ref("staff_member.id")
    token_hash: str = Field(max_length=64, unique=True)
    user_agent: str = Field(default="", max_length=300)
    created_at: datetime = time_field()
    last_seen_at: datetime = time_field()
    expires_at: datetime = time_field()
    revoked_at: datetime | None = time_field(nullable=True)


class SupportGrant(Table, table=True):
    """An owner's word that support may look into the account for some hours."""

    __tablename__ = "support_grant"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    granted_by_user_id: str = ref("user_account.id", index=False)
    expires_at: datetime = time_field()
    revoked_at: datetime | None = time_field(nullable=True)
    created_at: datetime = time_field()


class SupportVisit(Table, table=True):
    """One look into an account, by one of us, for a reason; it ends with the grant at the latest."""

    __tablename__ = "support_visit"

    id: str = id_field()
    grant_id: str = ref("support_grant.id")
    customer_id: str = ref("customer.id")
    staff_id: str = ref("staff_member.id", index=False)
    reason: str = Field(max_length=300)
    token_hash: str = Field(max_length=64, unique=True)
    ended_at: datetime | None = time_field(nullable=True)
    created_at: datetime = time_field()
