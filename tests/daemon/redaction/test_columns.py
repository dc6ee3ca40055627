"""Secrets in tables: the header alone says what stands below it."""

import pytest

from tenant_daemon.redaction import Redactor
from tenant_daemon.redaction.ruleset import expand

REDACTOR = Redactor([])
FIRST, SECOND = expand("{a4}7{a4}9x{a3}"), expand("{a4}3{a3}8y{a4}")


@pytest.mark.parametrize(
    "table",
    [
        " id | login | password\n----+-------+----------\n  1 | anna  | {}\n  2 | tom   | {}\n(2 rows)",
        '[["login","password"],["anna","{}"],["tom","{}"]]',
        '{{"columns": ["login", "password"], "rows": [["anna", "{}"], ["tom", "{}"]]}}',
        '{{\\"fields\\":[\\"login\\",\\"password\\"],\\"values\\":[[\\"a\\",\\"{}\\"],[\\"b\\",\\"{}\\"]]}}',
    ],
)
def test_values_below_a_header_are_found(table: str) -> None:
    redacted = REDACTOR.redact(table.format(FIRST, SECOND))
    assert FIRST not in redacted
    assert SECOND not in redacted
    assert redacted == table.format("[REDACTED:password]", "[REDACTED:password]")


@pytest.mark.parametrize(
    "table",
    [
        " id | login | last_login\n----+-------+-----------\n  1 | anna  | 2026-03-01\n",
        '[["login","role"],["anna","admin"]]',
        '{"required": ["login", "password"], "properties": {"login": ["string"]}}',
        '["login", "password"], ["required", "optional"]',
    ],
)
def test_tables_without_secrets_stay(table: str) -> None:
    assert REDACTOR.redact(table) == table


def test_a_long_row_of_lists_takes_no_time_of_its_own() -> None:
    text = '[["a","password"],' + '["' * 5_000
    assert REDACTOR.redact(text) == text
