"""
The back office on a host of its own (ASVS 3.5.4).

Browsers keep cookies, storage and scripts of hosts apart: what somebody gets to run in a customer's page then
cannot reach a page of staff. Customers' pages are at staff's host as well: support looks into accounts there.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from letsbe_app.api.envelope import failure

_DOORS: Final = ("/admin", "/api/v1/admin", "/api/v1/public/staff")
_PORTS: Final = {"http": ":80", "https": ":443"}


class StaffHost:
    """
    Wraps the whole hub: elsewhere the doors of staff are not there.

    Args:
        app: What it wraps.
        admin_url: Where the back office is; empty for every host.
    """

    def __init__(self, app: ASGIApp, admin_url: str) -> None:
        self._app = app
        self._scheme = urlsplit(admin_url).scheme
        self._host = self._named(urlsplit(admin_url).netloc)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._host and is_of_staff(scope["path"]):
            asked = Headers(scope=scope).get("host", "")
            if self._named(asked) != self._host:
                missing = failure(404, "not_found", "There is nothing at this address.")
                await missing(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _named(self, host: str) -> str:
        """One way to write a host; browsers leave the usual port out."""
        return host.strip().lower().removesuffix(_PORTS.get(self._scheme, ""))


def is_of_staff(path: str) -> bool:
    """Whether a path leads into the back office."""
    return any(path == door or path.startswith(f"{door}/") for door in _DOORS)
