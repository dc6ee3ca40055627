"""What goes into and comes out of the account service."""

from dataclasses import dataclass, field
from datetime import datetime

from letsbe_app.people.accounts.passkey_ceremony import Json
from letsbe_app.people.authz.actor import Actor


@dataclass(frozen=True)
class SignUp:
    """A new business and its owner."""

    business_name: str
    email: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Visitor:
    """The browser at the other end, as far as it can be told apart."""

    user_agent: str = ""
    ip: str = ""
    device: str = field(default="", repr=False)
    """The token by which the hub knew the browser before; empty for one that has none."""


@dataclass(frozen=True)
class Proof:
    """What somebody proves themselves with who is signed in already."""

    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    """Of the authenticator app, or a recovery code."""
    passkey: Json | None = field(default=None, repr=False)
    """In place of the code."""


@dataclass(frozen=True)
class SignedIn:
    """A fresh session. The token is shown this once: it becomes the cookie."""

    actor: Actor
    session_token: str = field(repr=False)
    device_token: str = field(repr=False)
    """A cookie of its own, which outlives the session."""
    expires_at: datetime


@dataclass(frozen=True)
class AccountView:
    """The signed-in person and their business."""

    user_id: str
    email: str
    role: str
    is_email_confirmed: bool
    customer_id: str
    business_name: str
    founding_number: int | None
    created_at: datetime
