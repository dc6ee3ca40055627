"""What the order service gives to pages and routes."""

from dataclasses import dataclass
from datetime import datetime

from letsbe_app.shop.catalog.schemas import Plan, Tool


@dataclass(frozen=True)
class OrderView:
    """An order as its customer sees it."""

    id: str
    plan: Plan
    bundle_id: str | None
    tools: list[Tool]
    server_name: str
    price_cents: int
    currency: str
    status: str
    failure: str
    """Plain words when it could not be set up."""
    created_at: datetime
    paid_at: datetime | None
