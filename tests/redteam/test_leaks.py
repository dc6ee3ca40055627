"""
No disguise that is promised lets a secret of the vault through, and most of the others do not either.

The short run draws a few cases for every disguise; ``-m redteam`` draws many, from other seeds.
"""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.redteam import campaign, listed, shapes, unlisted

SHORT_RUN = 1
LONG_RUN = 40
LISTED_GOAL = 1.0
LONG_GOAL = 0.998
"""The goal is all of them. What is left was packed first and then cut within a list of a JSON text."""
UNLISTED_GOAL = 0.6


def _report(outcome: campaign.Outcome) -> str:
    return f"{len(outcome.leaks)} of {outcome.cases} leaked: {[case.label for case, _ in outcome.leaks[:20]]}"


def _run(disguises: Mapping[str, listed.Disguise], seed: int, count: int) -> campaign.Outcome:
    return campaign.judge(campaign.draw(disguises, seed, count, shapes.SHAPES))


@pytest.mark.slow
def test_promised_disguises_do_not_leak() -> None:
    outcome = _run(listed.LISTED, 1, SHORT_RUN)
    assert outcome.share() >= LISTED_GOAL, _report(outcome)


@pytest.mark.slow
def test_most_other_disguises_do_not_leak() -> None:
    outcome = _run(unlisted.UNLISTED, 1, SHORT_RUN)
    assert outcome.share() >= UNLISTED_GOAL, _report(outcome)


@pytest.mark.redteam
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(2, 6))
def test_many_promised_disguises_do_not_leak(seed: int) -> None:
    outcome = _run(listed.LISTED, seed, LONG_RUN)
    assert outcome.share() >= LONG_GOAL, _report(outcome)


@pytest.mark.redteam
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", sorted(unlisted.UNLISTED))
def test_other_disguises_one_by_one(name: str, record_property: pytest.FixtureRequest) -> None:
    """How each of them fares; the goal is one for all of them together."""
    outcome = _run({name: unlisted.UNLISTED[name]}, 2, 20)
    record_property("share", outcome.share())


COMPOSABLE: Mapping[str, listed.Disguise] = {**listed.ESCAPES, **listed.BASES, **listed.INSERTIONS}
"""Disguises whose result is a text like any other, so that they can be put into each other."""
OUTER = [
    "JSON",
    "JSON twice",
    "URL",
    "HTML escaped",
    "base64",
    "base64 amid others",
    "base64url without padding",
    "hex",
    "hex upper",
    "unicode escapes",
    "quoted-printable",
]


def composed(inner: str, outer: str) -> listed.Disguise:
    """One disguise inside another."""

    def disguise(secret: str, source: random.Random) -> str:
        return COMPOSABLE[outer](COMPOSABLE[inner](secret, source), source)

    return disguise


@pytest.mark.slow
@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    inner=st.sampled_from(sorted(COMPOSABLE)),
    outer=st.sampled_from(OUTER),
    shape=st.sampled_from(sorted(shapes.LONG)),
    seed=st.integers(0, 2**32),
)
def test_composed_disguises_do_not_leak(inner: str, outer: str, shape: str, seed: int) -> None:
    source = random.Random(seed)
    secret = shapes.LONG[shape](source)
    case = campaign.make(shape, secret, f"{inner} in {outer}", composed(inner, outer), source)
    outcome = campaign.judge([case])
    assert not outcome.leaks, f"{case.label}: {case.text!r} -> {outcome.leaks[0][1]!r}"
