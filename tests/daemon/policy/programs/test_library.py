"""The profiles that are shipped."""

import pytest

from tenant_daemon.policy.programs.library import load_library
from tenant_daemon.policy.programs.profile import BadRule, compile_flags
from tenant_daemon.policy.wordlist import word_set

OF_EVERY_DAY = word_set(
    """
    ls cat head tail grep sed awk find sort cp mv rm mkdir tar zip rsync git docker systemctl journalctl apt
    dig curl wget psql mysql sqlite3 redis-cli crontab certbot nginx openssl restic npm pip python3 node env
    sudo xargs
    """
)


def test_at_least_150_programs_have_a_profile() -> None:
    # One that always asks says nothing of its flags.
    known = [name for name, profile in load_library().items() if profile.subs or not profile.is_unknown]
    assert len(known) >= 150
    assert sum(len(load_library()[name].matches) > 0 for name in known) >= 150


def test_the_programs_of_every_day_have_one() -> None:
    assert OF_EVERY_DAY - load_library().keys() == set()


def test_a_flag_means_one_thing() -> None:
    with pytest.raises(BadRule, match="-n"):
        compile_flags("-vn -n:int", "gnu", {})
    assert compile_flags("-v -v --long", "gnu", {}).keys() == {"-v", "--long"}
