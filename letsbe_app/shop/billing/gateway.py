"""
The port to whoever takes the money.

A gateway does two things, in this order: it opens a checkout, which is a page for the customer to go to, and
later it tells events. An event may come several times, late, and in any order; ``BillingService`` stores
each once and acts on it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True)
class Payable:
    """What is to be paid."""

    order_id: str
    customer_id: str
    description: str
    amount_cents: int
    currency: str


@dataclass(frozen=True)
class Checkout:
    """Where the customer goes to pay."""

    url: str
    """A path of ours or an address of the gateway's."""
    is_practice: bool
    """No money moves; the page says so."""


class EventKind(StrEnum):
    """Events that we act on; others are stored and left alone."""

    PAID = "checkout.paid"


@dataclass(frozen=True)
class GatewayEvent:
    """Something that the gateway says has happened."""

    gateway: str
    event_id: str
    """The gateway's own id: what makes a second delivery harmless."""
    kind: str
    order_id: str | None
    amount_cents: int
    currency: str
    payload: dict[str, Any]
    """For the record; no card or bank details."""


class PaymentGateway(Protocol):
    """Implemented by ``PracticeGateway``, and by Stripe when it comes."""

    @property
    def name(self) -> str:
        """As stored with its events."""

    @property
    def is_practice(self) -> bool:
        """Whether no money moves."""

    async def open_checkout(self, payable: Payable) -> Checkout:
        """
        A page where this can be paid.

        Raises:
            Unavailable: The gateway does not answer.
        """
