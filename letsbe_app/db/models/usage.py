"""What servers said of their token budgets."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from letsbe_app.db.models.base import Table, id_field, ref, time_field


class UsageAlert(Table, table=True):
    """A part of a budget was used; kept once per budget, period and part."""

    __tablename__ = "usage_alert"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "agent_id",
            "period",
            "period_began_at",
            "budget_tokens",
            "percent",
            name="uq_usage_alert_part",
        ),
    )

    id: str = id_field()
    tenant_id: str = ref("tenant.id")
    agent_id: str = Field(default="", max_length=40)
    """Empty for a budget of the whole server."""
    period: str = Field(max_length=10)
    period_began_at: datetime = time_field()
    percent: int
    budget_tokens: int
    used_tokens: int
    note: str = Field(max_length=500)
    """What the owner reads."""
    reached_at: datetime = time_field()
