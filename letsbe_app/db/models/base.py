"""Column kinds that every table uses."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, UTC on the way in and out; SQLite alone would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


ID_LENGTH = 40


def id_field() -> Any:
    """A primary key that the service fills with ``new_id``."""
    return Field(primary_key=True, sa_type=String(ID_LENGTH))


def ref(target: str, *, nullable: bool = False, index: bool = True, unique: bool = False) -> Any:
    """A foreign key to ``table.column``."""
    extra: dict[str, Any] = {"default": None} if nullable else {}
    return Field(
        foreign_key=target, nullable=nullable, index=index, unique=unique, max_length=ID_LENGTH, **extra
    )


def time_field(*, nullable: bool = False, index: bool = False) -> Any:
    """A time in UTC."""
    extra: dict[str, Any] = {"default": None} if nullable else {}
    return Field(sa_type=UtcDateTime, nullable=nullable, index=index, **extra)


class Table(SQLModel):
    """Base of all tables."""
