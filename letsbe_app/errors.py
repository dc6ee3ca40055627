"""
What can go wrong in the hub, told to the person it happens to.

Services raise these; the edges (``ui``, ``api``, ``hub``) each turn them into their own form in one place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldProblem:
    """One field of the input and what to do about it."""

    field: str
    message: str


class LetsBeError(Exception):
    """
    Base class.

    Args:
        message: A sentence for the user: what happened and what to do. Never holds a secret.
        details: The fields that are at fault.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retry_after_seconds: int | None = None
    """When trying again is likely to help; None where it is not known."""

    def __init__(self, message: str, details: Sequence[FieldProblem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)


class InvalidInput(LetsBeError):
    """The input cannot be used as it is."""

    code = "invalid_input"
    status = 422

    @classmethod
    def of_field(cls, field: str, message: str) -> "InvalidInput":
        """The error for a single field."""
        return cls(message, [FieldProblem(field, message)])


class NotSignedIn(LetsBeError):
    """No session, or one that ended."""

    code = "not_signed_in"
    status = 401


class WrongCredentials(LetsBeError):
    """A sign-in with a wrong e-mail or password; which of them is not told."""

    code = "wrong_credentials"
    status = 401


class Forbidden(LetsBeError):
    """Signed in, but not allowed."""

    code = "forbidden"
    status = 403


class NotFound(LetsBeError):
    """Not there, or not this customer's: the answer is the same."""

    code = "not_found"
    status = 404


class Conflict(LetsBeError):
    """Somebody else was first, or the thing is not in a state that allows this."""

    code = "conflict"
    status = 409


class TooLarge(LetsBeError):
    """Over a limit of size."""

    code = "too_large"
    status = 413


class RateLimited(LetsBeError):
    """Too many requests; carries the seconds to wait."""

    code = "rate_limited"
    status = 429

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(LetsBeError):
    """A part that is needed does not answer; trying later is right."""

    code = "unavailable"
    status = 503
