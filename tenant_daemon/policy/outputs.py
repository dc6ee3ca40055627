"""What ``$(...)`` gives, where that is known before anything runs: dates, folders, numbers."""

import os
import re
import shutil
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from tenant_daemon.policy.shell.expansions import CHANGE, FOLDER, LINE, has_expansion, line_part
from tenant_daemon.policy.shell.references import show
from tenant_daemon.policy.shell.script import Pipeline, SimpleCommand, Step, Word

_DATE_FORMAT: Final = re.compile(r"\+(?:%[-_]?[YmdHMSFTDjyBbAaeuVZRsIpkGwC%]|[^%])*", re.DOTALL)
_AWAY: Final = re.compile(r"([-+]?)(\d{1,4}) ?(sec|second|min|minute|hour|day|week|month|year)s?( ago)?")
_UNITS: Final = {"sec": "second", "min": "minute"}
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ t](\d\d:\d\d(?::\d\d)?))?")
_NEAR: Final = re.compile(
    r"(last|next) (week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
)
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CONVERSION: Final = re.compile(r"%%|%(0?)(\d{0,2})([sd])")
_ISO_FORMS: Final = {
    **dict.fromkeys(("-I", "-Id", "-Idate", "--iso-8601"), "+%Y-%m-%d"),
    **dict.fromkeys(("-Ih", "-Ihours"), "+%Y-%m-%dT%H+00:00"),
    **dict.fromkeys(("-Im", "-Iminutes"), "+%Y-%m-%dT%H:%M+00:00"),
    **dict.fromkeys(("-Is", "-Iseconds"), "+%Y-%m-%dT%H:%M:%S+00:00"),
}
_DATE_PLAIN: Final = "+%a %b %e %H:%M:%S UTC %Y"
_FILE_ENDING: Final = re.compile(r"\.[\w.-]+", re.ASCII)
_BARE: Final = SimpleCommand(())
_MAX_NUMBERS: Final = 60
_SEARCH_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where the executor looks programs up."""


_host_name = cache(socket.gethostname)


def server_variables(workspace: str) -> dict[str, str]:
    """What a line reads in ``expansions.OF_THE_SERVER``: an agent's user is called like its folder."""
    name, host = os.path.basename(workspace), _host_name()
    of_user = {"USER": name, "LOGNAME": name, "HOSTNAME": host}
    return {**of_user, "PATH": _SEARCH_PATH, "SHELL": "/bin/sh", "LANG": "C.UTF-8"}


def known_output(step: Step, text_of: Callable[[Word], str], now: datetime | None) -> str | None:
    """
    The output of a command that we can work out ourselves, without its last line break.

    Args:
        text_of: Fills a word in.
        now: The moment that ``date`` gives; None for this one.

    Returns:
        None when only running it would tell.
    """
    if not isinstance(step, Pipeline) or len(step.commands) != 1 or step.is_negated:
        return None
    command = step.commands[0]
    if command.redirects or command.assignments or any(word.is_glob for word in command.words):
        return None
    if command.stdin is not None:
        return _written(command, text_of)
    name, *args = [text_of(word) for word in command.words]
    if any(has_expansion(arg) or show(arg) != arg for arg in args):
        return None
    if name == "pwd" and not args:
        return text_of(Word(FOLDER))
    if name == "date":
        return _date(args, now or datetime.now(UTC))
    known = _KNOWN.get(name)
    return known(args) if known is not None else None


def _written(command: SimpleCommand, text_of: Callable[[Word], str]) -> str | None:
    """``cat`` with a here-document."""
    if command.stdin is None or [word.text for word in command.words] != ["cat"]:
        return None
    text = text_of(command.stdin)
    return None if has_expansion(text) or show(text) != text else text.rstrip("\n")


def base_name(step: Step, text_of: Callable[[Word], str]) -> str | None:
    """``basename "$f" .pdf`` of what a loop goes through, as the part of a line that it is."""
    if not isinstance(step, Pipeline) or len(step.commands) != 1 or step.is_negated:
        return None
    words = step.commands[0].words
    if step.commands[0]._replace(words=()) != _BARE or words[0].text != "basename" or len(words) > 3:
        return None
    part, *ending = (text_of(word) for word in words[1:])
    found = LINE.fullmatch(part)
    if found is None or found[2] or any(_FILE_ENDING.fullmatch(one) is None for one in ending):
        return None
    return line_part(int(found[1]), "##*/" + "".join(f"{CHANGE}%{one}" for one in ending))


def says_nothing_new(step: Step) -> bool:
    """Whether a command only prints what stands in it, or the date: nothing is found out by it."""
    if not isinstance(step, Pipeline) or len(step.commands) != 1 or step.is_negated:
        return False
    words = step.commands[0].words
    return words[0].text in ("date", "seq", "printf") and not any(has_expansion(word.text) for word in words)


def _date(args: list[str], now: datetime) -> str | None:
    """In UTC, which is what the programs of an agent get as well."""
    forms: list[str] = []
    at = 0
    while at < len(args):
        arg = args[at]
        at += 1
        if arg in ("-u", "--utc"):
            continue
        if arg in ("-d", "--date") or arg.startswith("--date="):
            at += "=" not in arg
            text = arg.partition("=")[2] if "=" in arg else "".join(args[at - 1 : at])
            then = _then(text, now)
            if then is None:
                return None
            now = then
        else:
            forms.append(_ISO_FORMS.get(arg.replace("--iso-8601=", "-I"), arg))
    if len(forms) > 1:
        return None
    wanted = forms[0] if forms else _DATE_PLAIN
    if _DATE_FORMAT.fullmatch(wanted) is None or "%%s" in wanted:
        return None
    return now.astimezone(UTC).strftime(wanted[1:].replace("%s", str(int(now.timestamp()))))


