"""Error codes that cross the wire. The detail beside a code is for people; programs read the code."""

from enum import StrEnum
from typing import Final


class ErrorCode(StrEnum):
    """What went wrong, as a program may act on it."""

    BAD_MESSAGE = "bad_message"
    """Not a valid envelope or payload. Sending it again unchanged cannot help."""
    UNKNOWN_KIND = "unknown_kind"
    """The message kind is not known here; the sender is newer. It may be dropped."""
    VERSION_UNSUPPORTED = "version_unsupported"
    """The peers share no protocol version. The daemon needs an upgrade."""
    UNAUTHENTICATED = "unauthenticated"
    """No key, a wrong key or a revoked key."""
    TOKEN_EXPIRED = "token_expired"  # noqa: S105
    """The enrolment token was used already or is older than 15 minutes."""
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    """The thing was decided or changed by somebody else first."""
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    """Passing trouble; sending it again later is right."""
    OUT_OF_ORDER = "out_of_order"
    """A durable message came behind a later one of its connection. After a reconnect all come in order."""


# Websocket close codes of the link (RFC 6455 section 7.4.2 leaves 4000 to 4999 to applications).
CLOSE_BAD_MESSAGE: Final = 4400
CLOSE_UNAUTHENTICATED: Final = 4401
CLOSE_TAKEN_OVER: Final = 4409
"""A newer connection of the same tenant took the link over; do not reconnect at once."""
CLOSE_VERSION_UNSUPPORTED: Final = 4426
CLOSE_TRY_LATER: Final = 1013
"""Too many connections, or a part of the hub is away (RFC 6455 registry)."""
