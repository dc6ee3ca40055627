"""An HTTP client that behaves as the pages' own script does: origin, cookies, CSRF header."""

from typing import Any

import httpx

from tests.support.hub import PASSWORD, PUBLIC_URL


class BrowserClient(httpx.AsyncClient):
    """Keeps cookies, names its origin, repeats the CSRF cookie in the header."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(transport=transport, base_url=PUBLIC_URL, headers={"Origin": PUBLIC_URL})

    async def request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Response:
        headers = dict(options.pop("headers", None) or {})
        if "letsbe_csrf" in self.cookies:
            headers.setdefault("X-CSRF-Token", self.cookies["letsbe_csrf"])
        return await super().request(method, url, headers=headers, **options)

    async def sign_up(self, email: str = "ada@bakery.example") -> httpx.Response:
        """Make a business and be signed in as its owner."""
        form = {"business_name": "Ada's Bakery", "email": email, "password": PASSWORD}
        return await self.post("/api/v1/public/sign-up", json=form)
