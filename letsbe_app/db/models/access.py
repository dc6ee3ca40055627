"""What people prove themselves with besides a password, who may come in, and keys for programs."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Text
from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field


class TokenPurpose(StrEnum):
    """What a link in a mail is good for."""

    RESET = "reset"
    CONFIRM = "confirm"


class AccountToken(Table, table=True):
    """A link that was mailed to somebody; the row holds its token's hash."""

    __tablename__ = "account_token"

    id: str = id_field()
    user_id: str = ref("user_account.id")
    purpose: str = Field(max_length=10)
    token_hash: str = Field(max_length=64, unique=True)
    email: str = Field(max_length=254)
    """Where it was sent: a link to an address that is no longer the person's means nothing."""
    expires_at: datetime = time_field(index=True)
    used_at: datetime | None = time_field(nullable=True)
    created_at: datetime = time_field()


class SecondFactor(Table, table=True):
    """A person's authenticator app. Without ``confirmed_at`` it is being set up and does not count yet."""

    __tablename__ = "second_factor"

    user_id: str = Field(primary_key=True, foreign_key="user_account.id", max_length=40)
    secret: str = Field(max_length=255)
    """Sealed."""
    used_step: int = Field(default=0)
    confirmed_at: datetime | None = time_field(nullable=True)
    created_at: datetime = time_field()


class RecoveryCode(Table, table=True):
    """Opens the account once when the phone is lost."""

    __tablename__ = "recovery_code"

    id: str = id_field()
    user_id: str = ref("user_account.id")
    code_hash: str = Field(max_length=64, unique=True)
    used_at: datetime | None = time_field(nullable=True)
    created_at: datetime = time_field()


class Invitation(Table, table=True):
    """Somebody who may join a customer."""

    __tablename__ = "invitation"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    email: str = Field(max_length=254)
    role: str = Field(max_length=20)
    token_hash: str = Field(max_length=64, unique=True)
    invited_by_user_id: str | None = ref("user_account.id", nullable=True, index=False)
    expires_at: datetime = time_field()
    settled_at: datetime | None = time_field(nullable=True)
    """Accepted or taken back."""
    created_at: datetime = time_field()


class ApiKey(Table, table=True):
    """A key with which a program acts for a person, within scopes."""

    __tablename__ = "api_key"

    id: str = id_field()
    customer_id: str = ref("customer.id")
    user_id: str = ref("user_account.id")
    """Who made it; it may never do more than they may."""
    name: str = Field(max_length=60)
    prefix: str = Field(max_length=16)
    """Its first characters, to tell keys apart."""
    key_hash: str = Field(max_length=64, unique=True)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    last_used_at: datetime | None = time_field(nullable=True)
    revoked_at: datetime | None = time_field(nullable=True)
    created_at: datetime = time_field()


class Passkey(Table, table=True):
    """A key pair of which a person's device or password manager holds the private half (WebAuthn)."""

    __tablename__ = "passkey"

    id: str = id_field()
    user_id: str = ref("user_account.id")
    name: str = Field(max_length=60)
    credential_id: str = Field(max_length=1_400, unique=True)
    """Base64url, as browsers name it."""
    public_key: str = Field(sa_type=Text)
    """Base64url of the COSE key."""
    use_count: int = Field(default=0, sa_type=BigInteger)
    """What the device last counted; one that goes back is a copy. Many devices always say 0."""
    transports: list[str] = Field(default_factory=list, sa_type=JSON)
    last_used_at: datetime | None = time_field(nullable=True)
    created_at: datetime = time_field()
