"""
Protection of changing calls against other sites' pages.

Two walls: the ``Origin`` header, which a page cannot forge, must be ours; and the header ``X-CSRF-Token``
must hold the token of this very session, which another site cannot read (OWASP, "signed double-submit
cookie", bound to the session).
"""

import hashlib
import hmac
from collections.abc import Collection
from typing import Final

from letsbe_app.errors import Forbidden

CSRF_COOKIE: Final = "letsbe_csrf"
CSRF_HEADER: Final = "X-CSRF-Token"


class CsrfTokens:
    """Makes and checks the tokens of sessions."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, session_id: str) -> str:
        """The token of a session; the same as long as the session lives."""
        return hmac.new(self._key, f"csrf:{session_id}".encode(), hashlib.sha256).hexdigest()

    def check(self, session_id: str, token: str | None) -> None:
        """
        Let the call pass when the token is the session's.

        Raises:
            Forbidden: It is missing or another one.
        """
        if not hmac.compare_digest(self.token(session_id).encode(), (token or "").encode()):
            raise Forbidden("This page is out of date. Reload it and try again.")


def check_origin(origin: str | None, allowed: Collection[str]) -> None:
    """
    Let the call pass when it comes from a page of ours.

    Every browser names the origin on calls that change something, so a missing one is refused as well.

    Raises:
        Forbidden: Another origin, or none.
    """
    if origin not in allowed:
        raise Forbidden("This call does not come from a page of LetsBe Biz.")
