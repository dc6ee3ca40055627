"""What the wizard shows of a draft, a suggestion and an order. Plain functions."""

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from letsbe_app.shop.catalog.schemas import Bundle, PlanFit, Quote
from letsbe_app.shop.onboarding.schemas import DraftView, Suggestion
from letsbe_app.ui.text import texts

Step = Literal["business", "tools", "plan", "name", "check"]

STEPS: Final[tuple[Step, ...]] = get_args(Step)


def step_of(wanted: str, kept: str) -> Step:
    """The step to show: the one that the address names, else the one the draft was left at."""
    for name in (wanted, kept):
        for step in STEPS:
            if step == name:
                return step
    return STEPS[0]


def neighbour(step: Step, distance: int) -> Step:
    """The step before (-1) or after (1), at the ends the step itself."""
    return STEPS[min(max(STEPS.index(step) + distance, 0), len(STEPS) - 1)]


@dataclass
class BundleView:
    bundle_id: str = ""
    name: str = ""
    description: str = ""


@dataclass
class SuggestionView:
    """The classifier's answer in words; empty ``bundle.bundle_id`` before it was asked."""

    bundle: BundleView = field(default_factory=BundleView)
    percent: int = 0
    sure_text: str = ""
    reasons: list[str] = field(default_factory=list)
    others: list[BundleView] = field(default_factory=list)


@dataclass
class PlanView:
    """A plan as one of the choices."""

    plan_id: str = ""
    name: str = ""
    price_text: str = ""
    description: str = ""
    facts: str = ""
    why: str = ""
    is_fit: bool = False
    is_recommended: bool = False


@dataclass
class CheckView:
    """The order before it is placed."""

    tools: str = ""
    plan: str = ""
    price_text: str = ""
    tokens: str = ""


def bundle_view(bundle: Bundle) -> BundleView:
    return BundleView(bundle.id, bundle.name, bundle.description)


def suggestion_view(suggestion: Suggestion) -> SuggestionView:
    percent = round(100 * suggestion.confidence)
    return SuggestionView(
        bundle=bundle_view(suggestion.bundle),
        percent=percent,
        sure_text=texts().onboarding.sure(percent),
        reasons=list(suggestion.reasons),
        others=[bundle_view(bundle) for bundle in suggestion.alternatives],
    )


def plan_views(quote: Quote) -> list[PlanView]:
    """All plans, each with whether it fits and why."""
    return [_plan_view(fit, quote) for fit in quote.fits]


def _plan_view(fit: PlanFit, quote: Quote) -> PlanView:
    t = texts().site
    plan = fit.plan
    return PlanView(
        plan_id=plan.id,
        name=plan.name,
        price_text=f"{t.price(plan.price_cents)} {t.per_month}",
        description=plan.description,
        facts=f"{t.machine(plan.vcpus, plan.ram_gb, plan.disk_gb)}, {t.tokens(plan.tokens_millions)}",
        why=fit.why,
        is_fit=fit.is_fit,
        is_recommended=quote.smallest_plan is not None and quote.smallest_plan.id == plan.id,
    )


def plan_to_take(draft: DraftView) -> str:
    """The draft's plan while it still fits, else the smallest that does, else none."""
    if any(fit.is_fit and fit.plan.id == draft.plan_id for fit in draft.quote.fits):
        return draft.plan_id or ""
    return draft.quote.smallest_plan.id if draft.quote.smallest_plan else ""


def check_view(quote: Quote, plan_id: str) -> CheckView:
    """What will be ordered; empty where no plan is taken yet."""
    plan = next((fit.plan for fit in quote.fits if fit.plan.id == plan_id), None)
    if plan is None:
        return CheckView()
    t = texts().site
    return CheckView(
        tools=", ".join(tool.name for tool in quote.tools),
        plan=f"{plan.name}: {t.machine(plan.vcpus, plan.ram_gb, plan.disk_gb)}",
        price_text=f"{t.price(plan.price_cents)} {t.per_month}",
        tokens=t.tokens(plan.tokens_millions),
    )
