"""Reading an argv by a profile: which flags were given, with what values, and what is left over."""

import re
from typing import Final, NamedTuple

from tenant_daemon.policy.programs.profile import Flag, Profile

_LINES: Final = re.compile(r"\+?\d+|all")


class Reading(NamedTuple):
    """An argv taken apart."""

    given: list[tuple[Flag, str | None]]
    positionals: list[str]
    unknown: list[str]
    """Flags that the profile does not know, or that were given in a way that it does not know."""

    def has(self, *names: str) -> bool:
        """Whether one of these flags was given."""
        return any(flag.name in names for flag, _ in self.given)

    def values(self, *names: str) -> list[str]:
        """The values given for these flags."""
        return [value for flag, value in self.given if value is not None and flag.name in names]


def read_options(args: list[str], profile: Profile) -> Reading:
    """Take an argv (without the program's name) apart. Abbreviated long flags are unknown on purpose."""
    if profile.style == "words":
        return Reading([], list(args), [])
    reader = _SINGLE if profile.style == "single" else _FIND if profile.style == "find" else _GNU
    return reader(args, profile)


def _read_gnu(args: list[str], profile: Profile) -> Reading:
    reading = Reading([], [], [])
    positionals = reading.positionals
    flags, own_words = profile.flags, profile.own_words
    at, size = 0, len(args)
    while at < size:
        arg = args[at]
        at += 1
        if len(arg) < 2 or arg[0] != "-":
            positionals.append(arg)
            if 0 <= own_words < len(positionals):
                positionals.extend(args[at:])
                break
        elif arg == "--":
            positionals.extend(args[at:])
            break
        elif arg[1] == "-":
            at = _long(arg, args, at, reading, flags)
        elif profile.is_numeric and arg[1:].isdecimal():
            continue
        else:
            at = _cluster(arg, args, at, reading, flags)
    return reading


def _long(arg: str, args: list[str], at: int, reading: Reading, flags: dict[str, Flag]) -> int:
    name, sign, value = arg.partition("=")
    flag = flags.get(name)
    if flag is None or (sign and flag.kind is None):
        reading.unknown.append(name)
    elif sign:
        reading.given.append((flag, value))
    elif flag.takes_next and not _stands_alone(flag, args, at):
        if at >= len(args):
            reading.unknown.append(name)
            return at
        reading.given.append((flag, args[at]))
        return at + 1
    else:
        reading.given.append((flag, None))
    return at


def _stands_alone(flag: Flag, args: list[str], at: int) -> bool:
    """``journalctl -n -u x``: a number of lines is taken from the next argument, and nothing else is."""
    return flag.kind == "lines" and (at >= len(args) or _LINES.fullmatch(args[at]) is None)


def _cluster(arg: str, args: list[str], at: int, reading: Reading, flags: dict[str, Flag]) -> int:
    """``-la``, ``-n3``, ``-vn 3``."""
    for place in range(1, len(arg)):
        flag = flags.get(f"-{arg[place]}")
        if flag is None:
            reading.unknown.append(f"-{arg[place]}")
            return at
        if flag.kind is None:
            reading.given.append((flag, None))
            continue
        value = arg[place + 1 :]
        if value:
            reading.given.append((flag, value))
        elif flag.is_optional or _stands_alone(flag, args, at):
            reading.given.append((flag, None))
        elif at < len(args):
            reading.given.append((flag, args[at]))
            return at + 1
        else:
            reading.unknown.append(flag.name)
        return at
    return at


def _read_single(args: list[str], profile: Profile) -> Reading:
    """Long flags with one dash: ``openssl x509 -in FILE``, ``java -version``."""
    reading = Reading([], [], [])
    at = 0
    while at < len(args):
        arg = args[at]
        at += 1
        if len(arg) < 2 or arg[0] != "-":
            reading.positionals.append(arg)
            continue
        at = _long(arg, args, at, reading, profile.flags)
    return reading


def _read_find(args: list[str], profile: Profile) -> Reading:
    """``find``: start folders, then an expression; ``-exec`` takes everything up to ``;`` or ``+``."""
    reading = Reading([], [], [])
    at = 0
    while at < len(args):
        arg = args[at]
        at += 1
        if arg in ("(", ")", "!", ","):
            continue
        if len(arg) < 2 or arg[0] != "-":
            reading.positionals.append(arg)
            continue
        flag = profile.flags.get(arg)
        if flag is None and "=" in arg:
            _long(arg, args, at, reading, profile.flags)
        elif flag is None:
            reading.unknown.append(arg)
        elif flag.kind == "until":
            end = _end_of_command(args, at)
            if end is None:
                reading.unknown.append(arg)
                break
            reading.given.append((flag, "\x1f".join(args[at:end])))
            at = end + 1
        elif flag.kind is None or flag.is_optional:
            # What follows is an argument of its own: an optional value is always attached.
            reading.given.append((flag, None))
        elif at < len(args):
            reading.given.append((flag, args[at]))
            at += 1
        else:
            reading.unknown.append(arg)
    return reading


def _end_of_command(args: list[str], at: int) -> int | None:
    """Where the words behind ``-exec`` end; None where that is not sure: busybox ends them at every ``+``."""
    for place in range(at, len(args)):
        if args[place] == ";":
            return place
        if args[place] == "+":
            return place if args[place - 1] == "{}" else None
    return None


_GNU, _SINGLE, _FIND = _read_gnu, _read_single, _read_find
