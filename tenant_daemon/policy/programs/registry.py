"""
Where the judges of special arguments enter themselves.

``RESTS`` take all arguments from a place on (a wrapped command); ``REVIEWS`` see a whole reading after its
single values have been judged (an address together with a method). ``GUARDS`` look at the place where a
program is about to run, by the program's name; ``BEFORE_ANSWERING`` names the programs at whose place they
look even when the program is only asked for its version.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge
    from tenant_daemon.policy.programs.options import Reading
    from tenant_daemon.policy.programs.profile import Profile

RESTS: "dict[str, Callable[[CommandJudge, list[str]], None]]" = {}
GUARDS: "dict[str, Callable[[CommandJudge, list[str]], None]]" = {}
REVIEWS: "dict[str, Callable[[CommandJudge, Profile, Reading], None]]" = {}
BEFORE_ANSWERING: set[str] = set()
