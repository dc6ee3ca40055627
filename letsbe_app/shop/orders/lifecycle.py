"""The moves that an order may make. Pure."""

from typing import Final

from letsbe_app.db.models import OrderStatus
from letsbe_app.errors import Conflict

_MOVES: Final[dict[OrderStatus, frozenset[OrderStatus]]] = {
    OrderStatus.AWAITING_PAYMENT: frozenset({OrderStatus.PAID, OrderStatus.CANCELLED}),
    OrderStatus.PAID: frozenset({OrderStatus.PROVISIONING, OrderStatus.CANCELLED}),
    OrderStatus.PROVISIONING: frozenset({OrderStatus.ACTIVE, OrderStatus.FAILED}),
    OrderStatus.FAILED: frozenset({OrderStatus.PROVISIONING, OrderStatus.CANCELLED}),
    OrderStatus.ACTIVE: frozenset({OrderStatus.CANCELLED}),
    OrderStatus.CANCELLED: frozenset(),
}

_WORDS: Final[dict[OrderStatus, str]] = {
    OrderStatus.AWAITING_PAYMENT: "waits for its payment",
    OrderStatus.PAID: "is paid",
    OrderStatus.PROVISIONING: "is being set up",
    OrderStatus.ACTIVE: "is in use",
    OrderStatus.FAILED: "could not be set up yet",
    OrderStatus.CANCELLED: "was cancelled",
}


def can_move(current: OrderStatus, wanted: OrderStatus) -> bool:
    """Whether an order may go from one state to another."""
    return wanted in _MOVES[current]


def check_move(current: OrderStatus, wanted: OrderStatus) -> None:
    """Raises Conflict, in words, when an order may not go there."""
    if not can_move(current, wanted):
        raise Conflict(f"This order {_WORDS[current]}, so this is not possible.")
