"""Where callers carry what proves who they are."""

from typing import Final

from starlette.requests import HTTPConnection

SESSION_COOKIE: Final = "letsbe_session"
_BEARER: Final = "bearer "


def bearer_token(connection: HTTPConnection) -> str:
    """The key in the ``Authorization`` header; empty when there is none."""
    header = connection.headers.get("authorization", "")
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""
