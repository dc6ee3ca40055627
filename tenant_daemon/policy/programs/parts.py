"""Names that ``split`` makes up for the parts of a file."""

from typing import Final

from tenant_daemon.policy.paths.names import may_name_secrets
from tenant_daemon.policy.programs.judge import CommandJudge
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS

# Without a number there are two letters, and more of them when there are many parts.
_USUAL_LETTERS: Final = (2, 4)
_MOST_LETTERS: Final = 12


def _split_names(judge: CommandJudge, profile: Profile, reading: Reading) -> None:
    """Letters and an ending come behind the prefix: together they could be a name that is kept from view."""
    prefix = reading.positionals[1] if len(reading.positionals) > 1 else "x"
    ending = "".join(reading.values("--additional-suffix")[-1:])
    said = reading.values("-a", "--suffix-length")[-1:]
    lengths = [min(int(said[0]), _MOST_LETTERS)] if said and said[0].isdecimal() else _USUAL_LETTERS
    made = [f"{prefix}{'[a-z0-9]' * length}{ending}" for length in lengths]
    if prefix.rpartition("/")[2].startswith(".") or any(map(may_name_secrets, made)):
        judge.unknown("split.names", "The parts could get the names of files that hold secrets or settings.")


REVIEWS["splitnames"] = _split_names
