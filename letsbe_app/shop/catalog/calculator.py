"""Adds up what tools need and finds the plans that are large enough. Pure."""

from collections.abc import Sequence

from letsbe_app.shop.catalog.schemas import Plan, PlanFit, Platform, Quote, Tool


def calculate(tools: Sequence[Tool], plans: Sequence[Plan], platform: Platform) -> Quote:
    """
    The quote for these tools.

    Shared databases count once, however many tools use them. Headroom is added to the sum and rounded up.

    Args:
        tools: Each at most once.
        plans: From small to large.
        platform: What the server itself needs.
    """
    has_shared_services = any(tool.needs for tool in tools)
    ram_mb = platform.total_ram_mb + sum(tool.ram_mb for tool in tools)
    disk_gb = platform.disk_gb + sum(tool.disk_gb for tool in tools)
    if has_shared_services:
        ram_mb += platform.shared_services.ram_mb
        disk_gb += platform.shared_services.disk_gb
    ram_needed_mb = _with_headroom(ram_mb, platform.headroom_percent)
    disk_needed_gb = _with_headroom(disk_gb, platform.headroom_percent)
    fits = [_fit(plan, ram_needed_mb, disk_needed_gb) for plan in plans]
    return Quote(
        tools=list(tools),
        ram_mb=ram_mb,
        disk_gb=disk_gb,
        ram_needed_mb=ram_needed_mb,
        disk_needed_gb=disk_needed_gb,
        headroom_percent=platform.headroom_percent,
        has_shared_services=has_shared_services,
        smallest_plan=next((fit.plan for fit in fits if fit.is_fit), None),
        fits=fits,
    )


def _with_headroom(amount: int, percent: int) -> int:
    return -(-amount * (100 + percent) // 100)


def _fit(plan: Plan, ram_needed_mb: int, disk_needed_gb: int) -> PlanFit:
    lacks = []
    if ram_needed_mb > plan.ram_mb:
        lacks.append(f"{_gigabytes(ram_needed_mb)} GB of memory (it has {plan.ram_gb} GB)")
    if disk_needed_gb > plan.disk_gb:
        lacks.append(f"{disk_needed_gb} GB of disk (it has {plan.disk_gb} GB)")
    if lacks:
        return PlanFit(plan=plan, is_fit=False, why=f"Too small: your tools need {' and '.join(lacks)}.")
    why = (
        f"Fits: {_gigabytes(ram_needed_mb)} of {plan.ram_gb} GB of memory "
        f"and {disk_needed_gb} of {plan.disk_gb} GB of disk, with room to spare."
    )
    return PlanFit(plan=plan, is_fit=True, why=why)


def _gigabytes(megabytes: int) -> str:
    # Rounded up, so that a plan that is a little too small never reads as large enough.
    return f"{-(-megabytes * 10 // 1024) / 10:.1f}"
