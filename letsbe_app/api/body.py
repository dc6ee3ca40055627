"""What the body of a request is made of."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """An unknown field is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid", frozen=True)
