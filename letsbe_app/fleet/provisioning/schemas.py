"""What the provisioning service gives to pages and to jobs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepView:
    """One line of the status page."""

    name: str
    title: str
    explanation: str
    state: str
    """As ``StepState``."""
    detail: str
    seconds: float | None
    """How long it took, or has taken so far; None before it began."""
    usual_seconds: tuple[int, int] = (0, 1)
    """How long it takes as a rule, from and to."""


@dataclass(frozen=True)
class Progress:
    """How far the server of an order is."""

    order_id: str
    tenant_id: str
    status: str
    """As ``TenantStatus``."""
    steps: list[StepView]
    failure: str
    """Plain words when it did not work; empty otherwise."""
    can_retry: bool


@dataclass(frozen=True)
class Work:
    """A server that is to be set up. ``attempt`` makes the workflow's name new after a failure."""

    tenant_id: str
    order_id: str
    attempt: int

    @property
    def workflow_id(self) -> str:
        """The workflow's name: since it is fixed, the same attempt can only exist once."""
        suffix = f"-{self.attempt}" if self.attempt > 1 else ""
        return f"provision-{self.order_id}{suffix}"
