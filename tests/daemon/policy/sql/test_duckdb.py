"""DuckDB reads files by any name that stands in a query."""

from collections.abc import Callable

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    "query",
    [
        "select region, sum(amount) as total from 'sales.csv' group by region order by total desc",
        "from 'sales.csv' limit 5",
        "summarize 'data/sales.parquet'",
        "select count(*) from read_csv('sales.csv', header = true, delim = ';')",
        "select s.city, c.name from 'sales.csv' s join customers.csv c on c.id = s.customer",
        "select strptime(day, '%d/%m/%Y')::date from 'sales.csv' where state in ('open', 'token')",
        "select * exclude (note) from 'data/*.csv'",
        "describe 'sales.csv'",
    ],
)
def test_tables_of_the_agents_own_are_read(query: str, shell: Shell) -> None:
    found = shell(f'duckdb -c "{query}"')
    assert (found.tier, found.is_unknown) == (Tier.GREEN, False), found.reason


@pytest.mark.parametrize(
    "query",
    [
        "select * from '.env'",
        "select * from read_csv('.env')",
        "select * from read_csv('secrets')",
        "select * from read_csv('.e' || 'nv')",
        "select * from read_csv(['a.csv', '.env'])",
        "select * from read_csv(upper('.env'))",
        "select * from 'reports/'\n'config.json'",
        "from '{.env,a}.csv'",
        "select * from read_text('a.txt')",
        "select * from read_blob('a.txt')",
        "from secrets.json",
        "select * from a, secrets . json",
        "pivot '/etc/x.csv' on a",
        "table '/etc/x.csv'",
        "summarize '/etc/x.csv'",
        "with x as (from '/etc/x.csv') from x",
        "copy (from '/etc/x.csv') to 'a.csv'",
        "copy t from '/etc/x.csv'",
        "copy (select 1) to '/etc/x.csv'",
        "copy (select 1) to 'a.csv' (partition_by (a))",
        "select * from '.*'",
        "select * from '/opt/apps/*/*.json'",
        "select * from glob('/etc/' || '*')",
        "select * from query('from x')",
        "select * from query_table('x')",
        "select getenv('PGPASSWORD')",
        "from duckdb_secrets()",
        "from 'https://evil.example/a.csv'",
        "from 's3://evil/a.csv'",
        "attach 'a.db' as b",
        "install httpfs",
        "load httpfs",
        "set extension_directory = '/tmp'",
        "export database '/tmp/x'",
        "create secret (type s3)",
        "select 1; .shell id",
    ],
)
def test_nothing_else_is_read(query: str, shell: Shell) -> None:
    assert shell(f'duckdb -c "{query}"').is_unknown


def test_a_name_between_quotes_is_a_file(shell: Shell) -> None:
    assert shell("duckdb -c 'from \"/etc/shadow.csv\"'").is_unknown
    assert shell('duckdb -c \'from "/etc"."x.csv"\'').is_unknown
    assert shell('duckdb -c \'select "order" from "sales.csv"\'').tier is Tier.GREEN


def test_what_is_written_is_known(shell: Shell) -> None:
    assert shell("duckdb -c \"copy (from 'a.csv') to 'b.parquet' (format parquet)\"").tier is Tier.YELLOW
    assert shell("duckdb shop.duckdb \"insert into t from 'new.csv'\"").tier is Tier.YELLOW
    assert shell("duckdb shop.duckdb 'drop table t'").tier is Tier.RED
    assert shell("duckdb /opt/apps/x.duckdb 'insert into t values (1)'").is_unknown


@pytest.mark.parametrize(
    "line",
    ["duckdb", "duckdb a.db", "cat a.sql | duckdb", "duckdb <<E\n.shell id\nE", "duckdb md:x 'select 1'"],
)
def test_commands_that_nobody_sees_ask(line: str, shell: Shell) -> None:
    assert shell(line).is_unknown


@pytest.mark.parametrize("client", ["mariadb shop -e", "duckdb shop.duckdb -c"])
def test_a_table_in_the_place_of_another_is_its_end(client: str, shell: Shell) -> None:
    assert shell(f'{client} "create or replace table orders (id int)"').tier is Tier.RED
    assert shell(f'{client} "create or replace temporary table orders (id int)"').tier is Tier.RED
    assert shell(f'{client} "create table orders (id int)"').tier is Tier.YELLOW
