"""
Which rows are a customer's, told from the columns themselves, so that a new table is never forgotten. Pure.

A table that hangs on no customer by any of these columns raises here, which a test notices.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, select
from sqlmodel import SQLModel

import letsbe_app.db.models  # noqa: F401  # fills the metadata

NEVER_EXPORTED: Final = frozenset(
    {
        "password_hash",
        "token_hash",
        "key_hash",
        "api_key_hash",
        "next_api_key_hash",
        "code_hash",
        "device_hash",
        "secret",
        "content_key",
        "previous_secret",
        "address_hash",
        "details",
        "public_key",
        "box",
        "credential_id",
    }
)
"""Columns that prove who one is: they are no data about a person, and would only be good for attacks."""

TECHNICAL: Final[dict[str, str]] = {
    "idempotent_request": "answers that the customer has had already",
    "account_token": "hashes of mailed links",
    "enrolment_token": "hashes of one-time tokens",
    "recovery_code": "hashes of codes",
    "tenant_outbox": "messages on their way to the server, which are exported as messages",
    "outgoing_event": "events on their way to webhooks, of what is exported itself",
    "mail_outbox": "mails that are about to be sent",
    "waiting_notice": "words to people that are about to be sent",
}
"""Tables that are deleted, and not exported."""

OF_STAFF: Final = frozenset({"staff_member", "staff_session"})
"""Tables about those who run the hub: nothing in them is a customer's."""

KEPT: Final[dict[str, str]] = {
    "customer": "names the orders; the business's name is taken out",
    "user_account": "named by audit entries; address and password are taken out",
    "tenant": "named by orders and audit entries; its name, keys and figures are taken out",
    "customer_order": "bookkeeping: kept for ten years (section 147 AO)",
    "payment_event": "bookkeeping: kept for ten years (section 147 AO)",
    "founding_member": "a place that was taken is not given away twice",
    "support_grant": "ids only: when support was let in, should it ever be asked",
    "support_visit": "ids only: when support looked, and why",
    "audit_entry": "ids only: who did what, should it ever be asked",
}
"""Tables whose rows stay after a deletion, and why."""


def tables() -> list[Table]:
    """All tables of customers, those that others refer to first."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in OF_STAFF]


def belongs_to(table: Table, customer_id: str) -> ColumnElement[bool]:
    """
    The condition for rows of this customer.

    Raises:
        LookupError: The table has no column that leads to a customer.
    """
    columns = table.columns
    if table.name == "customer":
        return columns["id"] == customer_id
    if "customer_id" in columns:
        return columns["customer_id"] == customer_id
    for name, parent in (
        ("tenant_id", "tenant"),
        ("order_id", "customer_order"),
        ("conversation_id", "conversation"),
        ("user_id", "user_account"),
    ):
        if name in columns:
            return columns[name].in_(_ids(parent, customer_id))
    raise LookupError(f"the table {table.name} belongs to no customer")


def exported_columns(table: Table) -> list[str]:
    """The columns that a customer is given."""
    return [column.name for column in table.columns if column.name not in NEVER_EXPORTED]


def _ids(parent: str, customer_id: str) -> Select[Any]:
    table = SQLModel.metadata.tables[parent]
    return select(table.columns["id"]).where(belongs_to(table, customer_id))
