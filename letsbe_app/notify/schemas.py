"""What the notice service takes and gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr

_TIME: Final = r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$"


class Preferences(BaseModel):
    """How a person wants to be told."""

    model_config = ConfigDict(extra="forbid")

    has_push: bool = Field(True, description="On devices that were added.")
    has_email: bool = Field(True, description="By e-mail, about what has waited for a while.")
    quiet_from: str = Field("", pattern=_TIME, examples=["22:00"], description="Empty for no quiet hours.")
    quiet_until: str = Field("", pattern=_TIME, examples=["07:00"])
    time_zone: str = Field("UTC", min_length=1, max_length=60, examples=["Europe/Berlin"])


class SubscriptionKeys(BaseModel):
    """What the browser made for us (RFC 8291): its public key and a shared secret."""

    model_config = ConfigDict(extra="ignore")

    p256dh: Annotated[str, Field(min_length=80, max_length=100, pattern=r"^[A-Za-z0-9_-]+=*$")]
    auth: Annotated[str, Field(min_length=20, max_length=30, pattern=r"^[A-Za-z0-9_-]+=*$")]


class SubscriptionForm(BaseModel):
    """A ``PushSubscription`` as the browser gives it."""

    model_config = ConfigDict(extra="ignore")

    endpoint: SecretStr = Field(min_length=8, max_length=2_000)
    keys: SubscriptionKeys


@dataclass(frozen=True)
class DeviceView:
    """A browser that is told."""

    id: str
    device: str
    """The browser's name for itself."""
    created_at: datetime
    last_used_at: datetime | None
