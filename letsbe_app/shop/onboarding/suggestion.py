"""Puts a classification into words. Pure."""

from typing import Final

from letsbe_app.shop.catalog.service import Catalog
from letsbe_app.shop.onboarding.classifier import Classification, Verdict
from letsbe_app.shop.onboarding.schemas import Suggestion

_FALLBACK_BUNDLE: Final = "freelancer"
_SURE: Final = 0.6
_MAX_WORDS: Final = 4


def suggestion_of(classification: Classification, catalog: Catalog) -> Suggestion:
    """The suggestion for the customer: one bundle, why, and what else it could be."""
    best, *others = classification.verdicts
    if best.score == 0:
        return Suggestion(
            bundle=catalog.bundle(_FALLBACK_BUNDLE),
            confidence=0.0,
            reasons=[
                "We could not tell your line of business from this text, so this is the smallest start. "
                "Choose another bundle, or add a sentence about what you do."
            ],
            alternatives=[bundle for bundle in catalog.bundles if bundle.id != _FALLBACK_BUNDLE],
        )
    runners_up = [verdict for verdict in others if verdict.score > 0]
    return Suggestion(
        bundle=catalog.bundle(best.bundle_id),
        confidence=classification.confidence,
        reasons=_reasons(best, classification.confidence, runners_up, catalog),
        alternatives=[catalog.bundle(verdict.bundle_id) for verdict in runners_up[:2]],
    )


def _reasons(best: Verdict, confidence: float, runners_up: list[Verdict], catalog: Catalog) -> list[str]:
    name = catalog.bundle(best.bundle_id).name
    reasons = [f"You wrote {_quoted(best)}: that speaks for {name}."]
    if confidence < _SURE:
        reasons.append("We are not quite sure. Have a look at the alternatives as well.")
    if runners_up:
        other = catalog.bundle(runners_up[0].bundle_id).name
        reasons.append(f"{_quoted(runners_up[0])} would also go with {other}.")
    return reasons


def _quoted(verdict: Verdict) -> str:
    return ", ".join(f"“{word}”" for word in verdict.words[:_MAX_WORDS])
