"""The back office on a host of its own."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from letsbe_app.api.app import build_api
from letsbe_app.db.models import StaffRole
from letsbe_app.server.staff_host import StaffHost, is_of_staff
from letsbe_app.ui import routes
from letsbe_app.ui.site_map import PAGES
from tests.support.api_description import api_description
from tests.support.hub import running_services

DOORS = ["/admin", "/admin/", "/admin/servers/ten_1", "/api/v1/admin/me", "/api/v1/public/staff/sign-in"]
OTHERS = ["/", "/portal", "/administration", "/api/v1/customer/me", "/api/v1/public/sign-in", "/assets/a.js"]


async def statuses(admin_url: str, host: str, paths: list[str]) -> set[int]:
    async def found(_request: Request) -> Response:
        return PlainTextResponse("here")

    app = StaffHost(Starlette(routes=[Route("/{rest:path}", found)]), admin_url)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        return {(await client.get(path, headers={"Host": host})).status_code for path in paths}


@pytest.mark.parametrize("host", ["office.example", "OFFICE.example", "office.example:443"])
async def test_staff_finds_everything_at_its_host(host: str) -> None:
    assert await statuses("https://office.example", host, DOORS + OTHERS) == {200}


@pytest.mark.parametrize("host", ["hub.example", "office.example:8443", "office.example.evil.example", ""])
async def test_elsewhere_there_is_no_back_office(host: str) -> None:
    assert await statuses("https://office.example", host, DOORS) == {404}
    assert await statuses("https://office.example", host, OTHERS) == {200}


async def test_without_a_host_of_its_own_it_is_everywhere() -> None:
    assert await statuses("", "hub.example", DOORS + OTHERS) == {200}


@pytest.mark.slow
def test_no_door_of_staff_is_forgotten() -> None:
    office = [page.route for page in PAGES if "admin" in page.route]
    described = api_description()["paths"].items()
    api = [path for path, methods in described for one in methods.values() if "admin" in one["tags"]]

    assert routes.ADMIN_SIGN_IN in office
    assert len(api) > 15
    assert [path for path in [*office, *api] if not is_of_staff(path)] == []


@pytest.mark.slow
async def test_links_and_changes_of_staff_belong_to_their_host(tmp_path: Path, redis_url: str) -> None:
    hosts = {"LETSBE_PUBLIC_URL": "http://hub.example", "LETSBE_ADMIN_URL": "http://office.example"}
    async with running_services(tmp_path, redis_url, **hosts) as services:
        link = await services.staff.add("grace@letsbe.example", StaffRole.SUPPORT)
        app = StaffHost(build_api(lambda: services), services.settings.admin_url)
        transport = httpx.ASGITransport(app)
        body = {"token": link.url.partition("#")[2]}
        answers = []
        for origin in ("http://office.example", "http://hub.example"):
            async with httpx.AsyncClient(transport=transport, base_url=origin) as client:
                path = "/api/v1/public/staff/join/begin"
                answers.append((await client.post(path, json=body, headers={"Origin": origin})).status_code)

    assert link.url.startswith("http://office.example/admin/join#")
    assert answers == [200, 404]
