"""Where callers carry what proves who they are."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import HTTPConnection

SESSION_COOKIE: Final = "letsbe_session"
STAFF_COOKIE: Final = "letsbe_staff"
DEVICE_COOKIE: Final = "letsbe_device"
"""By which a browser is known again when it signs in; it opens nothing."""
_BEARER: Final = "bearer "


def cookie_name(name: str, *, is_https: bool) -> str:
    """
    The name under which browsers keep one of our cookies.

    With ``__Host-`` they take it from this very host over https alone, so that no neighbour domain can plant
    one (RFC 6265bis section 4.1.3.2). Over plain http they would refuse the name.
    """
    return f"__Host-{name}" if is_https else name


def cookie_of(cookies: Mapping[str, str], name: str, *, is_https: bool) -> str | None:
    """What the browser sent under this name of ours, None when it sent nothing."""
    return cookies.get(cookie_name(name, is_https=is_https))


def bearer_token(connection: HTTPConnection) -> str:
    """The key in the ``Authorization`` header; empty when there is none."""
    header = connection.headers.get("authorization", "")
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""
