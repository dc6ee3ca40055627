"""Commands of the clients of databases that show or do more than their names say."""

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.judgement import Judgement


def shell(command: str, context: PolicyContext) -> Judgement:
    return classify("shell", {"command": command}, context)


@pytest.mark.parametrize("command", [r"\deu+", r"\deu+ *", r"\dRs+", r"\des+", r"\drds"])
def test_psql_does_not_list_how_other_servers_are_reached(command: str, context: PolicyContext) -> None:
    assert shell(f"psql -c '{command}'", context).is_unknown


@pytest.mark.parametrize("name", ["require????", "require[p]ass", "masterau[t]h", "requirepass"])
def test_settings_of_redis_are_asked_by_their_names(name: str, context: PolicyContext) -> None:
    assert shell(f"redis-cli config get '{name}'", context).tier is Tier.CRITICAL_RED
    assert shell("redis-cli config get maxmemory-policy", context).tier is Tier.GREEN


@pytest.mark.parametrize(
    "command",
    [
        """rpush queues:default '{"job":"x"}'""",
        """lpush queue '{"class":"ActionMailer"}'""",
        "lpush resque:queue:mailers x",
        "lpush bull:mail:wait 5",
        """set session:abc '{"admin":true}'""",
    ],
)
def test_work_for_a_tool_waits(command: str, context: PolicyContext) -> None:
    found = shell(f"redis-cli {command}", context)
    assert found.is_unknown
    assert found.is_external


def test_what_is_gone_at_once_is_deleted(context: PolicyContext) -> None:
    assert shell("redis-cli expire a 0", context).tier is Tier.RED
    assert shell("redis-cli ltrim a 1 0", context).tier is Tier.RED
    assert shell("redis-cli expire session:1 3600", context).tier is Tier.YELLOW


@pytest.mark.parametrize(
    "command",
    [
        "pg_dump -f - shop",
        "pg_dump --file=- shop",
        "mysqldump -r x.sql mysql",
        """mysqldump -r x.sql --where="1=1 into outfile '/x'" shop""",
    ],
)
def test_a_dump_goes_into_its_file_alone(command: str, context: PolicyContext) -> None:
    assert shell(command, context).is_unknown


def test_a_dump_of_some_records_is_a_change(context: PolicyContext) -> None:
    assert shell("mysqldump -r x.sql --where='id > 5' shop orders", context).tier is Tier.YELLOW


@pytest.mark.parametrize(
    "command",
    [
        "docker exec kuma sqlite3 /app/data/kuma.db 'select id, name, active from monitor'",
        "docker exec ghost sqlite3 -header content/data/ghost.db 'select title from posts'",
        "sqlite3 /opt/apps/kuma/data/kuma.db 'select count(*) from heartbeat'",
        "sqlite3 /opt/apps/kuma/data/kuma.db \"select value from setting where key = 'primaryBaseURL'\"",
    ],
)
def test_databases_of_the_tools_are_read_by_sql(command: str, context: PolicyContext) -> None:
    found = shell(command, context)
    assert (found.tier, found.is_unknown) == (Tier.GREEN, False), found.reason


@pytest.mark.parametrize(
    "command",
    [
        "docker exec kuma sqlite3 /app/data/kuma.db 'select password from user'",
        "docker exec kuma sqlite3 /app/data/kuma.db 'select * from monitor'",
        "docker exec kuma sqlite3 /app/data/kuma.db 'select * from setting'",
        "docker exec kuma sqlite3 /app/data/kuma.db 'select value from setting'",
        "docker exec kuma sqlite3 /app/data/kuma.db 'select * from notification'",
        "docker exec kuma sqlite3 /app/data/kuma.db 'delete from monitor'",
        "docker exec kuma sqlite3 /app/data/kuma.db '.dump'",
        "docker exec kuma cat /app/data/kuma.db",
        "docker exec vaultwarden sqlite3 /data/db.sqlite3 'select name from ciphers'",
        "sqlite3 /opt/apps/vaultwarden/data/main.db 'select name from ciphers'",
        "sqlite3 /opt/apps/kuma/data/secrets.db 'select 1'",
        "sqlite3 /root/x.db 'select 1'",
        "sqlite3 ../../etc/x.db 'select 1'",
    ],
)
def test_what_a_database_keeps_secret_stays_there(command: str, context: PolicyContext) -> None:
    found = shell(command, context)
    assert found.is_unknown or found.tier >= Tier.RED, found.reason


@pytest.mark.parametrize(
    "query",
    [
        "select 'evil') to .git/hooks/pre-commit --",
        "select 'evil') to x.sh with (format csv) ",
        "select 1) to x.sh /* ",
        "select $$) to x.sh --$$",
        "select (1",
        "select 1)) to x.sh --(",
    ],
)
def test_psql_ends_the_query_of_a_copy_at_the_first_bracket(query: str, context: PolicyContext) -> None:
    assert shell(f'psql -c "\\\\copy ({query}) to out.csv"', context).is_unknown


def test_a_query_is_copied_into_its_file(context: PolicyContext) -> None:
    query = "select count(*) as \\\"n)\\\" from (select id from a where name = ')') b"
    assert shell(f'psql -c "\\\\copy ({query}) to out.csv csv header"', context).tier is Tier.YELLOW


@pytest.mark.parametrize("end", ["go", " GO ", "/", "/ -- now"])
def test_sqlite_takes_lines_of_others_for_an_end(end: str, context: PolicyContext) -> None:
    command = f"sqlite3 a.db <<'SQL'\nselect 1\n{end}\npragma user_version(5);\nSQL"
    assert shell(command, context).is_unknown


def test_the_client_of_mysql_ends_statements_where_it_is_told_to(context: PolicyContext) -> None:
    assert shell("mysql -e $'select 1 as mydelimiter ,\\n,\\nsystem id'", context).is_unknown
    assert shell("mysql -e 'select `delimiter ` from feeds'", context).tier is Tier.GREEN
