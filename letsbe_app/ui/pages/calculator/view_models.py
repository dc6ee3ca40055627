"""What the calculator shows of a quote. Plain functions."""

from dataclasses import dataclass, field

from letsbe_app.shop.catalog.schemas import Plan, Quote
from letsbe_app.ui.text import texts

_MB_PER_GB = 1024
_TIGHT_PERCENT = 85


@dataclass
class QuoteView:
    """The summary beside the tools."""

    tool_count: int = 0
    count_text: str = ""
    plan_id: str = ""
    plan_text: str = ""
    price_text: str = ""
    memory_text: str = ""
    memory_percent: int = 0
    is_memory_tight: bool = False
    disk_text: str = ""
    disk_percent: int = 0
    is_disk_tight: bool = False
    too_small: list[str] = field(default_factory=list)
    """Why each smaller plan does not fit."""


def quote_view(quote: Quote, taken_plan_id: str = "") -> QuoteView:
    """The summary of a quote: against the plan that is taken, else the smallest that fits, else the largest."""
    t = texts()
    needed_gb = quote.ram_needed_mb / _MB_PER_GB
    taken = next((fit.plan for fit in quote.fits if fit.is_fit and fit.plan.id == taken_plan_id), None)
    plan = taken or quote.smallest_plan
    measure = plan or quote.fits[-1].plan
    memory_percent = round(100 * quote.ram_needed_mb / measure.ram_mb)
    disk_percent = round(100 * quote.disk_needed_gb / measure.disk_gb)
    return QuoteView(
        tool_count=len(quote.tools),
        count_text=t.calculator.chosen(len(quote.tools)),
        plan_id=plan.id if plan else "",
        plan_text=_plan_text(plan, quote.smallest_plan),
        price_text=t.site.price(plan.price_cents) if plan else "",
        memory_text=t.calculator.gigabytes(needed_gb, measure.ram_gb),
        memory_percent=min(memory_percent, 100),
        is_memory_tight=memory_percent > _TIGHT_PERCENT,
        disk_text=t.calculator.gigabytes(quote.disk_needed_gb, measure.disk_gb),
        disk_percent=min(disk_percent, 100),
        is_disk_tight=disk_percent > _TIGHT_PERCENT,
        too_small=[f"{fit.plan.name}: {fit.why}" for fit in quote.fits if not fit.is_fit],
    )


def _plan_text(plan: Plan | None, smallest: Plan | None) -> str:
    t = texts().calculator
    if plan is None:
        return t.no_plan
    return t.smallest(plan.name) if plan == smallest else t.taken(plan.name)
