"""What goes into and comes out of the wizard."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from letsbe_app.shop.catalog.schemas import Bundle, Quote


class DraftChanges(BaseModel):
    """What the customer changed on a page; None leaves a value as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    business_description: str | None = Field(default=None, max_length=4_000)
    bundle_id: str | None = Field(default=None, max_length=40)
    tool_ids: list[str] | None = Field(default=None, max_length=60)
    plan_id: str | None = Field(default=None, max_length=40)
    server_name: str | None = Field(default=None, max_length=63)
    step: str | None = Field(default=None, max_length=20)


@dataclass(frozen=True)
class DraftView:
    """What has been chosen so far, and what it needs."""

    business_description: str
    bundle_id: str | None
    tool_ids: list[str]
    plan_id: str | None
    server_name: str
    step: str
    quote: Quote
    updated_at: datetime


@dataclass(frozen=True)
class Suggestion:
    """A bundle for a business, with the reasons for it."""

    bundle: Bundle
    confidence: float
    """0 to 1."""
    reasons: list[str]
    """Sentences for the customer."""
    alternatives: list[Bundle]
