"""Which alphabet a client reads SQL in: in some, a quote may be the second byte of a letter."""

from collections.abc import Callable

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement

Shell = Callable[[str], Judgement]


@pytest.mark.parametrize(
    "command",
    [
        """psql <<'EOF'\nset names 'SJIS';\nselect 'Ё' || ' ; drop table users; -- '\nEOF""",
        """psql <<'EOF'\nset names 'SJIS';\nselect 1 where 'Ё' ~ ' \\! id '\nEOF""",
        "psql -c '\\encoding SJIS'",
        """mysql -e "set names 'gbk' collate 'gbk_bin'; select 1" """,
        "mysql -e 'set names big5'",
        "mysql --default-character-set=sjis -e 'select 1'",
    ],
)
def test_an_alphabet_in_which_quotes_are_parts_of_letters_asks(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "mysql -e 'set names utf8mb4; select 1'",
        """mysql -e "SET NAMES 'utf8mb4' COLLATE 'utf8mb4_unicode_ci'; select 1" """,
        "mysql --default-character-set=utf8mb4 -e 'select 1'",
        """psql -c "set names 'UTF8'" """,
        "psql -c '\\encoding'",
        "psql -c '\\encoding UTF8'",
    ],
)
def test_unicode_is_set(command: str, shell: Shell) -> None:
    assert (shell(command).tier, shell(command).is_unknown) == (Tier.GREEN, False), shell(command).reason
