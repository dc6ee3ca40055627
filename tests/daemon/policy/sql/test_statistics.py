"""What a database keeps beside the tables themselves: samples of their values, passwords of other servers."""

from collections.abc import Callable

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    "query",
    [
        "select * from pg_statistic",
        "select stavalues1 from pg_statistic",
        "select * from pg_stats",
        "table pg_stats",
        "select most_common_vals from pg_stats where tablename = 'users'",
        "select s.histogram_bounds from pg_stats s",
        "select most_common_elems::text from pg_catalog.pg_stats",
        "select * from information_schema.user_mapping_options",
        "select option_value from information_schema.foreign_server_options",
        "select setting from pg_settings where name = 'primary_conninfo'",
    ],
)
def test_samples_and_passwords_of_others_are_secret(query: str, shell: Shell) -> None:
    found = shell(f'psql -c "{query}"')
    assert (found.tier, found.is_unknown) == (Tier.CRITICAL_RED, True)


@pytest.mark.parametrize(
    "query",
    [
        "select tablename, attname, n_distinct, null_frac from pg_stats",
        "select relname, n_dead_tup from pg_stat_user_tables",
        "select name, setting from pg_settings where name = 'max_connections'",
    ],
)
def test_how_tables_are_filled_is_not(query: str, shell: Shell) -> None:
    found = shell(f'psql -c "{query}"')
    assert (found.tier, found.is_unknown) == (Tier.GREEN, False)
