"""What a worker does before it answers anybody."""

from collections.abc import Callable
from typing import Any

import fastapi.routing
import httpx
import pytest

from letsbe_app.api.app import build_api
from letsbe_app.api.warming import warm_routes
from letsbe_app.composition import Services


@pytest.mark.slow
async def test_the_first_request_puts_no_route_together(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    read_parameters: Callable[..., Any] = fastapi.routing.get_dependant

    def noted(**options: Any) -> Any:
        made.append(options["path"])
        return read_parameters(**options)

    api = build_api(lambda: services)
    monkeypatch.setattr(fastapi.routing, "get_dependant", noted)
    warm_routes(api)
    warmed = len(made)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://hub.test") as client:
        answers = [await client.get(path) for path in ("/healthz", "/api/v1/customer/webhooks", "/api/v1/no")]

    assert [answer.status_code for answer in answers] == [200, 401, 404]
    assert warmed > 100
    assert len(made) == warmed
