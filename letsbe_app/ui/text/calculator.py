"""Words of the bundle calculator, which the onboarding wizard shows as well."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CalculatorTexts:
    title: str = "What does my server need?"
    title_short: str = "Calculator"
    intro: str = "Choose tools. Memory, disk and the smallest plan that fits are always up to date."
    bundles: str = "Start from a bundle"
    tools: str = "Tools"
    summary: str = "Your server"
    memory: str = "Memory"
    disk: str = "Disk"
    headroom: str = "with 20 % headroom"
    nothing: str = "Choose at least one tool."
    no_plan: str = "No plan holds all of this. Take away a tool, or write to us."
    why_not: str = "Why not a smaller plan?"
    build: str = "Build this server"
    per_month: str = "per month"
    clear: str = "Start over"

    def chosen(self, count: int) -> str:
        return "1 tool" if count == 1 else f"{count} tools"

    def gigabytes(self, needed: float, available: float) -> str:
        return f"{needed:.1f} of {available:.0f} GB"

    def tool_needs(self, memory_mb: int, disk_gb: int) -> str:
        memory = f"{memory_mb / 1000:.1f} GB" if memory_mb >= 1000 else f"{memory_mb} MB"
        return f"{memory} memory, {disk_gb} GB disk"

    def taken(self, plan: str) -> str:
        return f"The {plan} plan"

    def smallest(self, plan: str) -> str:
        return f"The {plan} plan fits"
