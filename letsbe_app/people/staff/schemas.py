"""What the staff services give to pages and routes."""

from dataclasses import dataclass, field
from datetime import datetime

from letsbe_app.people.staff.actor import StaffActor


@dataclass(frozen=True)
class StaffView:
    """One of us."""

    id: str
    email: str
    role: str
    has_joined: bool
    is_self: bool
    created_at: datetime


@dataclass(frozen=True)
class StaffLink:
    """A link with which somebody joins. Shown this once."""

    staff_id: str
    email: str
    url: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Joining:
    """What somebody who joins needs for their authenticator app."""

    email: str
    secret: str = field(repr=False)
    app_address: str = field(repr=False)


@dataclass(frozen=True)
class StaffSignedIn:
    """A fresh session; the token becomes the cookie."""

    actor: StaffActor
    session_token: str = field(repr=False)
    expires_at: datetime
