"""Headers of pages and files."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from letsbe_app.ui.serving import PageServing


async def say_path(request: Request) -> PlainTextResponse:
    status = 404 if "missing" in request.url.path else 200
    return PlainTextResponse(request.url.path, status_code=status)


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = Starlette(routes=[Route("/{path:path}", say_path, methods=["GET", "POST"])])
    serving = PageServing(app, ["/", "/portal", "/portal/chat/[conversation_id]"])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=serving), base_url="http://hub")


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/root-abc.js", "public, max-age=31536000, immutable"),
        ("/assets/missing.js", "no-cache"),
        ("/sw.js", "no-cache"),
        ("/portal", "no-cache"),
    ],
)
async def test_only_hashed_files_are_kept(client: httpx.AsyncClient, path: str, kept: str) -> None:
    assert (await client.get(path)).headers["cache-control"] == kept


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("/portal", "/portal.html"),
        ("/", "/"),
        ("/portal/chat/cnv_1", "/portal/chat/cnv_1"),
    ],
)
async def test_a_page_is_served_from_its_file(client: httpx.AsyncClient, path: str, served: str) -> None:
    assert (await client.get(path)).text == served


async def test_nothing_is_framed(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/portal")).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
