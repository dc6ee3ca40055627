"""The one form of every answer: ``{"success", "data", "meta"}`` or ``{"success", "error"}``."""

from collections.abc import Sequence
from typing import Any, Generic, Literal, TypeVar

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from letsbe_app.errors import FieldProblem, LetsBeError

Data = TypeVar("Data")


class Answer(BaseModel, Generic[Data]):
    """What a successful call returns."""

    success: Literal[True] = True
    data: Data
    meta: dict[str, Any] = Field(default_factory=dict)


class Problem(BaseModel):
    """A field at fault."""

    field: str
    message: str


class Failure(BaseModel):
    """What went wrong: ``code`` for programs, ``message`` for people."""

    code: str
    message: str
    details: list[Problem] = Field(default_factory=list)


class FailureAnswer(BaseModel):
    """What a refused or failed call returns."""

    success: Literal[False] = False
    error: Failure


def answer(data: Data, **meta: Any) -> Answer[Data]:
    """The envelope around a result."""
    return Answer(data=data, meta=meta)


def failure(
    status: int,
    code: str,
    message: str,
    details: Sequence[FieldProblem] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The response for something that went wrong."""
    problems = [Problem(field=problem.field, message=problem.message) for problem in details]
    body = FailureAnswer(error=Failure(code=code, message=message, details=problems))
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def failure_of(error: LetsBeError) -> JSONResponse:
    """The response for an error that a service raised."""
    wait_seconds = error.retry_after_seconds
    headers = {"Retry-After": str(wait_seconds)} if wait_seconds is not None else None
    return failure(error.status, error.code, error.message, error.details, headers)
