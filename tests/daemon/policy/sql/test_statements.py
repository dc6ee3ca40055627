"""SQL that one database reads otherwise than another, and statements that do more than they seem to."""

import shlex

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.judgement import Judgement


def sql(client: str, text: str, context: PolicyContext) -> Judgement:
    return classify("shell", {"command": f"{client} {shlex.quote(text)}"}, context)


PSQL, MYSQL, SQLITE = "psql -c", "mysql shop -e", "sqlite3 shop.db"


@pytest.mark.parametrize(
    ("client", "text"),
    [
        (PSQL, "select 1 as a$$; drop table orders; select 1 as b$$"),
        (PSQL, "select 1 as é$$; drop database shop; select 1 as é$$"),
        (PSQL, "select x$$;drop table t;--$$"),
        (PSQL, "select x$a$;drop table t;--$a$"),
        (PSQL, "select $a$ b $c$; drop table t; --$c$ $a$"),
        (PSQL, "select $1$;drop table t;--$1$"),
        (MYSQL, "select $a$, 1; drop table t; select 2 as $a$"),
        (SQLITE, "select $a$; drop table t; --$a$"),
        (PSQL, "select a_$$, pg_read_file(1), b$$ from t"),
        (PSQL, "select 1 `; delete from orders; select `"),
        (MYSQL, "select 1 #> '\n; drop table orders; -- '"),
        (MYSQL, "select 1 #>> '\n into outfile '/tmp/x' -- '"),
        (SQLITE, "select 1 as [a'] ; drop table o; select 1 as [b']"),
        (SQLITE, 'select 1 [x-"] ; delete from o; select 1 ["]'),
        ("csvsql data.csv --query", "select 1 as [a'] ; drop table o; select 1 as [b']"),
    ],
)
def test_what_databases_read_in_different_ways_asks(client: str, text: str, context: PolicyContext) -> None:
    assert sql(client, text, context).is_unknown


@pytest.mark.parametrize(
    ("client", "text"),
    [
        (PSQL, "select $$it's$$, tags[1], data #>> '{a,b}' from orders"),
        (PSQL, "select count(*) from images where name like $q$% (old; drop table x)$q$"),
        (PSQL, 'select "total" from orders'),
        (MYSQL, "select `total`, data->>'$.a[0]' from orders"),
        (SQLITE, "select [order total], `b` from orders"),
    ],
)
def test_their_own_spellings_are_read(client: str, text: str, context: PolicyContext) -> None:
    assert sql(client, text, context).tier is Tier.GREEN


@pytest.mark.parametrize("condition", ["true", "1=1", "'a'='a'", "a=a", "(b = b)", "not false", "1"])
def test_a_condition_that_says_nothing_changes_every_record(condition: str, context: PolicyContext) -> None:
    assert sql(PSQL, f"update orders set a=1 where {condition}", context).tier is Tier.RED


@pytest.mark.parametrize("condition", ["id=3", "a=b", "status in ('x')", "name like 'a%' and id is not null"])
def test_a_condition_about_a_column_changes_some(condition: str, context: PolicyContext) -> None:
    assert sql(PSQL, f"update orders set a=1 where {condition}", context).tier is Tier.YELLOW


@pytest.mark.parametrize(
    "text",
    [
        "table users",
        "select u from users u",
        "select users from users",
        "select distinct u from wp_users as u",
        "select json_agg(u) from users u",
        "select a, u::text from users u",
        "create table x as table users",
        "select otp_backup_codes from users",
        "select recovery_codes from users",
        "select * from sessions",
        "select distinct * from users",
        "select all * from only users",
        "select * from (values (1)) v(a), users",
        "select * from users where true",
        "select * from users where 1=1",
        "select * from users limit all",
        "select * from users limit 99999",
        "select count(*), u.* from users u group by u.id",
        "select * from nc_users_v2",
        "select * from mysql.general_log",
        "select * from pg_hba_file_rules",
        "select option_value from wp_options where option_name='auth_salt'",
        "select option_value from wp_options where option_name like '%smtp%pass%'",
    ],
)
def test_accounts_are_not_shown_under_another_name(text: str, context: PolicyContext) -> None:
    assert sql(PSQL, text, context).tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "text",
    [
        "select u.name from users u",
        "select count(*) from users",
        "select o.id, u.email from orders o join users u on u.id = o.user_id",
        "select * from session limit 5",
        "select * from users where id = 3",
        "select role, count(*) from users group by role",
    ],
)
def test_single_columns_of_accounts_are_read(text: str, context: PolicyContext) -> None:
    assert sql(PSQL, text, context).tier is Tier.GREEN


@pytest.mark.parametrize(
    "text",
    [
        "create table t (a int) engine=federated connection='mysql://evil/x'",
        "create table t engine connect file_name='/etc/passwd'",
        "create table t (a int) data directory='/tmp'",
        "rename user a to b",
        "show binlog events",
    ],
)
def test_tables_elsewhere_and_what_was_said_before_are_critical(text: str, context: PolicyContext) -> None:
    assert sql(MYSQL, text, context).tier is Tier.CRITICAL_RED


def test_a_new_table_of_the_usual_kind_is_a_change(context: PolicyContext) -> None:
    text = "create table t (a int, connection varchar(9)) engine=InnoDB"
    assert sql(MYSQL, text, context).tier is Tier.YELLOW


@pytest.mark.parametrize(
    ("client", "text"),
    [
        (PSQL, "select coalesce(source, '?') src, count(*) from leads group by 1"),
        (PSQL, "select id, l.source, program from leads l where source = 'web' order by source, change"),
        (PSQL, "select to_tsvector('german', body) @@ to_tsquery('german', 'brot') from notes"),
        (MYSQL, "select @@version, @@global.max_connections, @@hostname"),
        (SQLITE, "select source, system from leads where security > 3"),
    ],
)
def test_columns_may_be_called_like_verbs(client: str, text: str, context: PolicyContext) -> None:
    found = sql(client, text, context)
    assert (found.tier, found.is_unknown) == (Tier.GREEN, False), found.reason


@pytest.mark.parametrize(
    ("client", "text"),
    [
        (MYSQL, "select 1 into outfile '/tmp/x'"),
        (MYSQL, "select 1;\nsource /etc/passwd"),
        (MYSQL, "select a from t lock in share mode"),
        (MYSQL, "set @@global.general_log_file = '/tmp/x'"),
        (MYSQL, "select @@global.x into dumpfile '/tmp/x'"),
        (PSQL, "copy (select source from t) to program 'id'"),
        (PSQL, "select a @@ b; create role t"),
        (PSQL, "select a @@b(1)"),
        (SQLITE, "select a @@ b"),
        (MYSQL, "select a @@ b"),
        (PSQL, "select source from t; reset all"),
        (PSQL, "with x as (select 1) import foreign schema a from server b into c"),
        (PSQL, "select a, load from t"),
    ],
)
def test_verbs_in_their_own_place_still_ask(client: str, text: str, context: PolicyContext) -> None:
    assert sql(client, text, context).is_unknown
