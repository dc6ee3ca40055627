"""The steps of a set-up as the page shows them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from letsbe_app.db.models import StepState, TenantStatus
from letsbe_app.fleet.provisioning.schemas import Progress, StepView
from letsbe_app.ui.text import texts

_PATIENCE_SECONDS: Final = 5


@dataclass(frozen=True)
class StepRow:
    """One step."""

    title: str
    state: str
    state_text: str
    detail: str
    time_text: str


@dataclass(frozen=True)
class ProgressPage:
    """The whole page."""

    order_id: str = ""
    title: str = ""
    step_text: str = ""
    percent: int = 0
    remaining_text: str = ""
    """How long it will take as a rule; empty when it is over."""
    is_ready: bool = False
    is_failed: bool = False
    is_cancelled: bool = False
    can_retry: bool = False
    failure: str = ""
    steps: tuple[StepRow, ...] = ()


def progress_page(progress: Progress) -> ProgressPage:
    """What the page shows of a set-up."""
    t = texts().provisioning
    is_ready = progress.status == TenantStatus.ACTIVE
    is_failed = progress.status == TenantStatus.FAILED
    is_cancelled = progress.status == TenantStatus.REMOVED
    titles = {
        TenantStatus.ACTIVE: t.ready_title,
        TenantStatus.FAILED: t.failed_title,
        TenantStatus.REMOVED: t.cancelled_title,
    }
    done = sum(step.state == StepState.DONE for step in progress.steps)
    total = len(progress.steps)
    return ProgressPage(
        order_id=progress.order_id,
        title=titles.get(TenantStatus(progress.status), t.title),
        step_text="" if is_ready or not total else t.progress(done, total),
        percent=100 if is_ready else round(100 * done / total) if total else 0,
        remaining_text="" if is_ready or is_failed or is_cancelled else remaining_text(progress.steps),
        is_ready=is_ready,
        is_failed=is_failed,
        is_cancelled=is_cancelled,
        can_retry=progress.can_retry,
        failure=progress.failure or "",
        steps=step_rows(progress),
    )


def remaining_text(steps: Sequence[StepView]) -> str:
    """The usual rest as a range in steps of five seconds, or that a step takes longer than it should."""
    left = [_left(step) for step in steps if step.state != StepState.DONE]
    running = next((step for step in steps if step.state == StepState.RUNNING), None)
    if running and (running.seconds or 0) > running.usual_seconds[1] + _PATIENCE_SECONDS:
        return texts().provisioning.slow
    low, high = sum(low for low, _high in left), sum(high for _low, high in left)
    return texts().provisioning.remaining(5 * int(low // 5), 5 * math.ceil(high / 5))


def _left(step: StepView) -> tuple[float, float]:
    low, high = step.usual_seconds
    return max(low - (step.seconds or 0), 0), max(high - (step.seconds or 0), 0)


def step_rows(progress: Progress) -> tuple[StepRow, ...]:
    """One row per step, its state in words and the time that it took."""
    t = texts().provisioning
    words: dict[str, str] = {
        StepState.WAITING: t.waiting,
        StepState.RUNNING: t.running,
        StepState.DONE: t.done,
        StepState.FAILED: t.failed,
    }
    return tuple(
        StepRow(
            title=step.title,
            state=step.state,
            state_text=words[step.state],
            detail=step.detail or step.explanation,
            time_text=t.seconds(step.seconds) if step.seconds is not None else "",
        )
        for step in progress.steps
    )
