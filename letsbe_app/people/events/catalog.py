"""
The events that webhooks carry: their names, what each says, and an example.

Ids, counts, states and times alone. What was said, asked or found stays where it is: a receiver that needs
more asks the API with a key of its own. New fields may come; none goes or changes its meaning.
"""

from datetime import datetime
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field


class EventData(BaseModel):
    """Base of all ``data`` of events."""

    model_config = ConfigDict(frozen=True)

    type: ClassVar[str]
    """Dotted, as receivers choose it."""


class _OfServer(EventData):
    server_id: str = Field(description="Which server.", examples=["ten_01k9zq5w8x7v3m2n1c4b6t8r0e"])


class ApprovalRequested(_OfServer):
    """An agent asks before it acts."""

    type: ClassVar[str] = "approval.requested"

    approval_id: str
    agent_id: str = Field(examples=["marketing"])
    tool_name: str = Field(examples=["http"])
    tier: int = Field(ge=0, description="0 green, 1 yellow, 2 red, 3 critical.")
    is_external: bool = Field(description="It reaches people or systems outside the server.")
    conversation_id: str | None = None
    expires_at: datetime = Field(description="Unanswered until then means denied.")


class ApprovalDecided(_OfServer):
    """Somebody decided; the server has yet to carry it out."""

    type: ClassVar[str] = "approval.decided"

    approval_id: str
    verdict: str = Field(examples=["approve"])
    user_id: str


class ApprovalSettled(_OfServer):
    """How it ended at the server."""

    type: ClassVar[str] = "approval.settled"

    approval_id: str
    status: str = Field(examples=["executed"])
    decided_by: str = Field(description="A user's id, or what else settled it.")


class UsageRecorded(_OfServer):
    """A server's figures of used tokens changed; ask for the usage to see them."""

    type: ClassVar[str] = "usage.recorded"

    buckets: int = Field(ge=0, description="How many hourly figures changed.")


class UsageAlert(_OfServer):
    """A part of a budget is used."""

    type: ClassVar[str] = "usage.alert"

    agent_id: str = Field(description="Empty for the whole server.")
    period: str = Field(examples=["month"])
    percent: int = Field(ge=0)
    used_tokens: int = Field(ge=0)
    budget_tokens: int = Field(ge=0)


class HealthChanged(_OfServer):
    """A server's health changed and stayed so for a while."""

    type: ClassVar[str] = "health.changed"

    state: str = Field(examples=["offline"], description="`well`, `degraded` or `offline`.")
    previous: str = Field(examples=["well"])
    since: datetime
    cause: str = Field(
        default="",
        examples=["disk"],
        description="`vault` (locked), `disk` (full), `disk_nearly_full`, `agents` (they do not start), or "
        "empty: not known.",
    )


class AgentHeldBack(_OfServer):
    """An agent went too fast or in circles, and was held back."""

    type: ClassVar[str] = "health.agent_held_back"

    agent_id: str


class CanarySeen(_OfServer):
    """A planted secret turned up where it must not: somebody or something reads secrets."""

    type: ClassVar[str] = "health.canary_seen"

    alarm_id: str
    seen_at: datetime


class ProvisioningStarted(_OfServer):
    """A server is being set up."""

    type: ClassVar[str] = "provisioning.started"

    order_id: str


class ProvisioningCompleted(_OfServer):
    """A server is ready."""

    type: ClassVar[str] = "provisioning.completed"

    order_id: str


class ProvisioningFailed(_OfServer):
    """Setting up a server stopped at a step; it can be tried again."""

    type: ClassVar[str] = "provisioning.failed"

    order_id: str
    step: str = Field(examples=["tools"])


class ProvisioningCancelled(_OfServer):
    """A server that could not be set up is given up, and its order with it."""

    type: ClassVar[str] = "provisioning.cancelled"

    order_id: str


class WebhookTest(EventData):
    """Sent when somebody presses the button."""

    type: ClassVar[str] = "webhook.test"

    endpoint_id: str


EVENTS: Final[tuple[type[EventData], ...]] = (
    ApprovalRequested,
    ApprovalDecided,
    ApprovalSettled,
    UsageRecorded,
    UsageAlert,
    HealthChanged,
    AgentHeldBack,
    CanarySeen,
    ProvisioningStarted,
    ProvisioningCompleted,
    ProvisioningFailed,
    ProvisioningCancelled,
)
"""What a webhook can subscribe to, in the order of the settings page."""

EVENT_TYPES: Final = tuple(event.type for event in EVENTS)
