"""Headers of pages and files."""

import base64
import hashlib
import os
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

import letsbe_app
from letsbe_app.ui.serving import LineBreaks, PageServing


async def say_path(request: Request) -> PlainTextResponse:
    status = 404 if "missing" in request.url.path else 200
    kind = "text/plain" if "/assets/" in request.url.path else "text/html"
    return PlainTextResponse(request.url.path, status_code=status, media_type=kind)


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    app = Starlette(routes=[Route("/{path:path}", say_path, methods=["GET", "POST"])])
    for name, script in (("portal", "portal()"), ("index", "index()"), ("__spa-fallback", "other()")):
        (tmp_path / f"{name}.html").write_text(f"<script src='/x.js'></script><script>{script}</script>")
    serving = PageServing(app, ["/", "/portal", "/portal/chat/[conversation_id]"], tmp_path, is_https=True)
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


@pytest.mark.parametrize("path", ["/api/v1/x%0Ay", "/api/v1/customer/approvals/%0A", "/api%0A/v1"])
async def test_an_address_of_the_api_with_a_line_break_answers_in_json(path: str) -> None:
    """The mount within is as Reflex makes it."""
    transport = httpx.ASGITransport(LineBreaks(Starlette(routes=[Mount("", Starlette())])))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as hub:
        answer = await hub.get(path)
        elsewhere = await hub.get("/portal%0A")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert elsewhere.text == "Not Found"


async def test_nothing_is_framed(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/portal")).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def hash_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@pytest.mark.parametrize(
    ("path", "script"),
    [("/portal", "portal()"), ("/", "index()"), ("/portal/chat/cnv_1", "other()"), ("/missing", "other()")],
)
async def test_a_page_runs_its_own_scripts_and_no_other(
    client: httpx.AsyncClient, path: str, script: str
) -> None:
    policy = (await client.get(path)).headers["content-security-policy"]
    [scripts] = [part for part in policy.split("; ") if part.startswith("script-src")]

    assert scripts == f"script-src 'self' {hash_of(script)}"


async def test_a_kept_page_keeps_its_policy(tmp_path: Path) -> None:
    async def unchanged(_request: Request) -> Response:
        return Response(status_code=304)

    serving = PageServing(Starlette(routes=[Route("/portal", unchanged)]), [], tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(serving), base_url="http://hub") as client:
        assert "content-security-policy" not in (await client.get("/portal")).headers


async def test_what_is_no_page_runs_nothing_inline(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/assets/root-abc.js")).headers["content-security-policy"]

    assert policy.endswith("; script-src 'self'")


async def test_pages_that_were_built_anew_run(client: httpx.AsyncClient, tmp_path: Path) -> None:
    before = (await client.get("/portal")).headers["content-security-policy"]
    (tmp_path / "portal.html").write_text("<script>fresh()</script>")
    os.utime(tmp_path / "portal.html", ns=(1, 1))
    after = (await client.get("/portal")).headers["content-security-policy"]

    assert hash_of("fresh()") in after
    assert hash_of("fresh()") not in before


async def test_a_hub_on_https_stays_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/portal")).headers["strict-transport-security"].startswith("max-age=31536000")


def test_no_file_of_ours_has_a_handler_that_the_policy_forbids() -> None:
    documents = list((Path(letsbe_app.__file__).parents[1] / "assets").glob("*.html"))

    assert documents
    for document in documents:
        assert not re.search(r"<[^>]*\son[a-z]+\s*=", document.read_text(encoding="utf-8")), document.name
