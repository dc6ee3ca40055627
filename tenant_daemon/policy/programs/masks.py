"""
Programs that show settings with passwords among them: their values are taken out on the way.

What such a program prints goes through ``sed``, a command of the pipeline like any other: the person who
approves is shown it, and it is what runs.
"""

from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.actions import Command
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

# Docker's own layout: one variable a line, the list's end alone on its line.
_VARIABLES_IN_JSON: Final = r'/^ *"Env": \[/,/^ *\]/s/^( *"[^"=]*=).*("[,]?)$/\1***\2/'
_VARIABLES_OF_UNIT: Final = r"s/^( *(Pass)?Environment=).*/\1***/"


def masked(command: Command, mask: tuple[str, ...]) -> tuple[Command, Command]:
    """The command, and behind it the one that hides the passwords that it prints."""
    behind = Command(
        mask,
        command.env,
        stdout_path=command.stdout_path,
        is_append=command.is_append,
        is_mask=True,
    )
    return command._replace(stdout_path=None, is_append=False), behind


def _mask(judge: "CommandJudge", script: str) -> None:
    judge.mask = ("sed", "-E", script)


def _inspect(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``docker inspect`` without a template, which would be judged itself; an empty one is none."""
    templates = reading.values("-f", "--format")
    if any(template.strip().lower() == "json" for template in templates):
        # All of it on one line.
        KINDS["template"](judge, "{{json .}}")
    if not any(templates):
        _mask(judge, _VARIABLES_IN_JSON)


def _unit(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``systemctl show`` and ``cat``; which properties are named is judged with their names."""
    if not {"show", "cat"}.isdisjoint(judge.arguments) and not any(reading.values("-p", "--property")):
        _mask(judge, _VARIABLES_OF_UNIT)


REVIEWS.update({"inspect": _inspect, "unit": _unit})
