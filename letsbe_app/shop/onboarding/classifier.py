"""
The built-in classifier: from a business in its owner's words to a bundle. Pure and explainable.

It counts weighted words, says which ones made its mind up, and how sure it is. A model, where one is
configured, may do the same behind the same ``Suggestion``.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NEGATIONS: Final = frozenset(
    {"no", "not", "never", "without", "kein", "keine", "keinen", "nicht", "ohne", "don"}
)
_NEGATION_REACH: Final = 2
"""Words before a hit in which a negation turns it off: "we do not sell online"."""
_DOUBT: Final = 2.0
"""Evidence that is always missing: what keeps one weak word from reading as certainty."""
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Keyword:
    """A word or phrase that speaks for a bundle."""

    bundle_id: str
    words: tuple[str, ...]
    weight: int
    is_stem: bool = False
    """The last word may go on: ``bak*``."""
    is_ending: bool = False
    """The first word may have more before it, as German words do: ``*schule``."""

    def ends_at(self, text: Sequence[str], start: int) -> int | None:
        """Where the phrase ends if it stands at this place of the text."""
        end = start + len(self.words)
        if end > len(text):
            return None
        last = len(self.words) - 1
        is_there = all(
            _is_word(
                text[start + place],
                wanted,
                may_go_on=self.is_stem and place == last,
                may_begin_before=self.is_ending and place == 0,
            )
            for place, wanted in enumerate(self.words)
        )
        return end if is_there else None


@dataclass(frozen=True)
class Verdict:
    """How strongly the description speaks for one bundle."""

    bundle_id: str
    score: int
    words: tuple[str, ...]
    """The customer's own words that counted, strongest first."""


@dataclass(frozen=True)
class Classification:
    """Bundles by evidence, strongest first; all of them, those without evidence last."""

    verdicts: tuple[Verdict, ...]
    confidence: float
    """0 to 1: the best bundle's part of the evidence, with some doubt always left."""


def classify(description: str, keywords: Sequence[Keyword]) -> Classification:
    """What kind of business the description speaks of."""
    text = _words(description)
    found: dict[str, dict[str, int]] = {keyword.bundle_id: {} for keyword in keywords}
    for start in range(len(text)):
        for keyword in keywords:
            end = keyword.ends_at(text, start)
            if end is None or _is_negated(text, start):
                continue
            hit = " ".join(text[start:end])
            hits = found[keyword.bundle_id]
            hits[hit] = max(hits.get(hit, 0), keyword.weight)
    verdicts = sorted((_verdict(bundle_id, hits) for bundle_id, hits in found.items()), key=_rank)
    total = sum(verdict.score for verdict in verdicts)
    confidence = verdicts[0].score / (total + _DOUBT) if verdicts else 0.0
    return Classification(tuple(verdicts), round(confidence, 2))


def parse_keywords(table: Mapping[str, Mapping[str, Sequence[str]]]) -> tuple[Keyword, ...]:
    """The keywords in the form of the data file: bundle -> weight -> words."""
    return tuple(
        Keyword(bundle_id, tuple(_words(text)), int(weight), text.endswith("*"), text.startswith("*"))
        for bundle_id, by_weight in table.items()
        for weight, texts in by_weight.items()
        for text in texts
    )


@lru_cache(maxsize=1)
def built_in_keywords() -> tuple[Keyword, ...]:
    """The keywords of ``data/keywords.toml``."""
    path = files("letsbe_app.shop.onboarding") / "data" / "keywords.toml"
    return parse_keywords(tomllib.loads(path.read_text(encoding="utf-8")))


def _words(text: str) -> list[str]:
    plain = text.casefold().translate(_GERMAN)
    without_accents = "".join(
        letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter)
    )
    return _WORD.findall(without_accents)


def _is_word(found: str, wanted: str, *, may_go_on: bool, may_begin_before: bool) -> bool:
    if may_begin_before and may_go_on:
        return wanted in found
    if may_begin_before:
        return found.endswith(wanted)
    return found.startswith(wanted) if may_go_on else found == wanted


def _is_negated(text: Sequence[str], start: int) -> bool:
    return not _NEGATIONS.isdisjoint(text[max(0, start - _NEGATION_REACH) : start])


def _verdict(bundle_id: str, hits: Mapping[str, int]) -> Verdict:
    words = sorted(hits, key=lambda word: (-hits[word], word))
    return Verdict(bundle_id, sum(hits.values()), tuple(words))


def _rank(verdict: Verdict) -> tuple[int, int]:
    # With equal sums the bundle whose evidence is in fewer, stronger words wins.
    return (-verdict.score, len(verdict.words))
