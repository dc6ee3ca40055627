"""A row in every table that a customer can have, made from the tables, so that none is forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, insert, select
from sqlalchemy.types import JSON, Boolean, Float, Integer

from letsbe_app.composition import Services
from letsbe_app.db.models import StaffRole
from letsbe_app.kit.ids import new_id
from letsbe_app.people.privacy.belongings import belongs_to, tables

_SOON = timedelta(hours=1)


async def one_of_everything(services: Services, customer_id: str) -> dict[str, str]:
    """Names of the customer's rows by table; what is missing is added."""
    support = await services.staff.add("support@letsbe.example", StaffRole.SUPPORT)
    found: dict[str, str] = {"customer": customer_id, "staff_member": support.staff_id}
    async with services.database.write() as session:
        connection = await session.connection()
        for table in tables():
            key = next(iter(table.primary_key.columns))
            statement = select(key).where(belongs_to(table, customer_id)).limit(1)
            name = (await connection.execute(statement)).scalar()
            if name is None:
                values = _row(table, found, customer_id)
                await connection.execute(insert(table).values(values))
                name = values.get(key.name, "")
            found[table.name] = str(name)
    return found


def _row(table: Table, found: dict[str, str], customer_id: str) -> dict[str, Any]:
    return {
        column.name: value
        for column in table.columns
        if (value := _value(column, found, customer_id)) is not None
    }


def _value(column: Column[Any], found: dict[str, str], customer_id: str) -> Any:
    if column.name == "customer_id":
        return customer_id
    for key in column.foreign_keys:
        return found.get(key.column.table.name)
    if column.name.endswith("_id") and column.name.removesuffix("_id") in found:
        return found[column.name.removesuffix("_id")]
    if column.nullable:
        return None
    return _of_kind(column)


def _of_kind(column: Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return None if column.name == "sequence" else 1
    if isinstance(kind, Float):
        return 1.0
    if isinstance(kind, JSON):
        return {}
    if type(kind).__name__ == "UtcDateTime":
        return datetime.now(UTC) + _SOON
    return new_id("row") if column.primary_key or column.unique else "x"
