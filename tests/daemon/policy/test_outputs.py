"""What ``$(...)`` gives without running anything: it has to be what the program would print."""

from datetime import UTC, datetime

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.outputs import known_output
from tenant_daemon.policy.shell.script import Pipeline, SimpleCommand, Word

NOW = datetime(2026, 3, 31, 15, 4, 5, tzinfo=UTC)
"""A Tuesday."""


def known(*words: str) -> str | None:
    command = SimpleCommand(tuple(Word(word) for word in words))
    return known_output(Pipeline((command,)), lambda word: word.text, NOW)


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (("printf", "%02d", "7"), "07"),
        (("printf", "%s-%3d%%", "a", "12"), "a- 12%"),
        (("printf", "%02d", "08"), None),
        (("printf", "%s"), None),
        (("printf", "%s", "a", "b"), None),
        (("printf", "%x", "12"), None),
        (("printf", "a\\n"), None),
        (("printf", "-v", "x"), None),
        (("echo", "a", "b"), "a b"),
        (("echo", "-n", "a"), None),
    ],
)
def test_words_are_printed(words: tuple[str, ...], output: str | None) -> None:
    assert known(*words) == output


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("last month", "2026-03-03"),
        ("next month", "2026-05-01"),
        ("2 months ago", "2026-01-31"),
        ("-1 day", "2026-03-30"),
        ("+2 weeks", "2026-04-14"),
        ("3 days", "2026-04-03"),
        ("next monday", "2026-04-06"),
        ("last tuesday", "2026-03-24"),
        ("next tuesday", "2026-04-07"),
        ("last week", "2026-03-24"),
        ("the day after", None),
    ],
)
def test_days_are_those_of_date(text: str, output: str | None) -> None:
    assert known("date", "-d", text, "+%F") == output


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (("-I",), "2026-03-31"),
        (("-Iseconds",), "2026-03-31T15:04:05+00:00"),
        (("--iso-8601=minutes",), "2026-03-31T15:04+00:00"),
        (("-d", "1 hour ago", "-Is"), "2026-03-31T14:04:05+00:00"),
        (("+%F", "-d", "yesterday"), "2026-03-30"),
        (("--date=yesterday", "+%F"), "2026-03-30"),
        (("-u", "--date", "yesterday", "+%F"), "2026-03-30"),
        (("-d",), None),
        (("--date=@x", "+%F"), None),
        (("+%F", "+%T"), None),
        (("-Ins",), None),
        (("-r", "notes.md"), None),
        (("-f", "notes.md", "+%F"), None),
        (("-s", "yesterday"), None),
    ],
)
def test_moments_are_spelled_as_date_does(words: tuple[str, ...], output: str | None) -> None:
    assert known("date", *words) == output


@pytest.mark.parametrize(
    "line",
    [
        "echo 'no such file' > /dev/stderr",
        "ls reports 2> /dev/stdout | head -3",
        "sort a.txt | tee /dev/stderr | wc -l",
        "docker exec app sh -c 'ls >&2; ls > /dev/stderr'",
        "cut -d';' -f2 a.csv | paste -d, b.txt /dev/stdin",
    ],
)
def test_a_programs_own_outputs_have_names(line: str, context: PolicyContext) -> None:
    found = classify("shell", {"command": line}, context)
    assert (found.tier, found.is_unknown) == (Tier.GREEN, False), found.reason


@pytest.mark.parametrize(
    "line",
    [
        # Ours would be opened, not those of the program.
        "ls > /dev/stdout",
        "cat < /dev/stdin",
        'x=/dev/stderr; ls > "$x"',
        "ls > /dev/fd/2",
        "cat /proc/self/fd/0",
        "cp shop.sql /dev/stderr",
        "pg_dump -f /dev/stdout shop",
        "docker exec db pg_dump shop | tee /dev/stderr > shop.sql",
        "docker exec db pg_dump shop | tee /dev/stdout > shop.sql",
    ],
)
def test_no_other_way_leads_there(line: str, context: PolicyContext) -> None:
    assert classify("shell", {"command": line}, context).tier is Tier.CRITICAL_RED
