"""Words of the page that shows a server being set up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProvisioningTexts:
    title: str = "Setting up your server"
    ready_title: str = "Your server is ready"
    failed_title: str = "Setting up stopped at a step"
    can_close: str = "You can close this page. It goes on by itself, and you find it here again."
    ready_detail: str = "Your colleagues are at their desks."
    go_chat: str = "Say hello"
    go_home: str = "Go to your portal"
    retry: str = "Go on from this step"
    retrying: str = "Going on from where it stopped."
    failed_detail: str = "Nothing is lost: the steps before it stay done, and going on starts at this one."
    cancelled_title: str = "This order was cancelled"
    cancelled_detail: str = (
        "Its server could not be set up, so we have ended the order. Nothing more is charged for it. If you have paid "
        "and the money does not come back within a week, write to help@letsbe.biz and name the order"
    )
    cancelled_action: str = "Build another server"
    write_us: str = "If it stops again, write to help@letsbe.biz and name the order"
    waiting: str = "Waits"
    running: str = "Now"
    done: str = "Done"
    failed: str = "Stopped here"

    def seconds(self, seconds: float) -> str:
        if seconds < 1:
            return "under 1 s"
        return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"

    slow: str = "This step takes longer than usual. We go on waiting for it."

    def remaining(self, low: int, high: int) -> str:
        if high <= 5:
            return "A few seconds more"
        if high >= 90:
            low, high, unit = round(low / 60), round(high / 60), "minutes"
        else:
            unit = "seconds"
        return f"Up to {high} {unit} more" if low == 0 else f"About {low} to {high} {unit} more"

    def progress(self, done: int, total: int) -> str:
        return f"Step {min(done + 1, total)} of {total}"
