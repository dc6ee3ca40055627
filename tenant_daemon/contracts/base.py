"""Base of every wire message."""

from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Message(BaseModel):
    """A frozen value that ignores what a newer peer added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def utc_now() -> AwareDatetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)
