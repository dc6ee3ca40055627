"""How a server's figures went over time."""

from datetime import datetime

from sqlmodel import Field

from letsbe_app.db.models.base import Table, time_field


class HeartbeatSample(Table, table=True):
    """The last heartbeat of a minute."""

    __tablename__ = "heartbeat_sample"

    tenant_id: str = Field(primary_key=True, foreign_key="tenant.id", max_length=40)
    slot: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Minutes since 1970."""
    is_ready: bool
    cpu_percent: float | None = None
    memory_percent: float | None = None
    disk_percent: float | None = None
    taken_at: datetime = time_field(index=True)


class HeartbeatHour(Table, table=True):
    """The means of an hour, and how many minutes they are made of."""

    __tablename__ = "heartbeat_hour"

    tenant_id: str = Field(primary_key=True, foreign_key="tenant.id", max_length=40)
    slot: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Hours since 1970."""
    count: int = Field(default=0)
    ready_count: int = Field(default=0)
    cpu_percent: float | None = None
    memory_percent: float | None = None
    disk_percent: float | None = None
    taken_at: datetime = time_field(index=True)
