"""The table of moves, whole."""

import pytest

from letsbe_app.db.models import OrderStatus
from letsbe_app.errors import Conflict
from letsbe_app.shop.orders.lifecycle import can_move, check_move

ALLOWED = {
    (OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID),
    (OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED),
    (OrderStatus.PAID, OrderStatus.PROVISIONING),
    (OrderStatus.PAID, OrderStatus.CANCELLED),
    (OrderStatus.PROVISIONING, OrderStatus.ACTIVE),
    (OrderStatus.PROVISIONING, OrderStatus.FAILED),
    (OrderStatus.FAILED, OrderStatus.PROVISIONING),
    (OrderStatus.FAILED, OrderStatus.CANCELLED),
    (OrderStatus.ACTIVE, OrderStatus.CANCELLED),
}


@pytest.mark.parametrize("current", OrderStatus)
@pytest.mark.parametrize("wanted", OrderStatus)
def test_only_these_moves_are_allowed(current: OrderStatus, wanted: OrderStatus) -> None:
    assert can_move(current, wanted) == ((current, wanted) in ALLOWED)


def test_a_refused_move_is_told_in_words() -> None:
    with pytest.raises(Conflict, match="This order was cancelled, so this is not possible"):
        check_move(OrderStatus.CANCELLED, OrderStatus.PAID)
