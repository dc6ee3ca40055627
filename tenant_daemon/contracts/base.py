"""Base of every wire message."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Message(BaseModel):
    """A frozen value that ignores what a newer peer added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Count = Annotated[int, Field(ge=0, le=2_147_483_647)]
"""What every database keeps: nothing that is counted here ever comes near."""


def utc_now() -> AwareDatetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)
