"""The steps of a set-up."""

from letsbe_app.fleet.provisioning.schemas import Progress, StepView
from letsbe_app.ui.pages.provisioning.view_models import ProgressPage, StepRow, progress_page


def step(name: str, state: str, seconds: float | None, detail: str = "") -> StepView:
    return StepView(
        name=name, title=name.title(), explanation="Why.", state=state, detail=detail, seconds=seconds
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
        steps=(
            StepRow("A", "done", "Done", "Why.", "under 1 s"),
            StepRow("B", "running", "Now", "Why.", "12 s"),
            StepRow("C", "waiting", "Waits", "Why.", ""),
        ),
    )


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
