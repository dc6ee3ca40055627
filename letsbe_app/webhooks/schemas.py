"""What the webhook service takes and gives."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from letsbe_app.db.models import WebhookDelivery, WebhookEndpoint

MAX_DESCRIPTION: Final = 120


class EndpointState(StrEnum):
    """What becomes of events for an address."""

    ACTIVE = "active"
    FAILING = "failing"
    """The last try failed; we go on trying."""
    PAUSED = "paused"
    """Switched off by its owner."""
    DISABLED = "disabled"
    """Switched off by us after three days without success, or since it said 410 Gone."""


class EndpointChanges(BaseModel):
    """What is to be set; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = Field(
        None, min_length=1, max_length=2_000, examples=["https://shop.example/hooks/letsbe"]
    )
    description: str | None = Field(None, max_length=MAX_DESCRIPTION, examples=["Our shop"])
    event_types: list[str] | None = Field(
        None,
        max_length=40,
        description="Empty for all, also those that come later.",
        examples=[["approval.settled"]],
    )
    is_paused: bool | None = Field(
        None, description="`false` also switches an address on again that we have switched off."
    )


@dataclass(frozen=True)
class EndpointView:
    """An address as its owner sees it."""

    id: str
    url: str
    description: str
    event_types: list[str]
    state: str
    """As ``EndpointState``."""
    failing_since: datetime | None
    old_secret_until: datetime | None
    """While a new secret takes over, the old one signs as well."""
    created_at: datetime


@dataclass(frozen=True)
class NewSecret:
    """A secret, shown this once."""

    secret: str
    endpoint: EndpointView


@dataclass(frozen=True)
class TryView:
    """One try of a delivery."""

    at: datetime
    status: int | None
    """Of the answer; None when none came."""
    milliseconds: int | None
    problem: str
    """``dns``, ``timeout``, ``refused``, ``tls``, ``broken``, ``forbidden``; empty when an answer came."""


@dataclass(frozen=True)
class DeliveryView:
    """One event for one address."""

    id: str
    event_id: str
    """The header ``webhook-id``."""
    event_type: str
    status: str
    """As ``DeliveryStatus``."""
    attempt_count: int
    tries: list[TryView]
    """The newest last."""
    next_attempt_at: datetime | None
    created_at: datetime


def endpoint_view(row: WebhookEndpoint, now: datetime) -> EndpointView:
    """The view of a row."""
    is_overlapping = row.previous_until is not None and row.previous_until > now
    return EndpointView(
        id=row.id,
        url=row.url,
        description=row.description,
        event_types=list(row.event_types),
        state=_state(row),
        failing_since=row.failing_since,
        old_secret_until=row.previous_until if is_overlapping else None,
        created_at=row.created_at,
    )


def delivery_view(row: WebhookDelivery) -> DeliveryView:
    """The view of a row."""
    return DeliveryView(
        id=row.id,
        event_id=row.event_id,
        event_type=row.event_type,
        status=row.status,
        attempt_count=row.attempt_count,
        tries=[
            TryView(datetime.fromisoformat(one["at"]), one["status"], one["milliseconds"], one["problem"])
            for one in row.tries
        ],
        next_attempt_at=row.next_attempt_at,
        created_at=row.created_at,
    )


def _state(row: WebhookEndpoint) -> EndpointState:
    if row.disabled_at is not None:
        return EndpointState.DISABLED
    if row.is_paused:
        return EndpointState.PAUSED
    return EndpointState.FAILING if row.failing_since is not None else EndpointState.ACTIVE
