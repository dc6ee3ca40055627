"""The steps of a set-up."""

import pytest

from letsbe_app.fleet.provisioning.schemas import Progress, StepView
from letsbe_app.ui.pages.provisioning.view_models import (
    ProgressPage,
    StepRow,
    progress_page,
    remaining_text,
)


def step(
    name: str, state: str, seconds: float | None, detail: str = "", usual: tuple[int, int] = (5, 20)
) -> StepView:
    return StepView(
        name=name,
        title=name.title(),
        explanation="Why.",
        state=state,
        detail=detail,
        seconds=seconds,
        usual_seconds=usual,
    )


def progress(status: str, *steps: StepView, failure: str = "", can_retry: bool = False) -> Progress:
    return Progress("ord_1", "ten_1", status, list(steps), failure, can_retry)


def test_a_running_set_up_says_where_it_is() -> None:
    page = progress_page(
        progress(
            "provisioning", step("a", "done", 0.4), step("b", "running", 12.3), step("c", "waiting", None)
        )
    )
    assert page == ProgressPage(
        order_id="ord_1",
        title="Setting up your server",
        step_text="Step 2 of 3",
        percent=33,
        remaining_text="About 5 to 30 seconds more",
        steps=(
            StepRow("A", "done", "Done", "Why.", "under 1 s"),
            StepRow("B", "running", "Now", "Why.", "12 s"),
            StepRow("C", "waiting", "Waits", "Why.", ""),
        ),
    )


def test_a_cancelled_order_promises_nothing_more() -> None:
    page = progress_page(progress("removed", step("a", "done", 1), step("b", "failed", 130, "No answer.")))
    assert (page.title, page.is_cancelled) == ("This order was cancelled", True)
    assert (page.remaining_text, page.is_failed, page.can_retry) == ("", False, False)


def test_a_failed_step_says_what_happened_and_can_be_tried_again() -> None:
    page = progress_page(
        progress(
            "failed",
            step("a", "failed", 130, "It did not answer."),
            failure="It did not answer.",
            can_retry=True,
        )
    )
    assert (page.title, page.is_failed, page.can_retry) == ("Setting up stopped at a step", True, True)
    assert page.steps == (StepRow("A", "failed", "Stopped here", "It did not answer.", "2 min"),)


def test_a_ready_server_is_done() -> None:
    page = progress_page(progress("active", step("a", "done", 3)))
    assert (page.is_ready, page.percent, page.step_text) == (True, 100, "")


@pytest.mark.parametrize(
    ("running_for", "usual", "said"),
    [
        (0, (20, 60), "About 20 to 60 seconds more"),
        (58, (20, 60), "A few seconds more"),
        (10, (0, 60), "Up to 50 seconds more"),
        (0, (60, 300), "About 1 to 5 minutes more"),
        (66, (20, 60), "This step takes longer than usual. We go on waiting for it."),
    ],
)
def test_the_rest_is_a_range_and_never_promised(
    running_for: float, usual: tuple[int, int], said: str
) -> None:
    assert remaining_text([step("a", "done", 900), step("b", "running", running_for, usual=usual)]) == said
