"""Words about how long what is said is kept."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RetentionTexts:
    title: str = "How long conversations are kept"
    detail: str = (
        "This is about the copy in your portal. What is older is deleted within the hour, answered questions of "
        "your agents included. A conversation of which nothing is left is deleted on your server as well."
    )
    days_30: str = "30 days"
    days_90: str = "90 days"
    days_365: str = "One year"
    forever: str = "Until somebody deletes them"
    forever_detail: str = "You can delete each conversation by itself."
    short_title: str = "Delete what is older?"
    short_detail: str = "What is older than this goes for good within the hour. It cannot be brought back."
    short_confirm: str = "Delete what is older"
    saved: str = "Saved."

    def days_detail(self, days: int) -> str:
        return f"Each message goes {days} days after it was written."
