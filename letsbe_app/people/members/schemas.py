"""What the member service gives to pages and routes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MemberView:
    """A person of the business."""

    user_id: str
    email: str
    role: str
    is_self: bool
    has_second_factor: bool
    created_at: datetime


@dataclass(frozen=True)
class InvitationView:
    """Somebody who was invited and has not come yet."""

    id: str
    email: str
    role: str
    is_expired: bool
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class InvitationOffer:
    """What an invitation says to whoever has its link."""

    business_name: str
    email: str
    role: str
