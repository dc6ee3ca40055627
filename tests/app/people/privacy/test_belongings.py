"""No table is forgotten when somebody takes their data along or wants to be forgotten."""

from letsbe_app.people.privacy.belongings import (
    KEPT,
    NEVER_EXPORTED,
    TECHNICAL,
    belongs_to,
    exported_columns,
    tables,
)


def test_every_table_leads_to_a_customer() -> None:
    for table in tables():
        belongs_to(table, "cus_1")


def test_exceptions_name_tables_and_columns_that_there_are() -> None:
    names = {table.name for table in tables()}
    columns = {column.name for table in tables() for column in table.columns}

    assert KEPT.keys() | TECHNICAL.keys() <= names
    assert columns >= NEVER_EXPORTED


def test_no_hash_and_no_key_is_exported() -> None:
    exported = {name for table in tables() if table.name not in TECHNICAL for name in exported_columns(table)}

    # The list of a server's secrets holds their names, and never a value.
    assert {name for name in exported if "hash" in name or "secret" in name} <= {"head_hash", "secrets"}
