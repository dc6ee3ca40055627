"""The things in the catalogue, and a quote over them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SharedService = Literal["postgresql", "redis", "mariadb"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Plan(_Value):
    """A size of server with its monthly price and tokens."""

    id: str
    name: str
    price_cents: int = Field(gt=0)
    tokens_millions: int = Field(gt=0)
    founding_tokens_millions: int = Field(gt=0)
    vcpus: int = Field(gt=0)
    ram_gb: int = Field(gt=0)
    disk_gb: int = Field(gt=0)
    tools_advice: str
    description: str

    @property
    def ram_mb(self) -> int:
        return self.ram_gb * 1024


class Tool(_Value):
    """A business tool that can run on a server."""

    id: str
    name: str
    category: str
    description: str
    ram_mb: int = Field(gt=0)
    disk_gb: int = Field(gt=0)
    needs: tuple[SharedService, ...]
    has_agent_access: bool
    """Agents can operate it; the others are for people alone."""


class Bundle(_Value):
    """Tools that go well together for one kind of business."""

    id: str
    name: str
    description: str
    tools: tuple[str, ...]


class Platform(_Value):
    """What every server needs besides the tools."""

    class SharedServices(_Value):
        ram_mb: int
        disk_gb: int

    headroom_percent: int
    disk_gb: int
    ram_mb: dict[str, int]
    shared_services: SharedServices

    @property
    def total_ram_mb(self) -> int:
        return sum(self.ram_mb.values())


class PlanFit(_Value):
    """Whether a plan is large enough, and why not."""

    plan: Plan
    is_fit: bool
    why: str
    """One sentence for the customer."""


class Quote(_Value):
    """What the chosen tools need, and which plans are large enough."""

    tools: list[Tool]
    ram_mb: int
    """Tools, shared databases and platform."""
    disk_gb: int
    ram_needed_mb: int
    """With headroom."""
    disk_needed_gb: int
    headroom_percent: int
    has_shared_services: bool
    smallest_plan: Plan | None
    fits: list[PlanFit]
