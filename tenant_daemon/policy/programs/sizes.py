"""How much a command writes: more than a gigabyte, or without an end, is nothing that happens every day."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.actions import Command
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

MOST_BYTES: Final = 1 << 30
_SIZE: Final = re.compile(r"[-+<>/%]?(\d{1,18})([bBcwkKmMgGtTpPeEzZyY]?)(?:i?B)?")
_POWERS: Final = "kmgtpezy"
_ENDLESS: Final = frozenset({"/dev/zero", "/dev/urandom", "/dev/random"})
# They stop by themselves, or are told where to stop.
_ENDING: Final = frozenset(
    {"head", "dd", "ls", "stat", "file", "test", "[", "echo", "printf", "chmod", "find"}
)
_BOUNDED: Final = {"od": "-N", "hexdump": "-n", "hd": "-n", "xxd": "-l"}


def bytes_of(text: str) -> int | None:
    """What ``10M`` or ``1GiB`` stands for; None when it is no size."""
    found = _SIZE.fullmatch(text)
    if found is None:
        return None
    unit = found[2].lower()
    if unit in ("", "c"):
        return int(found[1])
    if unit in ("b", "w"):
        return int(found[1]) * 512
    return int(found[1]) << (10 * (_POWERS.index(unit) + 1))


def note_size(judge: "CommandJudge", size: int | None) -> None:
    """Ask when it is much, or nobody knows how much."""
    if size is None or size > MOST_BYTES:
        judge.unknown("size.large", "It would write more than can be kept here.")


def _name(program: str) -> str:
    return program.rpartition("/")[2]


def is_endless(commands: Sequence[Command]) -> bool:
    """Whether a pipeline reads a device that never ends, with nothing behind it that stops."""
    for place, command in enumerate(commands):
        argv, source = command.argv, command.stdin_path
        is_fed = source is not None and str(source) in _ENDLESS
        if not is_fed and _ENDLESS.isdisjoint(argv):
            continue
        name, words = _name(argv[0]), argv[1:]
        flag = _BOUNDED.get(name)
        is_bounded = name in _ENDING or (flag is not None and any(word.startswith(flag) for word in words))
        if not is_bounded and not any(_name(later.argv[0]) == "head" for later in commands[place + 1 :]):
            return True
    return False


def _file_size(judge: "CommandJudge", value: str) -> None:
    note_size(judge, bytes_of(value))


def _forever(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``yes``: whoever reads it ends it."""
    judge.is_forever = True


def _dd(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    words = dict(word.partition("=")[::2] for word in reading.positionals)
    size = bytes_of(words.get("bs") or words.get("ibs") or "512")
    if "count" in words:
        count = bytes_of(words["count"])
        note_size(judge, None if size is None or count is None else size * count)
    elif words.get("if", "") in _ENDLESS:
        judge.unknown("size.endless", "It would never end.")
    if "seek" in words:
        seek = bytes_of(words["seek"])
        note_size(judge, None if seek is None else seek * (bytes_of(words.get("obs", "")) or size or 512))


KINDS["filesize"] = _file_size
REVIEWS.update({"dd": _dd, "forever": _forever})
