"""
Tables whose rows are never changed nor deleted, held to it by the database itself.

Whatever gets hold of the hub's connection may add to the record and cannot rewrite it, short of taking the
guard away first, which only the tables' owner can.
"""

from typing import Final

from sqlalchemy import DDL, Table, event
from sqlalchemy.schema import ExecutableDDLElement

_REFUSAL: Final = "rows of %(table)s are only added"
_STATEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER %(table)s_no_{verb.lower()} BEFORE {verb} ON %(table)s "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION %(table)s_only_added() RETURNS trigger AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER %(table)s_only_added BEFORE UPDATE OR DELETE ON %(table)s "
        "FOR EACH ROW EXECUTE FUNCTION %(table)s_only_added()",
    ),
}


def append_only(table: Table) -> None:
    """Guard the table wherever it is created from the models; migrations do the same by themselves."""
    for dialect, statements in _STATEMENTS.items():
        for statement in statements:
            made: ExecutableDDLElement = DDL(statement)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", made.execute_if(dialect=dialect))
