"""The promised forms once more from a second generator: alone, in each other, in files, cut in payloads."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor
from tests.redteam import compositions
from tests.redteam.campaign import redacted
from tests.redteam.checker import leaks
from tests.redteam.compositions import CARRIERS, SPLITTING, Made

LONG_GOAL = 0.995
"""The goal is all of them. What is left was cut in ways that leave no sign of what it is."""
KEPT_GOAL = 0.985
PAIRS_GOAL = 0.97
"""What is left are forms of forms that nobody writes by accident, cut or spaced within their escapes."""
NEIGHBOURS = [KnownSecret("smtp", "Gx4-pLw9!vTz2kQ"), KnownSecret("wifi", "gruener7Papagei")]


@dataclass(frozen=True)
class Failure:
    """A case that leaked or that lost something beside the secret."""

    what: str
    case: Made
    carrier: str
    output: str

    def __str__(self) -> str:
        return f"{self.what}: {self.case.label} / {self.carrier}"


def failures(cases: Iterable[Made], seed: int) -> Iterator[Failure]:
    """Redact each in a payload and look at what is left."""
    for number, case in enumerate(cases):
        source = random.Random(f"{seed} {number}")
        carrier = source.choice(list(CARRIERS))
        output: Any = redacted(
            Redactor([*NEIGHBOURS, KnownSecret("it", case.secret)]), CARRIERS[carrier](case.text, source)
        )
        joined = next(iter(output["headers"])) if carrier == "key" else "".join(_texts(output))
        if leaks(case.secret, case.core, joined):
            yield Failure("leak", case, carrier, joined)
        elif carrier not in SPLITTING and not all(word in joined for word in case.kept):
            yield Failure("damage", case, carrier, joined)


def _texts(value: object) -> Iterator[str]:
    """The strings of a payload, without those that only number its lines."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in ("role", "type", "model", "tool_use_id", "call_id"):
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and not value.startswith("line "):
        yield value


def _told(failed: list[Failure]) -> list[str]:
    return [str(one) for one in failed[:20]]


@pytest.mark.slow
def test_every_form_is_known() -> None:
    assert not _told(list(failures(compositions.single_forms(1, 1), 1)))


@pytest.mark.slow
def test_most_forms_in_forms_are_known() -> None:
    told = _told(list(failures(compositions.pairs(1, 100), 1)))
    assert len(told) <= (1 - PAIRS_GOAL) * 100, told


@pytest.mark.redteam
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2, 6))
def test_every_form_is_known_at_length(seed: int) -> None:
    failed = list(failures(compositions.single_forms(seed, 5), seed))
    leaked = [one for one in failed if one.what == "leak"]
    count = 5 * len(compositions.FORMS)
    assert len(leaked) <= (1 - LONG_GOAL) * count, _told(leaked)
    assert len(failed) <= (1 - KEPT_GOAL) * count, _told(failed)


@pytest.mark.redteam
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2, 6))
def test_most_forms_in_forms_are_known_at_length(seed: int) -> None:
    failed = list(failures(compositions.pairs(seed, 1_000), seed))
    assert len(failed) <= (1 - PAIRS_GOAL) * 1_000, _told(failed)