def _then(text: str, now: datetime) -> datetime | None:
    """The moment that ``date -d`` is asked for, for the few phrases that everybody uses."""
    text = text.lower()
    days = {"now": 0, "today": 0, "yesterday": -1, "tomorrow": 1}.get(text)
    if days is not None:
        return now + timedelta(days=days)
    day = _DAY.fullmatch(text)
    if day is not None:
        return _day(f"{day[1]}T{day[2] or '00:00'}")
    near = _NEAR.fullmatch(text)
    if near is not None:
        return _near(-1 if near[1] == "last" else 1, near[2], now)
    found = _AWAY.fullmatch(text)
    if found is None:
        return None
    count = int(found[2]) * (-1 if (found[1] == "-") is not bool(found[4]) else 1)
    if found[3] in ("month", "year"):
        return _months(count * (12 if found[3] == "year" else 1), now)
    return now + timedelta(**{f"{_UNITS.get(found[3], found[3])}s": count})


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _near(direction: int, unit: str, now: datetime) -> datetime:
    """``last month``, ``next friday``: a day's name stands for its midnight, and never for today."""
    if unit == "month":
        return _months(direction, now)
    if unit == "week":
        return now + timedelta(weeks=direction)
    away = (direction * (_WEEKDAYS.index(unit) - now.astimezone(UTC).weekday())) % 7 or 7
    day = now.astimezone(UTC) + timedelta(days=direction * away)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def _months(count: int, now: datetime) -> datetime:
    """The same day of another month; the 31st of a shorter one runs over into the next, as in ``date``."""
    then = now.astimezone(UTC)
    years, month = divmod(then.month - 1 + count, 12)
    return then.replace(year=then.year + years, month=month + 1, day=1) + timedelta(days=then.day - 1)


def _printed(args: list[str]) -> str | None:
    """``printf '%02d' 3``: as many words as the format takes, and nothing that stands for another sign."""
    if not args or args[0].startswith("-") or "\\" in args[0]:
        return None
    form, *words = args
    wanted = [found for found in _CONVERSION.finditer(form) if found[0] != "%%"]
    if len(wanted) != len(words) or "%" in _CONVERSION.sub("", form):
        return None
    given = iter(words)
    try:
        return _CONVERSION.sub(
            lambda found: "%" if found[0] == "%%" else _converted(found, next(given)), form
        )
    except ValueError:
        return None


def _converted(found: re.Match[str], word: str) -> str:
    zeros, width, kind = found.groups()
    if kind == "s":
        return word.rjust(int(width or 0))
    # With a nought in front it would be read to the base of eight.
    if re.fullmatch(r"-?(?:0|[1-9]\d{0,8})", word) is None:
        raise ValueError(word)
    return f"{int(word):{zeros}{width}d}"


def _said(args: list[str]) -> str | None:
    """``echo WORDS``."""
    text = " ".join(args)
    return None if not args or args[0].startswith("-") or "\\" in text else text


def _host(args: list[str]) -> str | None:
    return socket.gethostname() if not args else None


def _processors(args: list[str]) -> str | None:
    return str(len(os.sched_getaffinity(0))) if not args else None


def numbers_of(args: list[str], most: int) -> list[str] | None:
    """What ``seq`` prints; None when it is more than ``most``, or anything but whole numbers one apart."""
    if not 1 <= len(args) <= 2 or not all(re.fullmatch(r"\d{1,6}", arg) for arg in args):
        return None
    first, last = (int(args[0]), int(args[1])) if len(args) == 2 else (1, int(args[0]))
    return None if last - first >= most else [str(number) for number in range(first, last + 1)]


def _numbers(args: list[str]) -> str | None:
    is_padded = args[:1] == ["-w"]
    numbers = numbers_of(args[is_padded:], _MAX_NUMBERS)
    if numbers is None or (is_padded and any(arg.startswith("0") for arg in args)):
        return None
    width = max(map(len, numbers), default=0) if is_padded else 0
    return "\n".join(number.zfill(width) for number in numbers)


def _base(args: list[str]) -> str | None:
    """The last name of a path, perhaps without its ending."""
    if not 1 <= len(args) <= 2 or not args[0].rstrip("/") or args[0].startswith("-"):
        return None
    name = os.path.basename(args[0].rstrip("/"))
    ending = args[1] if len(args) == 2 else ""
    return name if name == ending else name.removesuffix(ending)


def _located(args: list[str]) -> str | None:
    return shutil.which(args[0], path=_SEARCH_PATH) or "" if len(args) == 1 and "/" not in args[0] else None


_KNOWN: Final[dict[str, Callable[[list[str]], str | None]]] = {
    "echo": _said,
    "printf": _printed,
    "hostname": _host,
    "nproc": _processors,
    "seq": _numbers,
    "which": lambda args: _located(args),
    "command": lambda args: _located(args[1:]) if args[:1] == ["-v"] else None,
    "basename": lambda args: _base(args),
    "dirname": lambda args: (
        (os.path.dirname(args[0].rstrip("/")) or ".") if len(args) == 1 and args[0] else None
    ),
}
