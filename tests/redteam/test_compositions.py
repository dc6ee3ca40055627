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


def test_every_form_is_known() -> None:
    assert not _told(list(failures(compositions.single_forms(1, 1), 1)))


def test_forms_in_forms_are_known() -> None:
    assert not _told(list(failures(compositions.pairs(1, 150), 1)))


@pytest.mark.redteam
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2, 6))
def test_every_form_is_known_at_length(seed: int) -> None:
    assert not _told(list(failures(compositions.single_forms(seed, 5), seed)))


@pytest.mark.redteam
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2, 6))
def test_forms_in_forms_are_known_at_length(seed: int) -> None:
    assert not _told(list(failures(compositions.pairs(seed, 2_000), seed)))
